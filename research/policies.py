"""Rights of surveys: what an acting post may do. Never asks in which state a thing is."""

from __future__ import annotations

from members.models import OFFICE_ROLES, Unit
from members.services import Actor
from research.models import Survey
from research.querysets import OVERSEEING_ROLES


def can_write(actor: Actor, unit: Unit) -> bool:
    """Office people keep surveys of the unit of their post."""
    post = actor.holding.post if actor.holding else None
    return post is not None and post.role in OFFICE_ROLES and post.unit_id == unit.pk


def can_edit(actor: Actor, survey: Survey) -> bool:
    """The owner's people write it, open it and close it."""
    return can_write(actor, survey.owner_unit)


def can_see_results(actor: Actor, survey: Survey) -> bool:
    """The owner's people, and whoever oversees the office."""
    post = actor.holding.post if actor.holding else None
    oversees = (
        post is not None
        and post.role in OVERSEEING_ROLES
        and post.unit.office_id == survey.office_id
    )
    return oversees or can_edit(actor, survey)
