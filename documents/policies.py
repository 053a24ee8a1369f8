"""Rights of letters: what an acting post may do. Never asks in which state a thing is."""

from __future__ import annotations

from documents.models import Arrival, Letter
from members.models import DESK_ROLES, OFFICE_ROLES, SCHOOL_DESK_ROLES, Role, Unit
from members.services import Actor

RECEIVING_ROLES = DESK_ROLES
ASSIGNING_ROLES = DESK_ROLES | {Role.GROUP_HEAD}
ISSUING_GROUP_ROLES = frozenset({Role.GROUP_CLERK, Role.GROUP_HEAD})


def _role(actor: Actor) -> str:
    return actor.holding.post.role if actor.holding else ""


def _unit_id(actor: Actor) -> int | None:
    return actor.holding.post.unit_id if actor.holding else None


def can_write(actor: Actor, unit: Unit) -> bool:
    """Office people write letters for the unit of their post."""
    return _role(actor) in OFFICE_ROLES and _unit_id(actor) == unit.pk


def can_edit(actor: Actor, letter: Letter) -> bool:
    """The owner's people edit its drafts; the central registrar may mend a submitted one."""
    return can_write(actor, letter.owner_unit) or is_central_registrar(actor, letter.office_id)


def is_central_registrar(actor: Actor, office_id: int) -> bool:
    return bool(
        actor.holding
        and actor.holding.post.role == Role.CENTRAL_REGISTRAR
        and actor.holding.post.unit.office_id == office_id
    )


def can_register(actor: Actor, letter: Letter) -> bool:
    """The central registrar numbers and sends; so does a unit that may issue its own numbers."""
    owner = letter.owner_unit
    issues_itself = (
        owner.can_issue_numbers
        and _role(actor) in ISSUING_GROUP_ROLES
        and _unit_id(actor) == owner.pk
    )
    return issues_itself or is_central_registrar(actor, letter.office_id)


def can_follow(actor: Actor, letter: Letter) -> bool:
    """The owner's people and whoever oversees the office see the board."""
    oversees = _role(actor) in {Role.CENTRAL_REGISTRAR, Role.DEPUTY_DIRECTOR, Role.DIRECTOR}
    same_office = bool(actor.holding and actor.holding.post.unit.office_id == letter.office_id)
    return can_write(actor, letter.owner_unit) or (oversees and same_office)


def can_review(actor: Actor, letter: Letter) -> bool:
    """The owner's people accept, return and extend; the registrar may stand in."""
    return can_edit(actor, letter)


def can_receive(actor: Actor, arrival: Arrival) -> bool:
    """A desk of the unit receives, refuses and answers; a person named receives in person."""
    if arrival.member_id is not None:
        return arrival.member_id == actor.member.pk
    return _role(actor) in RECEIVING_ROLES and _unit_id(actor) == arrival.unit_id


can_refuse = can_receive
can_respond = can_receive


def can_assign(actor: Actor, arrival: Arrival) -> bool:
    """The school's director or clerk gives a letter to the unit's people."""
    return (
        arrival.member_id is None
        and _role(actor) in ASSIGNING_ROLES
        and _unit_id(actor) == arrival.unit_id
    )


def can_set_start_number(actor: Actor, unit: Unit) -> bool:
    """A desk sets the start numbers of its own unit; the registrar those of the office."""
    own_desk = _role(actor) in SCHOOL_DESK_ROLES | {Role.GROUP_CLERK} and _unit_id(actor) == unit.pk
    return own_desk or is_central_registrar(actor, unit.pk)
