"""The worker of a house without a broker: the same sweep as in Celery, in a loop."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.outbox.services import sweep, sweep_until, worker_name

PAUSE = 1.0


class Command(BaseCommand):
    help = "Do what is due in the outbox, until stopped; with --once, until nothing is due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is due any more")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.run_once()
        else:
            self.run_on()

    def run_once(self) -> None:
        worker = worker_name()
        while sweep(worker):
            pass

    def run_on(self) -> None:
        """Sweep until SIGTERM or SIGINT; the row in hand is finished first."""
        stop = threading.Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        self.stdout.write("worker: ready")
        sweep_until(stop, pause=PAUSE)
        self.stdout.write("worker: stopped")
