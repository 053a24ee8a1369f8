"""Rights of letters: what an acting post may do. Never asks in which state a thing is."""

from __future__ import annotations

from documents.models import Arrival, Letter, LetterOrigin, Matter, Routing, Series
from documents.querysets import WRITING_ROLES
from members.models import DESK_ROLES, SCHOOL_DESK_ROLES, Role, Unit, UnitKind
from members.services import Actor
from portal.core.actors import SystemActor

RECEIVING_ROLES = DESK_ROLES | {Role.GROUP_HEAD}
ASSIGNING_ROLES = DESK_ROLES | {Role.GROUP_HEAD}
ISSUING_GROUP_ROLES = frozenset({Role.GROUP_CLERK, Role.GROUP_HEAD})

ORDERING_ROLES = frozenset({Role.DIRECTOR, Role.DEPUTY_DIRECTOR})


def _role(actor: Actor) -> str:
    return actor.holding.post.role if actor.holding else ""


def _unit_id(actor: Actor) -> int | None:
    return actor.holding.post.unit_id if actor.holding else None


def can_write(actor: Actor, unit: Unit) -> bool:
    """Office people write letters for the unit of their post, a school's desk for the school."""
    return _role(actor) in WRITING_ROLES and _unit_id(actor) == unit.pk


def _is_own(actor: Actor, letter: Letter) -> bool:
    """Whose letter it is; nobody of the portal wrote what came from outside."""
    return letter.origin != LetterOrigin.OUTSIDE and can_write(actor, letter.owner_unit)


def _is_registrar_of(actor: Actor, letter: Letter) -> bool:
    """The registrar of the office that the letter is written in; a school's is its own."""
    return letter.origin == LetterOrigin.OFFICE and is_central_registrar(actor, letter.office_id)


def can_edit(actor: Actor, letter: Letter) -> bool:
    """The owner's people edit its drafts; the central registrar may mend a submitted one."""
    return _is_own(actor, letter) or _is_registrar_of(actor, letter)


def is_central_registrar(actor: Actor, office_id: int) -> bool:
    return bool(
        actor.holding
        and actor.holding.post.role == Role.CENTRAL_REGISTRAR
        and actor.holding.post.unit.office_id == office_id
    )


def can_register(actor: Actor, letter: Letter) -> bool:
    """The central registrar numbers and sends; so does a unit that may issue its own numbers.

    A school always numbers its own letters and a group its memos; orders and announcements are
    the office's.
    """
    if letter.is_numbered_by_owner:
        return _is_own(actor, letter)
    owner = letter.owner_unit
    issues_itself = (
        owner.can_issue_numbers
        and not letter.is_decree
        and _role(actor) in ISSUING_GROUP_ROLES
        and _unit_id(actor) == owner.pk
    )
    return issues_itself or _is_registrar_of(actor, letter)


def can_recall(actor: Actor, letter: Letter) -> bool:
    """Who numbered and sent it takes it back: the number that becomes void is theirs."""
    return letter.origin != LetterOrigin.OUTSIDE and can_register(actor, letter)


can_succeed = can_edit


def can_follow(actor: Actor, letter: Letter) -> bool:
    """The owner's people and whoever oversees the office see the board."""
    oversees = letter.origin == LetterOrigin.OFFICE and oversees_office(actor, letter.office_id)
    return _is_own(actor, letter) or oversees


def oversees_office(actor: Actor, office_id: int) -> bool:
    """Registrar, deputy and director follow everything of their office."""
    oversees = _role(actor) in {Role.CENTRAL_REGISTRAR, *ORDERING_ROLES}
    return bool(oversees and actor.holding and actor.holding.post.unit.office_id == office_id)


def can_review(actor: Actor, letter: Letter) -> bool:
    """The owner's people accept, return and extend; the registrar may stand in."""
    return can_edit(actor, letter)


can_answer_inquiry = can_review
can_call = can_review


def can_receive(actor: Actor, arrival: Arrival) -> bool:
    """A desk of the unit receives, refuses and answers; a person named receives in person."""
    if arrival.member_id is not None:
        return arrival.member_id == actor.member.pk
    return _role(actor) in RECEIVING_ROLES and _unit_id(actor) == arrival.unit_id


can_refuse = can_receive
can_respond = can_receive
can_ask = can_receive


def can_assign(actor: Actor, arrival: Arrival) -> bool:
    """The school's director or clerk gives a letter to the unit's people."""
    return (
        arrival.member_id is None
        and _role(actor) in ASSIGNING_ROLES
        and _unit_id(actor) == arrival.unit_id
    )


