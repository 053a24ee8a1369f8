"""The outbox's doors: Celery's hint, Celery's pulse, and the daily housekeeping."""

from __future__ import annotations

import threading
from typing import Any

from celery import bootsteps, shared_task

from portal.celery import app
from portal.outbox.kinds import every_day
from portal.outbox.models import OutboxMessage
from portal.outbox.services import keep_house, sweep, sweep_until, worker_name

PAUSE = 2.0
STOP_WITHIN = 25.0


@shared_task(name="outbox.drain")
def drain_outbox() -> None:
    """Do what is due; the message that woke us says nothing more."""
    sweep(worker_name())


class Pulse(bootsteps.StartStopStep):
    """Every Celery worker sweeps by itself, so that no beat can die and no lost hint matters."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopping = threading.Event()
        self.thread = threading.Thread(
            target=sweep_until,
            args=[self.stopping],
            kwargs={"pause": PAUSE},
            name="outbox-pulse",
            daemon=True,
        )

    def start(self, parent: Any) -> None:
        self.thread.start()

    def stop(self, parent: Any) -> None:
        self.stopping.set()
        self.thread.join(STOP_WITHIN)


app.steps["worker"].add(Pulse)


@every_day("outbox.housekeeping", at="03:10")
def housekeeping(message: OutboxMessage) -> None:
    """Take out what has served its time."""
    keep_house()
