"""The pulse of the house: every worker looks again and again what is due."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import Error, close_old_connections, connections

from portal.core.actors import SYSTEM
from portal.core.clock import BANGKOK, bangkok, db_now
from portal.core.locks import try_lock
from portal.outbox.kinds import Sweeper, daily_jobs, sweepers
from portal.outbox.models import OutboxMessage
from portal.outbox.services.publishing import publish
from portal.outbox.services.working import drain

logger = logging.getLogger("portal.outbox")

LONGEST_PAUSE = 30.0


def worker_name() -> str:
    """Return a name that no other worker has, nor this one after a restart."""
    host = socket.gethostname()[:30]
    return f"{host}:{os.getpid()}:{uuid4().hex[:8]}"


def sweep(worker: str, *, stop: threading.Event | None = None) -> int:
    """Everything that is due has been done or tried; return how much there was.

    The daily jobs are armed, due rows drained, and then the registered steps run (deliveries).
    Arming and each step are done by one worker at a time, so that those who come late do not
    wait; draining needs no such lock, for a row is claimed.
    """
    done = _alone("outbox.arm", arm_daily_jobs)
    done += drain(worker, stop=stop)
    for name, sweeper in sweepers().items():
        if not (stop and stop.is_set()):
            done += _alone(name, sweeper)
    return done


def _alone(name: str, sweeper: Sweeper) -> int:
    """Run a step unless another worker is at it; a step that breaks does not stop the others."""
    with try_lock(f"sweep.{name}") as is_ours:
        if not is_ours:
            return 0
        try:
            return sweeper()
        except Error:
            raise
        except Exception:
            logger.exception("outbox.sweep_failed step=%s", name)
            return 0


def arm_daily_jobs() -> int:
    """The next row of every daily job stands in the outbox; return how many were missing."""
    now = bangkok(db_now())
    slots: dict[str, tuple[str, datetime]] = {}
    for topic, at in daily_jobs().items():
        day = now.date() if now.time() < at else now.date() + timedelta(days=1)
        slots[f"{topic}@{day}"] = topic, datetime.combine(day, at, tzinfo=BANGKOK)
    known = OutboxMessage.objects.filter(unique_key__in=slots).values_list("unique_key", flat=True)
    missing = slots.keys() - set(known)
    for key in sorted(missing):
        topic, due_at = slots[key]
        publish(topic, by=SYSTEM, due_at=due_at, unique_key=key)
    return len(missing)


def sweep_until(stop: threading.Event, *, pause: float) -> None:
    """Sweep until `stop` is set, with a pause whenever there was nothing to do.

    The row in hand is finished first. A database that is away is asked again, less and less often.
    """
    worker, trouble = worker_name(), 0
    while not stop.is_set():
        wait = pause
        try:
            close_old_connections()
            if sweep(worker, stop=stop):
                wait = 0.0
            trouble = 0
        except Error as error:
            trouble += 1
            wait = min(LONGEST_PAUSE, pause * 2**trouble)
            logger.warning("outbox.database_away error=%s wait=%s", type(error).__name__, wait)
            connections.close_all()
        stop.wait(wait)
    connections.close_all()
