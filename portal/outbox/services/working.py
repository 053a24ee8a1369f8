"""Claim a row, do it outside any transaction, and say how it ended."""

from __future__ import annotations

import logging
import time
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from django.db import transaction

from portal.core.clock import db_now
from portal.outbox.kinds import handlers_of, lease_of
from portal.outbox.models import OutboxMessage, OutboxState

logger = logging.getLogger("portal.outbox")

BACKOFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
MAX_ATTEMPTS = 8
MAX_LOSSES = 3
BUDGET_SECONDS = 120


class LeaseLost(Exception):
    """Another worker has taken the row over; whoever hears this stops and says nothing more."""


def drain(worker: str, *, stop: Event | None = None) -> int:
    """What was due has been tried once, or lies with another worker; return how many rows.

    Several workers may drain at once: a row is claimed by one of them. Ends early when `stop` is
    set, and after two minutes, so that a Celery task stays within its limits; the next sweep goes
    on. A row that fails, or kills its worker, is no obstacle for the others.
    """
    done, ends_at = 0, time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < ends_at and not (stop and stop.is_set()):
        message = claim(worker)
        if message is None:
            break
        work(message)
        done += 1
    return done


def claim(worker: str) -> OutboxMessage | None:
    """Lend the longest due row to this worker and return it; None when nothing is due.

    One row at a time: whatever happens in it, no other row pays for it. The claim has a name of
    its own (`claimed_by`), with which alone the row can be marked.
    """
    while OutboxMessage.objects.due(db_now()).exists():
        with transaction.atomic():
            now = db_now()
            message = OutboxMessage.objects.due(now).select_for_update(skip_locked=True).first()
            if message is None:
                return None
            if _lend(message, worker, now):
                return message
    return None


def _lend(message: OutboxMessage, worker: str, now: datetime) -> bool:
    """Lease the locked row; or put it aside, when it has cost too many workers already."""
    if message.state == OutboxState.LEASED:
        message.losses += 1
    if message.losses >= MAX_LOSSES or message.attempts >= MAX_ATTEMPTS:
        _bury(message, f"{message.losses} workers in a row fell silent over it")
        return False
    message.attempts += 1
    message.state = OutboxState.LEASED
    message.claimed_by = f"{worker}#{message.attempts}"
    message.lease_until = now + timedelta(seconds=lease_of(message.topic))
    message.save(update_fields=["attempts", "losses", "state", "claimed_by", "lease_until"])
    return True


def work(message: OutboxMessage) -> None:
    """Run the handlers of a claimed row, and mark how it ended if the claim still holds."""
    handlers = handlers_of(message.topic)
    if not handlers:
        _bury(message, "no handler for this topic")
        return
    try:
        for handler in handlers:
            handler(message)
    except LeaseLost:
        logger.warning("outbox.lease_lost id=%s topic=%s", message.pk, message.topic)
    except Exception as error:  # noqa: BLE001 - whatever it is, its name is kept and the row retried
        _fail(message, error)
    else:
        _settle(message, state=OutboxState.DONE, done_at=db_now(), error="")


def checkpoint(message: OutboxMessage, **data: Any) -> None:
    """The row keeps `data` and is lent for a full lease again; raise LeaseLost if it is not ours.

    In the transaction of a part of the work it ties both together: the part counts only as long
    as the claim holds. A message that nobody claimed (a handler called by hand) is only written.
    """
    merged = {**message.data, **data}
    lease_until = db_now() + timedelta(seconds=lease_of(message.topic))
    values = {"data": merged, "lease_until": lease_until, "losses": 0}
    if not OutboxMessage.objects.held_by(message).update(**values):
        raise LeaseLost
    message.data = merged


def _fail(message: OutboxMessage, error: Exception) -> None:
    """Keep the error's name and place, never its text, which may be a letter's."""
    name = _name(error)
    logger.error(
        "outbox.failed id=%s topic=%s attempt=%s error=%s\n%s",
        message.pk,
        message.topic,
        message.attempts,
        name,
        "".join(traceback.format_tb(error.__traceback__)),
    )
    if message.attempts >= MAX_ATTEMPTS:
        _bury(message, name)
        return
    pause = BACKOFF[min(message.attempts, len(BACKOFF)) - 1]
    _settle(message, state=OutboxState.WAITING, due_at=db_now() + pause, error=name, losses=0)


def _bury(message: OutboxMessage, reason: str) -> None:
    logger.error("outbox.dead id=%s topic=%s reason=%s", message.pk, message.topic, reason)
    _settle(message, state=OutboxState.DEAD, error=reason, losses=message.losses)


def _settle(message: OutboxMessage, **values: Any) -> bool:
    """Mark the row and end the claim; False when it was not ours any more, and nothing changed."""
    return bool(
        OutboxMessage.objects.held_by(message).update(claimed_by="", lease_until=None, **values)
    )


def _name(error: Exception) -> str:
    """Return the error's class and the line that raised it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({Path(place.filename).name}:{place.lineno})"[:300]
