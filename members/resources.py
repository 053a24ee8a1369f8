"""What the house may find among people and units."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from members.models import OFFICE_ROLES, Holding, Member, Unit
from portal.core.resources import (
    MEMBERS,
    OWNERS,
    PUBLIC,
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


register(
    Resource(
        model=Unit,
        label="หน่วยงาน",
        icon="school",
        visible_to=Unit.objects.visible_to,
        readers=readers_of_unit,
    )
)
register(
    Resource(
        model=Member,
        label="บุคคล",
        icon="users",
        visible_to=Member.objects.visible_to,
        readers=readers_of_member,
    )
)
