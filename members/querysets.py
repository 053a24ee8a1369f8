"""Whom and what a reader may find among people and units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import UserManager
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from members.domain import SIZES_BY_KEY
from portal.core.clock import today
from portal.core.prepared import prepared
from portal.core.querysets import BaseQuerySet
from portal.core.thaitext import one_line

if TYPE_CHECKING:
    from members.models import (
        Audience,
        Holding,
        Holiday,
        Member,
        Post,
        Project,
        ProjectStay,
        Unit,
    )


def is_nobody(member: Member | None) -> bool:
    """Answer whether there is no one to find anything: not signed in, or shut out."""
    return member is None or not member.pk or not member.is_active


def full_name() -> Coalesce:
    """Let the database write a member's name as `str()` does."""
    name = Trim(Concat("title", "first_name", Value(" "), "last_name"))
    return Coalesce(NullIf(name, Value("")), "username")


def holds(path: str, *, on: date | None = None, **conditions: Any) -> Q:
    """A condition on the holdings found at `path`: current on the day (today), plus `conditions`.

    A stand-in counts only while the holding counts in whose stead it is, and that one is somebody's
    own. Put it into one `filter()` call, so that all of it speaks of the same holding.
    """
    on = on or today()
    holding = apps.get_model("members", "Holding")
    principal = holding.objects.filter(
        _lasts("", on), pk=OuterRef(f"{path}acting_for"), acting_for__isnull=True
    )
    named = {f"{path}{name}": value for name, value in conditions.items()}
    return Q(
        _lasts(path, on),
        Q(**{f"{path}acting_for__isnull": True}) | Q(Exists(principal)),
        **named,
    )


def _lasts(path: str, on: date) -> Q:
    """The holding itself has begun, has not ended, and its member is not shut out."""
    return Q(
        Q(**{f"{path}to_on__isnull": True}) | Q(**{f"{path}to_on__gte": on}),
        **{
            f"{path}ended_at__isnull": True,
            f"{path}from_on__lte": on,
            f"{path}member__is_active": True,
        },
    )


def holdings_today(member: Member) -> tuple[Holding, ...]:
    """The member's current holdings with post, unit and office, in the order of the office.

    Whoever signed in keeps them for the request; of anybody else they are asked for each time.
    """
    if member.holdings_kept is not None:
        return member.holdings_kept
    return tuple(holdings_on(member.pk, today(), model=member.holdings.model))


@prepared
def holdings_on(member: int, day: date, *, model: type[Holding]) -> QuerySet[Holding]:
    """Return the member's holdings of this day with the member, post, unit and office."""
    return as_held(model.objects.filter(holds("", on=day), member=member))


def as_held(holdings: QuerySet[Holding]) -> QuerySet[Holding]:
    """Give each holding its member, post, unit and office; own ones first, then in order."""
    rows = holdings.select_related("member", "post__unit__office")
    return rows.order_by(F("acting_for").asc(nulls_first=True), "post__sort_order", "pk")


def _runs(path: str, on: date) -> Q:
    """What has a day of opening and of closing has begun and is not closed on the day."""
    return Q(
        Q(**{f"{path}opened_on__isnull": True}) | Q(**{f"{path}opened_on__lte": on}),
        Q(**{f"{path}closed_on__isnull": True}) | Q(**{f"{path}closed_on__gt": on}),
    )


def _units_held(member: Member, roles: Iterable[str] | None) -> list[Unit]:
    wanted = None if roles is None else set(roles)
    held = [holding.post for holding in holdings_today(member)]
    return [post.unit for post in held if wanted is None or post.role in wanted]


def sees_everything(member: Member) -> bool:
    """The owner of the installation, who keeps every office's people and units."""
    return member.is_superuser and member.is_active


