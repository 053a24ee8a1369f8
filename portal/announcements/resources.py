"""What the house may find of announcements, and what of them waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from members.models import Member
from members.querysets import holds
from portal.announcements.models import Announcement
from portal.announcements.querysets import ANNOUNCING_ROLES
from portal.announcements.services import people_of
from portal.core.calendar import end_of_day
from portal.core.clock import today
from portal.core.resources import (
    PUBLIC,
    Findable,
    Resource,
    Waiting,
    in_office,
    in_unit,
    of_member,
    register,
)
from portal.richtext.domain import plain_text

MAX_WAITING = 100
MOST_SCOPES = 200


def announcement_waits(member: Member) -> Iterable[Waiting]:
    """Return what asks this member to say that they know, by its last day."""
    rows = (
        Announcement.objects.waiting_for(member)
        .select_related("unit")
        .order_by("until_on", "-published_at")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.title,
            url=row.get_absolute_url(),
            state="ประกาศ ขอให้รับทราบ",
            due_at=end_of_day(row.until_on) if row.until_on else None,
            unit=row.unit.label,
            urgency=1 if row.is_urgent else 0,
            deed="อ่านและรับทราบ",
        )
        for row in rows
    ]


def readers(announcement: Announcement) -> QuerySet[Member]:
    """Return the members to whom this announcement is visible."""
    active: Any = Member.objects.active()
    own = holds("holdings__", post__unit=announcement.unit_id, post__role__in=ANNOUNCING_ROLES)
    found = Q(pk__in=active.filter(own).values("pk"))
    has_begun = announcement.is_published and not announcement.is_to_come
    if has_begun and announcement.is_public:
        return active  # type: ignore[no-any-return]  # a queryset of members
    if has_begun:
        found |= Q(pk__in=people_of(announcement).values("pk"))
    people: QuerySet[Member] = active.filter(found)
    return people


def find(announcement: Announcement) -> Findable | None:
    """Return how an announcement is found while it is published."""
    if not announcement.is_published:
        return None
    return Findable(
        title=announcement.title,
        url=announcement.get_absolute_url(),
        scopes=_scopes(announcement),
        body=plain_text(announcement.text),
        on=announcement.from_on or today(),
        place=f"ประกาศ · {announcement.unit.label}",
    )


def _scopes(announcement: Announcement) -> frozenset[str]:
    """Return who may find it; one to very many is found by the whole office, and gated there."""
    words = {in_unit(announcement.unit_id)}
    if announcement.is_public:
        words.add(PUBLIC)
    rows = list(announcement.recipients.all())
    if len(rows) > MOST_SCOPES:
        words.add(in_office(announcement.office.pk))
        words |= {of_member(row.member_id) for row in rows if row.member_id}
        return frozenset(words)
    words |= {of_member(row.member_id) if row.member_id else in_unit(row.unit_id) for row in rows}
    return frozenset(words)


def with_parts(announcements: QuerySet[Any]) -> QuerySet[Any]:
    return announcements.select_related("unit__office").prefetch_related("recipients")


register(
    Resource(
        model=Announcement,
        label="ประกาศ",
        icon="megaphone",
        visible_to=lambda member: Announcement.objects.visible_to(member),
        readers=readers,
        find=find,
        with_parts=with_parts,
        waiting=announcement_waits,
    )
)
