"""The worker's doors of people and posts."""

from __future__ import annotations

from members.services import find_by_posts_of_today, forget_failures
from portal.core.actors import SYSTEM
from portal.outbox.kinds import every_day
from portal.outbox.models import OutboxMessage


@every_day("members.posts_of_today", at="00:20")
def posts_of_today(message: OutboxMessage) -> None:
    """Posts begin and end at midnight, and nobody does anything then."""
    find_by_posts_of_today(by=SYSTEM)


@every_day("members.forget_failures", at="03:20")
def forget_old_failures(message: OutboxMessage) -> None:
    """Counters of failed sign-ins have served their time."""
    forget_failures()