def can_write_back(actor: Actor, arrival: Arrival) -> bool:
    """The recipient unit's writers answer with a letter; an office does so through its matter."""
    is_at_office = arrival.unit.kind == UnitKind.OFFICE
    return arrival.member_id is None and not is_at_office and can_write(actor, arrival.unit)


def can_set_start_number(actor: Actor | SystemActor, unit: Unit) -> bool:
    """A desk sets the start numbers of its own unit; the registrar those of the office.

    The house itself does while the office is being set up.
    """
    if isinstance(actor, SystemActor):
        return True
    own_desk = _role(actor) in SCHOOL_DESK_ROLES | {Role.GROUP_CLERK} and _unit_id(actor) == unit.pk
    return own_desk or is_central_registrar(actor, unit.pk)


def can_keep_register(actor: Actor, unit: Unit) -> bool:
    """A desk puts right the lines of its own registers; the registrar those of the office."""
    own_desk = _role(actor) in SCHOOL_DESK_ROLES | {Role.GROUP_CLERK} and _unit_id(actor) == unit.pk
    return own_desk or is_central_registrar(actor, unit.pk)


def can_issue(actor: Actor, unit: Unit) -> bool:
    """Who takes numbers by hand: a school's desk, the registrar, a group that issues its own."""
    if unit.kind != UnitKind.GROUP:
        return can_keep_register(actor, unit)
    is_own_desk = _role(actor) in ISSUING_GROUP_ROLES and _unit_id(actor) == unit.pk
    return unit.can_issue_numbers and is_own_desk


def can_reserve(actor: Actor, book: tuple[Unit, str]) -> bool:
    """Who keeps a number of a unit's series: who takes its numbers by hand; of a group's memos,
    which their writers number, each of its writers.
    """
    unit, series = book
    is_own_memo = unit.kind == UnitKind.GROUP and series == Series.MEMO
    return (is_own_memo and can_write(actor, unit)) or can_issue(actor, unit)


# Letters inside the office ----------------------------------------------------------------------


def can_take_in(actor: Actor, office: Unit) -> bool:
    """The central registrar enters letters that come from outside the portal."""
    return is_central_registrar(actor, office.pk)


def can_propose(actor: Actor, matter: Matter) -> bool:
    """The central registrar lays a matter before the director, or sends it to a group at once."""
    return is_central_registrar(actor, matter.office_id)


def can_endorse(actor: Actor, matter: Matter) -> bool:
    """The director orders; a deputy does where it was laid before that deputy's own post."""
    holding = actor.holding
    if holding is None or holding.post.unit.office_id != matter.office_id:
        return False
    if holding.post.role == Role.DIRECTOR:
        return True
    return holding.post.role == Role.DEPUTY_DIRECTOR and holding.post_id == matter.proposed_to_id


def _at_main_desk(actor: Actor, matter: Matter) -> bool:
    """Clerk or head of the group that acts."""
    return (
        matter.main_unit_id is not None
        and _role(actor) in ISSUING_GROUP_ROLES
        and _unit_id(actor) == matter.main_unit_id
    )


def _is_officer(actor: Actor, matter: Matter) -> bool:
    """The officer whose matter it is, acting in a post of the group that acts."""
    return (
        matter.officer_id == actor.member.pk
        and matter.main_unit_id is not None
        and _unit_id(actor) == matter.main_unit_id
    )


can_hand_out = _at_main_desk
can_take_on = _is_officer


def can_hand_back(actor: Actor, matter: Matter) -> bool:
    """The officer gives it back to the group, the group's desk to the registrar."""
    return _is_officer(actor, matter) or _at_main_desk(actor, matter)


def can_reply(actor: Actor, matter: Matter) -> bool:
    """The officer, or the desk of the group that acts, writes the answer."""
    return _is_officer(actor, matter) or _at_main_desk(actor, matter)


def can_close(actor: Actor, matter: Matter) -> bool:
    """The officer or the head of the group says what came of it."""
    is_head = _at_main_desk(actor, matter) and _role(actor) == Role.GROUP_HEAD
    return _is_officer(actor, matter) or is_head


def can_reopen(actor: Actor, matter: Matter) -> bool:
    """The central registrar, or the head of the group that acted, takes it up again."""
    is_head = _at_main_desk(actor, matter) and _role(actor) == Role.GROUP_HEAD
    return is_head or is_central_registrar(actor, matter.office_id)


def can_note(actor: Actor, routing: Routing) -> bool:
    """Clerk or head of a group that got a copy say that the group knows."""
    return _role(actor) in ISSUING_GROUP_ROLES and _unit_id(actor) == routing.unit_id
