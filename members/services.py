"""What changes people, units and posts; and who acts in which capacity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import PermissionDenied

from members.models import Holding, Member, Post
from portal.core.errors import ChooseCapacity


@dataclass(frozen=True)
class Actor:
    """The person who acts, the holding they act in, and the post they act for.

    `holdings` are all posts the person holds now, read once for the request.
    """

    member: Member
    holding: Holding | None = None
    for_post: Post | None = None
    holdings: tuple[Holding, ...] = field(default=(), compare=False, repr=False)


def holdings_of(member: Member) -> list[Holding]:
    """Return the member's current holdings with post and unit, in the order of the office."""
    return list(
        Holding.objects.current()
        .filter(member=member)
        .select_related("post__unit__office")
        .order_by("post__sort_order", "pk")
    )


def actor_of(member: Any, *, chosen: int | None = None) -> Actor | None:
    """Return the actor for a request: with the chosen holding if current, else the first one."""
    if not member.is_authenticated:
        return None
    holdings = holdings_of(member)
    holding = next((held for held in holdings if held.pk == chosen), None)
    return Actor(
        member=member,
        holding=holding or next(iter(holdings), None),
        holdings=tuple(holdings),
    )


def act_at(actor: Actor, unit_ids: Iterable[int], roles: Iterable[str]) -> Actor:
    """Return the same person acting in the post that decides: a role of `roles` in `unit_ids`.

    The acting holding wins when it fits. One fitting holding decides by itself; several raise
    ChooseCapacity unless they are in the same unit; none raises PermissionDenied.
    """
    wanted_units, wanted_roles = set(unit_ids), set(roles)

    def fits(held: Holding) -> bool:
        return held.post.unit_id in wanted_units and held.post.role in wanted_roles

    if actor.holding and fits(actor.holding):
        return actor
    fitting = [held for held in actor.holdings or holdings_of(actor.member) if fits(held)]
    if not fitting:
        raise PermissionDenied
    if len({held.post.unit_id for held in fitting}) > 1:
        raise ChooseCapacity(fitting)
    return replace(actor, holding=fitting[0], for_post=None)
