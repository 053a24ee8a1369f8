"""Who may announce, and who may say that they know."""

from __future__ import annotations

from members.models import OFFICE_ROLES, Unit
from members.services import Actor
from portal.announcements.models import Announcement, Recipient
from portal.announcements.querysets import ANNOUNCING_ROLES


def can_announce(actor: Actor, unit: Unit) -> bool:
    """The office's people announce for the unit of their post, a school's desk for the school."""
    holding = actor.holding
    return bool(
        holding and holding.post.role in ANNOUNCING_ROLES and holding.post.unit_id == unit.pk
    )


def can_manage(actor: Actor, announcement: Announcement) -> bool:
    """Whoever may announce for its unit edits, publishes and withdraws it, and sees who knows."""
    return can_announce(actor, announcement.unit)


def can_choose_audience(actor: Actor, announcement: Announcement) -> bool:
    """The office chooses its recipients; a school announces to its own people only."""
    holding = actor.holding
    return bool(can_manage(actor, announcement) and holding and holding.post.role in OFFICE_ROLES)


def can_acknowledge(actor: Actor, announcement: Announcement) -> bool:
    """Whoever it was sent to, for themselves."""
    rows = Recipient.objects.filter(announcement=announcement)
    return announcement.needs_acknowledgement and rows.reaching(actor.member).exists()
