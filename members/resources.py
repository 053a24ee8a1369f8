"""What the house may find among people and units."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from members.models import Holding, Member, Unit
from portal.core.resources import Resource, register


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


register(
    Resource(
        model=Unit,
        label="หน่วยงาน",
        icon="school",
        visible_to=Unit.objects.visible_to,
        readers=readers_of_unit,
        text=lambda unit: " ".join(
            [unit.name, unit.short_name, unit.subdistrict, unit.province, unit.code8, unit.code10]
        ),
    )
)
register(
    Resource(
        model=Member,
        label="บุคคล",
        icon="users",
        visible_to=Member.objects.visible_to,
        readers=readers_of_member,
        text=lambda member: member.get_full_name(),
    )
)
