"""Who sets an office up, and who keeps its settings."""

from __future__ import annotations

from members.models import Unit
from members.policies import can_administer
from portal.core.actors import Actor, SystemActor


def can_found(actor: Actor) -> bool:
    """The house itself, for whoever keeps the server: by a command, or with the code it printed."""
    return isinstance(actor, SystemActor)


def can_keep_office(actor: Actor, office: Unit) -> bool:
    """An administrator of the office whom the back office lets in, and the owner."""
    return can_administer(actor, office) and (
        isinstance(actor, SystemActor) or bool(actor.member.is_staff)
    )
