"""Who works where: an office with its groups, and its schools with their directors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from members.models import Holding, Member, Role, Unit, UnitKind
from members.querysets import HoldingQuerySet, UnitQuerySet

# Whose name, title and office telephone everybody may know: they speak for their unit.
PUBLIC_ROLES = (Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.GROUP_HEAD, Role.SCHOOL_DIRECTOR)
LEADING_ROLES = (Role.DIRECTOR, Role.DEPUTY_DIRECTOR)


@dataclass(frozen=True)
class Part:
    """A unit with who works there, its head first."""

    unit: Unit
    people: list[Holding]


@dataclass(frozen=True)
class Structure:
    """An office: who leads it, its own people, and its groups."""

    office: Unit
    leaders: list[Holding]
    staff: list[Holding]
    groups: list[Part]


def structure_of(office: Unit, *, is_public: bool) -> Structure:
    """Return who works in the office and its open groups today, in the office's order.

    The public part has only who speaks for a unit. Who stands in for somebody is not listed.
    """
    groups = list(
        Unit.objects.groups().open().filter(office=office).order_by("sort_order", "name", "pk")
    )
    held = listed(is_public=is_public).filter(post__unit__in=[office, *groups])
    places: dict[int, list[Holding]] = {unit.pk: [] for unit in (office, *groups)}
    for holding in held:
        places[holding.post.unit_id].append(holding)
    own = places[office.pk]
    return Structure(
        office=office,
        leaders=[one for one in own if one.post.role in LEADING_ROLES],
        staff=[one for one in own if one.post.role not in LEADING_ROLES],
        groups=[Part(unit, _head_first(places[unit.pk])) for unit in groups],
    )


def _head_first(people: list[Holding]) -> list[Holding]:
    return sorted(people, key=lambda one: one.post.role != Role.GROUP_HEAD)


def listed(*, is_public: bool) -> HoldingQuerySet:
    """Return the holdings of today that a list of people shows, with member and post, in order."""
    held: HoldingQuerySet = Holding.objects.current().filter(acting_for__isnull=True)
    if is_public:
        held = held.filter(post__role__in=PUBLIC_ROLES)
    rows: HoldingQuerySet = held.select_related("member", "post")
    return rows.order_by("post__sort_order", "post__title", "member__first_name", "pk")


def schools_of(office: Unit, *, text: str = "", district: int | None = None) -> UnitQuerySet:
    """Return the office's open schools whose name, place or code fits, with their district."""
    schools = Unit.objects.schools().open().filter(office=office).matching(text)
    if district is not None:
        schools = schools.filter(district=district)
    rows: UnitQuerySet = schools.select_related("district")
    return rows


def directors_of(schools: Iterable[Unit]) -> dict[int, list[Member]]:
    """Return by school who directs it today."""
    held = listed(is_public=True).filter(post__unit__in=schools, post__role=Role.SCHOOL_DIRECTOR)
    directors: dict[int, list[Member]] = {}
    for holding in held:
        directors.setdefault(holding.post.unit_id, []).append(holding.member)
    return directors


def districts_of(office: Unit) -> list[Unit]:
    """Return the districts in which the office has schools, by name."""
    places = Unit.objects.schools().open().filter(office=office).values("district")
    return list(
        Unit.objects.filter(kind=UnitKind.DISTRICT, pk__in=places).order_by("sort_order", "name")
    )