class UnitQuerySet(BaseQuerySet["Unit"]):
    """Units of the offices."""

    def open(self, on: date | None = None) -> Self:
        """Units that exist on the day (today)."""
        return self.filter(_runs("", on or today()))

    def offices(self) -> Self:
        return self.filter(kind="office")

    def schools(self) -> Self:
        return self.filter(kind="school")

    def groups(self) -> Self:
        return self.filter(kind="group")

    def in_places(self, districts: Iterable[int], clusters: Iterable[int]) -> Self:
        """Schools that lie in one of the districts or belong to one of the clusters."""
        return self.filter(Q(district__in=districts) | Q(cluster__in=clusters))

    def in_projects(self, projects: Iterable[int], on: date | None = None) -> Self:
        """Units that are in one of the projects on the day (today)."""
        stays = apps.get_model("members", "ProjectStay").objects.running(on)
        return self.filter(pk__in=stays.filter(project__in=list(projects)).values("unit"))

    def of_size(self, keys: Iterable[str]) -> Self:
        """Schools whose number of pupils is known and lies in one of the classes."""
        wanted = Q(pk__in=[])
        for size in (SIZES_BY_KEY[key] for key in keys):
            bounds = Q(pupils__gte=size.least)
            wanted |= bounds if size.most is None else bounds & Q(pupils__lte=size.most)
        return self.filter(wanted)

    def matching(self, text: str) -> Self:
        """Units whose name, short name, subdistrict or code holds every word of the text."""
        found = self
        for word in one_line(text).split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(short_name__icontains=word)
                | Q(subdistrict__icontains=word)
                | Q(code8__startswith=word)
                | Q(code10__startswith=word)
            )
        return found

    def held_by(self, member: Member | None, *, roles: Iterable[str] | None = None) -> Self:
        """Units where the member holds a post today (in one of the roles, if named)."""
        if member is None or not member.pk:
            return self.none()
        wanted: dict[str, Any] = {"member": member}
        if roles is not None:
            wanted["post__role__in"] = list(roles)
        held = self.model._default_manager.filter(holds("posts__holdings__", **wanted))
        return self.filter(pk__in=held.values("pk"))

    def ids_held_by(
        self, member: Member | None, *, roles: Iterable[str] | None = None
    ) -> QuerySet[Unit, int] | list[int]:
        """As `held_by`, for a condition `unit__in`: ids, when the member is who signed in.

        So a branch that holds for nobody falls out of a query, and the rest is found by its index.
        """
        if member is None or member.holdings_kept is None:
            return self.held_by(member, roles=roles).values_list("pk", flat=True)
        return sorted({unit.pk for unit in _units_held(member, roles)})

    def offices_held_by(
        self, member: Member | None, *, roles: Iterable[str] | None = None
    ) -> QuerySet[Unit, int | None] | list[int]:
        """The offices of the units that `held_by` means, for a condition `office__in`."""
        if member is None or member.holdings_kept is None:
            return self.held_by(member, roles=roles).values_list("office", flat=True)
        return sorted({unit.office_id for unit in _units_held(member, roles) if unit.office_id})

    def visible_to(self, member: Member | None) -> Self:
        """Units of the offices in which the member holds a post; none for a stranger."""
        if member is None or not member.pk:
            return self.none()
        if sees_everything(member):
            return self.all()
        offices = self.model._default_manager.filter(holds("posts__holdings__", member=member))
        return self.filter(office__in=offices.values("office"))

    def administered_by(self, member: Member | None) -> Self:
        """Offices whose people and units the member keeps in the back office."""
        if member is None or not member.pk:
            return self.none()
        if sees_everything(member):
            return self.offices()
        posts = self.model._default_manager.filter(
            holds(
                "posts__holdings__",
                member=member,
                post__role="administrator",
                acting_for__isnull=True,
            )
        )
        return self.offices().filter(pk__in=posts.values("office"))


class PostQuerySet(BaseQuerySet["Post"]):
    """Posts of units."""


class HoldingQuerySet(BaseQuerySet["Holding"]):
    """Who holds which post, from when to when."""

    def current(self, on: date | None = None) -> Self:
        """Holdings that count on the day (today), of members who are active."""
        return self.filter(holds("", on=on))

    def overlapping(self, from_on: date, to_on: date | None) -> Self:
        """Holdings that share at least one day with the given time; None is without end."""
        begun = Q() if to_on is None else Q(from_on__lte=to_on)
        lasting = Q(to_on__isnull=True) | Q(to_on__gte=from_on)
        return self.filter(begun, lasting, ended_at__isnull=True)


