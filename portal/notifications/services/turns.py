"""One worker's turn: what it took, for how long it holds it, and giving back the rest."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
import traceback
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from portal.core.clock import db_now
from portal.notifications.domain import wait_after
from portal.notifications.models import Delivery, DeliveryState, Digest
from portal.notifications.querysets import LEASE

logger = logging.getLogger("portal.notifications")


def write_down(event: str, error: Exception, **ids: int) -> None:
    """Log an error by its name and place, never with its text, which may be a letter's."""
    named = " ".join(f"{name}={pk}" for name, pk in ids.items())
    place = "".join(traceback.format_tb(error.__traceback__))
    logger.error("notifications.%s %s error=%s\n%s", event, named, type(error).__name__, place)


def _new_name() -> str:
    """A name for one turn, not for the process: one that overslept must not find its old rows."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{uuid4().hex[:12]}"


@dataclass(frozen=True)
class Turn:
    """A batch of rows leased to one worker, from `now` on the database's clock."""

    now: datetime
    worker: str = field(default_factory=_new_name)
    started: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        """A turn ends at half its lease, so that no one else takes what it still sends."""
        return time.monotonic() - self.started > LEASE.total_seconds() / 2

    def give_back(self, *, due_at: datetime | None = None) -> None:
        """Leave what was not tried to the others, without counting a try."""
        free: dict[str, Any] = {
            "lease_until": None,
            "claimed_by": "",
            "attempts": F("attempts") - 1,
        }
        if due_at:
            free["due_at"] = due_at
        with transaction.atomic():
            held = Delivery.objects.held_by(self.worker).filter(state=DeliveryState.LEASED)
            held.update(state=DeliveryState.PENDING, **free)
            Digest.objects.held_by(self.worker).update(**free)


def next_try(attempts: int) -> datetime:
    """Return when to try again, spread out so that not all come back at once."""
    return db_now() + wait_after(attempts, secrets.randbelow(1_000) / 1_000)
