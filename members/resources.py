"""What the house may find among people and units."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from members.models import OFFICE_ROLES, Holding, Member, Unit
from portal.core.clock import today
from portal.core.resources import (
    MEMBERS,
    OWNERS,
    PUBLIC,
    Findable,
    Resource,
    in_office,
    in_unit,
    know_scopes,
    of_member,
    register,
    staff_of,
)


def readers_of_unit(unit: Unit) -> QuerySet[Member]:
    """Members with a post in the unit's office, and the owner of the installation."""
    readers: QuerySet[Member] = Member.objects.readers_of(
        [unit.office_id] if unit.office_id else []
    )
    return readers


def readers_of_member(member: Member) -> QuerySet[Member]:
    """The person, colleagues in every office where they hold a post now, and the owner."""
    offices = Holding.objects.current().filter(member=member).values("post__unit__office")
    colleagues = Member.objects.readers_of(offices).values("pk")
    readers: QuerySet[Member] = Member.objects.filter(Q(pk=member.pk) | Q(pk__in=colleagues))
    return readers


@know_scopes
def scopes_of_member(member: Member) -> frozenset[str]:
    """Return the scope words of a member: the person, and every unit and office of their posts."""
    held = Holding.objects.current().filter(member=member)
    rows = held.values_list("post__unit", "post__unit__office", "post__role")
    words = {PUBLIC, MEMBERS, of_member(member.pk)}
    if member.is_superuser:
        words.add(OWNERS)
    for unit, office, role in rows:
        words.add(in_unit(unit))
        if office:
            words.add(in_office(office))
        if office and role in OFFICE_ROLES:
            words.add(staff_of(office))
    return frozenset(words)


def with_places(units: QuerySet[Unit]) -> QuerySet[Unit]:
    return units.select_related("district", "cluster")


def find_unit(unit: Unit) -> Findable:
    """A unit is found by its names, also earlier ones, its code and where it lies."""
    before = [f"{earlier.name} {earlier.short_name}".strip() for earlier in unit.names_before()]
    places = [
        f"ตำบล{unit.subdistrict}" if unit.subdistrict else "",
        unit.district.name if unit.district else "",
        unit.province,
        unit.cluster.name if unit.cluster else "",
    ]
    codes = [f"รหัส {code}" for code in (unit.code8, unit.code10) if code]
    scopes = {OWNERS} | ({in_office(unit.office_id)} if unit.office_id else set())
    return Findable(
        title=unit.name,
        url=reverse("members:unit", args=[unit.pk]),
        scopes=frozenset(scopes),
        body=" ".join(word for word in [unit.short_name, *places, *codes, *before] if word),
        place="ยุบเลิกแล้ว" if unit.closed_on and unit.closed_on <= today() else "",
    )


def with_posts(members: QuerySet[Member]) -> QuerySet[Member]:
    """Fetch the posts that members hold now or will hold, with their units."""
    held = Holding.objects.overlapping(today(), None).select_related("post__unit").order_by("pk")
    return members.prefetch_related(Prefetch("holdings", held))


def find_member(member: Member) -> Findable | None:
    """A person is found by name and posts, by colleagues of all their offices, also coming ones.

    Posts held in somebody's stead are not among them: they end with what they rest on.
    """
    if not member.is_active:
        return None
    held = [h for h in member.holdings.all() if _is_own(h) and _lasts(h)]
    posts = [holding.post for holding in held if holding.from_on <= today()]
    offices = {office for holding in held if (office := holding.post.unit.office_id)}
    return Findable(
        title=str(member),
        url=reverse("members:person", args=[member.pk]),
        scopes=frozenset({OWNERS, of_member(member.pk), *map(in_office, offices)}),
        body=" · ".join(f"{post.title} {post.unit.name}" for post in posts),
    )


def _is_own(holding: Holding) -> bool:
    return holding.acting_for_id is None


def _lasts(holding: Holding) -> bool:
    return holding.ended_at is None and (holding.to_on is None or holding.to_on >= today())


register(
    Resource(
        model=Unit,
        label="หน่วยงาน",
        icon="school",
        visible_to=Unit.objects.visible_to,
        readers=readers_of_unit,
        find=find_unit,
        with_parts=with_places,
    )
)
register(
    Resource(
        model=Member,
        label="บุคคล",
        icon="users",
        visible_to=Member.objects.visible_to,
        readers=readers_of_member,
        find=find_member,
        with_parts=with_posts,
    )
)
