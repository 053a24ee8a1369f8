"""Who acts, and in which of their posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from members.models import Holding, Member, Post, Role, Unit
from members.querysets import holdings_today
from portal.audit.services import record
from portal.core.errors import ChooseCapacity


@dataclass(frozen=True)
class Actor:
    """The person who acts, and the holding they act in: their own, or in somebody's stead.

    `is_default`: nobody chose this holding, it is only the first of several. `holdings` are all
    current ones when the actor was made for a request, so that a deed on fifty letters does not
    ask for them fifty times; None means that nobody has looked yet.
    """

    member: Member
    holding: Holding | None = None
    is_default: bool = field(default=False, compare=False, repr=False)
    holdings: tuple[Holding, ...] | None = field(default=None, compare=False, repr=False)

    @property
    def for_post(self) -> Post | None:
        """The post in whose holder's stead they act."""
        is_stand_in = self.holding is not None and self.holding.acting_for_id is not None
        return self.holding.post if self.holding is not None and is_stand_in else None


def holdings_of(member: Member) -> list[Holding]:
    """Return the member's current holdings with post and unit, in the order of the office."""
    return list(holdings_today(member))


def actor_of(member: Any, *, chosen: int | None = None) -> Actor | None:
    """Return the actor for a request: with the chosen holding if current, else the first one."""
    if not member.is_authenticated:
        return None
    holdings = tuple(holdings_of(member))
    holding = next((held for held in holdings if held.pk == chosen), None)
    return Actor(
        member=member,
        holding=holding or next(iter(holdings), None),
        is_default=holding is None and len(holdings) > 1,
        holdings=holdings,
    )


def act_at(actor: Actor, unit_ids: Iterable[int], roles: Iterable[str]) -> Actor:
    """Return the same person acting in the post that decides: a role of `roles` in `unit_ids`.

    A holding that was chosen wins when it fits. Otherwise one unit with fitting holdings decides
    by itself, several raise ChooseCapacity, and none raises PermissionDenied.
    """
    wanted_units, wanted_roles = set(unit_ids), set(roles)

    def fits(held: Holding) -> bool:
        return held.post.unit_id in wanted_units and held.post.role in wanted_roles

    is_fitting = actor.holding is not None and fits(actor.holding)
    if is_fitting and not actor.is_default:
        return actor
    fitting = [held for held in _holdings(actor) if fits(held)]
    if not fitting:
        raise PermissionDenied
    if len({held.post.unit_id for held in fitting}) > 1:
        raise ChooseCapacity(fitting)
    return actor if is_fitting else _acting_in(actor, fitting[0])


def act_where(actor: Actor, may: Callable[[Actor, Any], bool], thing: Any) -> Actor:
    """Return this person in the post that may do it, the acting one first; 403 when none may."""
    for candidate in (actor, *(_acting_in(actor, held) for held in _holdings(actor))):
        if may(candidate, thing):
            return candidate
    raise PermissionDenied


def may_do(actor: Actor | None, may: Callable[[Actor, Any], bool], thing: Any) -> bool:
    """Answer whether one of this person's posts may do it; a visitor may nothing."""
    if not actor:  # of a visitor, also when it is looked up late
        return False
    try:
        act_where(actor, may, thing)
    except PermissionDenied:
        return False
    return True


def units_of(actor: Actor | None, roles: Iterable[str]) -> list[Unit]:
    """Return the units where this person has one of the roles, the acting post's first."""
    if not actor:
        return []
    wanted = set(roles)
    held = [actor.holding, *_holdings(actor)]
    units = [one.post.unit for one in held if one is not None and one.post.role in wanted]
    return list({unit.pk: unit for unit in units}.values())


def act_for_office(actor: Actor, office: Unit | None) -> Actor:
    """Return the same person acting as the administrator of the office, if that is one of them.

    Otherwise the actor comes back as they are, and the policy decides.
    """

    def fits(held: Holding) -> bool:
        return (
            held.post.role == Role.ADMINISTRATOR
            and held.acting_for_id is None
            and office is not None
            and held.post.unit.office_id == office.pk
        )

    if actor.holding and fits(actor.holding):
        return actor
    holding = next((held for held in _holdings(actor) if fits(held)), None)
    return _acting_in(actor, holding) if holding else actor


def office_of(actor: Actor) -> Unit | None:
    """Return the office in which the actor acts; None for someone without a post."""
    return actor.holding.post.unit.office if actor.holding else None


@transaction.atomic
def record_sign_in(member: Member) -> None:
    """The history says that the member signed in; failures are counted elsewhere, not here."""
    record("auth.signed_in", member, by=Actor(member=member))


@transaction.atomic
def record_new_password(member: Member) -> None:
    """The history says that the member chose a new password; it does not say which."""
    record("auth.password_set", member, by=Actor(member=member))


def _holdings(actor: Actor) -> Iterable[Holding]:
    return holdings_of(actor.member) if actor.holdings is None else actor.holdings


def _acting_in(actor: Actor, holding: Holding) -> Actor:
    return Actor(member=actor.member, holding=holding, holdings=actor.holdings)
