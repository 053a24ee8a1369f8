"""Whom and what a reader may find among people and units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager
from django.db.models import Q

from portal.core.clock import today
from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from members.models import Holding, Member, Post, Unit


def holds(path: str, *, on: date | None = None, **conditions: Any) -> Q:
    """A condition on the holdings found at `path`: current on the day (today), plus `conditions`.

    Put it into one `filter()` call, so that all of it speaks of the same holding.
    """
    on = on or today()
    named = {f"{path}{name}": value for name, value in conditions.items()}
    return Q(
        Q(**{f"{path}to_on__isnull": True}) | Q(**{f"{path}to_on__gte": on}),
        **{f"{path}from_on__lte": on, f"{path}member__is_active": True},
        **named,
    )


class UnitQuerySet(BaseQuerySet["Unit"]):
    """Units of the offices."""

    def open(self, on: date | None = None) -> Self:
        """Units that exist on the day (today)."""
        on = on or today()
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=on),
            Q(closed_on__isnull=True) | Q(closed_on__gt=on),
        )

    def schools(self) -> Self:
        return self.filter(kind="school")

    def held_by(self, member: Member | None, *, roles: Iterable[str] | None = None) -> Self:
        """Units where the member holds a post today (in one of the roles, if named)."""
        if member is None or not member.pk:
            return self.none()
        wanted = {"member": member}
        if roles is not None:
            wanted["post__role__in"] = list(roles)  # type: ignore[assignment]  # conditions are Any
        held = self.model._default_manager.filter(holds("posts__holdings__", **wanted))
        return self.filter(pk__in=held.values("pk"))

    def visible_to(self, member: Member | None) -> Self:
        """Units of the offices in which the member holds a post; none for a stranger."""
        if member is None or not member.pk:
            return self.none()
        if member.is_superuser:
            return self.all()
        offices = self.model._default_manager.filter(holds("posts__holdings__", member=member))
        return self.filter(office__in=offices.values("office"))


class PostQuerySet(BaseQuerySet["Post"]):
    """Posts of units."""


class HoldingQuerySet(BaseQuerySet["Holding"]):
    """Who holds which post, from when to when."""

    def current(self, on: date | None = None) -> Self:
        """Holdings that count on the day (today), of members who are active."""
        return self.filter(holds("", on=on))


class MemberQuerySet(BaseQuerySet["Member"]):
    """People of the portal."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def holding(
        self, *, units: Any, roles: Iterable[str] | None = None, on: date | None = None
    ) -> Self:
        """Active members who hold a post today in `units` (a queryset or ids), in one of `roles`."""
        wanted: dict[str, Any] = {"post__unit__in": units}
        if roles is not None:
            wanted["post__role__in"] = list(roles)
        held = self.model._default_manager.filter(holds("holdings__", on=on, **wanted))
        return self.filter(pk__in=held.values("pk"))

    def visible_to(self, member: Member | None) -> Self:
        """The member, and colleagues in the offices where the member holds a post."""
        if member is None or not member.pk:
            return self.none()
        if member.is_superuser:
            return self.all()
        people = self.model._default_manager
        offices = people.filter(holds("holdings__"), pk=member.pk).values(
            "holdings__post__unit__office"
        )
        colleagues = people.filter(holds("holdings__", post__unit__office__in=offices))
        return self.filter(Q(pk=member.pk) | Q(pk__in=colleagues.values("pk")))


class MemberManager(UserManager["Member"].from_queryset(MemberQuerySet)):  # type: ignore[misc]
    """Creates members and answers as MemberQuerySet."""
