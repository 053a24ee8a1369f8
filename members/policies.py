"""Who may keep an office's people and units, and who may address its schools."""

from __future__ import annotations

from members.models import OFFICE_ROLES, SCHOOL_DESK_ROLES, Holding, Member, Role, Unit
from members.querysets import holdings_today
from portal.core.actors import Actor, SystemActor

ADDRESSING_ROLES = OFFICE_ROLES | {Role.ADMINISTRATOR}
CODE_GIVERS = SCHOOL_DESK_ROLES | {Role.GROUP_CLERK}
NO_CODE_BY_DESK = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.DIRECTOR,
        Role.DEPUTY_DIRECTOR,
        Role.GROUP_HEAD,
        Role.SCHOOL_DIRECTOR,
    }
)
GIVEN_TO_NOBODY = frozenset({Role.ADMINISTRATOR})


def can_administer(actor: Actor, office: Unit | None) -> bool:
    """The house itself, the owner of the installation, and the office's own administrator.

    What belongs to no office (None) is for the first two only.
    """
    if isinstance(actor, SystemActor) or actor.member.is_superuser:
        return True
    post = actor.holding.post if actor.holding else None
    return (
        office is not None
        and post is not None
        and actor.for_post is None
        and post.role == Role.ADMINISTRATOR
        and post.unit.office_id == office.pk
    )


def can_change_member(actor: Actor, member: Member) -> bool:
    """An administrator keeps the accounts of the office, but never the owner's account."""
    if member.is_superuser and not isinstance(actor, SystemActor):
        return bool(actor.member.is_superuser)
    return can_administer(actor, member.office)


def can_address(actor: Actor) -> bool:
    """Whoever works in the office chooses recipients among its schools, groups and people."""
    return actor.holding is not None and actor.holding.post.role in ADDRESSING_ROLES


def can_save_audience(actor: Actor, owner_unit: Unit) -> bool:
    """The people of a unit keep its groups of recipients; so does the office's administrator."""
    own = can_address(actor) and actor.holding.post.unit_id == owner_unit.pk
    return own or can_administer(actor, owner_unit.office)


def can_delegate(actor: Actor, own: Holding) -> bool:
    """Who holds the post lets somebody stand in for them; so does the office's administrator.

    The holding is their own: nobody hands on what they hold in another's stead.
    """
    is_holder = not isinstance(actor, SystemActor) and actor.member.pk == own.member_id
    return is_holder or can_administer(actor, own.post.unit.office)


def can_give_code(actor: Actor, member: Member) -> bool:
    """Who keeps the account lets its owner set a new password; so does the desk of their unit.

    A desk only when it is the one unit where the person holds posts, and none of them leads or
    administers: the code is a way in, to everything they may do.
    """
    if isinstance(actor, SystemActor) or actor.member.pk == member.pk:
        return False
    if can_change_member(actor, member):
        return True
    if member.is_superuser or member.is_staff or actor.holding is None or actor.for_post:
        return False
    post, held = actor.holding.post, holdings_today(member)
    return (
        post.role in CODE_GIVERS
        and all(
            one.post.unit_id == post.unit_id and one.post.role not in NO_CODE_BY_DESK
            for one in held
        )
        and bool(held)
    )