class ProjectQuerySet(BaseQuerySet["Project"]):
    """Projects of the offices."""

    def running(self, on: date | None = None) -> Self:
        """Projects that have begun and are not closed on the day (today)."""
        return self.filter(_runs("", on or today()))


class ProjectStayQuerySet(BaseQuerySet["ProjectStay"]):
    """Who is in which project, from when to when."""

    def running(self, on: date | None = None) -> Self:
        """Stays that count on the day (today), in projects that run on it."""
        on = on or today()
        lasts = Q(to_on__isnull=True) | Q(to_on__gte=on)
        return self.filter(lasts, _runs("project__", on), from_on__lte=on)

    def overlapping(self, from_on: date, to_on: date | None) -> Self:
        """Stays that share at least one day with the given time; None is without end."""
        begun = Q() if to_on is None else Q(from_on__lte=to_on)
        return self.filter(begun, Q(to_on__isnull=True) | Q(to_on__gte=from_on))


class HolidayQuerySet(BaseQuerySet["Holiday"]):
    """Days on which offices are closed."""


class AudienceQuerySet(BaseQuerySet["Audience"]):
    """Saved groups of recipients."""

    def of_office(self, office: Unit) -> Self:
        """Groups saved by any unit of the office: all of its people may address them."""
        return self.filter(owner_unit__office=office)


class MemberQuerySet(BaseQuerySet["Member"]):
    """People of the portal."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def fitting(self, *conditions: Q) -> Self:
        """Active members who fit one of the conditions, each once, however many posts do."""
        found = (Q(pk__in=self.filter(condition).values("pk")) for condition in conditions)
        return self.active().filter(reduce(or_, found))

    def holding(
        self, *, units: Any, roles: Iterable[str] | None = None, on: date | None = None
    ) -> Self:
        """Active members who hold a post today in `units` (a queryset or ids), in a role named."""
        wanted: dict[str, Any] = {"post__unit__in": units}
        if roles is not None:
            wanted["post__role__in"] = list(roles)
        held = self.model._default_manager.filter(holds("holdings__", on=on, **wanted))
        return self.filter(pk__in=held.values("pk"))

    def of_office(self, office: Unit) -> Self:
        """Active members who hold a post today in the office, its groups or its schools."""
        held = self.model._default_manager.filter(holds("holdings__", post__unit__office=office))
        return self.filter(pk__in=held.values("pk"))

    def matching(self, text: str) -> Self:
        """Members whose name holds every word of the text."""
        found = self
        for word in one_line(text).split():
            found = found.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(username__startswith=word.lower())
            )
        return found

    def visible_to(self, member: Member | None) -> Self:
        """The member, and colleagues in the offices where the member holds a post."""
        if member is None or not member.pk:
            return self.none()
        if sees_everything(member):
            return self.all()
        people = self.model._default_manager
        offices = people.filter(holds("holdings__"), pk=member.pk).values(
            "holdings__post__unit__office"
        )
        colleagues = people.filter(holds("holdings__", post__unit__office__in=offices))
        return self.filter(Q(pk=member.pk) | Q(pk__in=colleagues.values("pk")))

    def readers_of(self, offices: QuerySet[Any] | Iterable[int]) -> Self:
        """Whoever sees the units and people of the offices: their members, and the owner."""
        held = self.model._default_manager.filter(
            holds("holdings__", post__unit__office__in=offices)
        )
        return self.filter(Q(pk__in=held.values("pk")) | Q(is_superuser=True, is_active=True))


if TYPE_CHECKING:

    class _Members(UserManager["Member"], MemberQuerySet): ...  # type: ignore[misc]  # two bases that chain alike

else:
    _Members = UserManager.from_queryset(MemberQuerySet)


class MemberManager(_Members):
    """Creates members and answers as MemberQuerySet."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address as it is stored: in small letters, without spaces around it."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(username=self.model.normalize_username(username or ""))
