"""What the house may find of letters, and what of them waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.db.models import Q, QuerySet

from documents.models import Arrival, ArrivalState, Assignment, Letter, Response
from documents.querysets import OVERSEEING_ROLES, READING_DESK_ROLES
from members.models import OFFICE_ROLES, Member
from members.querysets import holds
from portal.core.resources import Resource, Waiting, register

MAX_WAITING = 100


def arrival_waits(member: Member) -> Iterable[Waiting]:
    """Return what the member's desks still have to receive or to answer, by due date."""
    rows = (
        Arrival.objects.open()
        .at_desk_of(member)
        .select_related("letter", "unit")
        .order_by("due_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.letter.subject,
            url=row.get_absolute_url(),
            state="ยังไม่ลงรับ" if row.state == ArrivalState.WAITING else "รอตอบ",
            due_at=row.due_at,
            unit=row.unit.label,
            urgency=row.letter.urgency,
        )
        for row in rows
    ]


def assignment_waits(member: Member) -> Iterable[Waiting]:
    """Return what was assigned to the member and is not acknowledged."""
    rows = (
        Assignment.objects.filter(assignee=member, acknowledged_at__isnull=True)
        .select_related("arrival__letter", "arrival__unit")
        .order_by("pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.arrival.letter.subject,
            url=row.arrival.get_absolute_url(),
            state="มอบหมายให้ท่าน",
            due_at=row.arrival.due_at,
            unit=row.arrival.unit.label,
            urgency=row.arrival.letter.urgency,
        )
        for row in rows
    ]


def letter_waits(member: Member) -> Iterable[Waiting]:
    """Return the letters that wait for this member's registry to number and send them."""
    rows = (
        Letter.objects.to_register_by(member)
        .select_related("owner_unit")
        .order_by("-urgency", "submitted_at")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.subject,
            url=row.get_absolute_url(),
            state="รอออกเลข",
            due_at=row.due_at,
            unit=row.owner_unit.label,
            urgency=row.urgency,
        )
        for row in rows
    ]


def _people(conditions: Q) -> QuerySet[Member]:
    people = Member.objects.filter(conditions).values("pk")
    return cast("QuerySet[Member]", Member.objects.filter(pk__in=people, is_active=True))


def _desk(arrivals: QuerySet[Arrival]) -> Q:
    """Members who open one of these arrivals."""
    return holds(
        "holdings__",
        post__unit__in=arrivals.filter(member__isnull=True).values("unit"),
        post__role__in=READING_DESK_ROLES,
    ) | Q(pk__in=arrivals.filter(member__isnull=False).values("member"))


def _senders(letter: Letter) -> Q:
    """Members of whose office work the letter is."""
    own = holds("holdings__", post__unit=letter.owner_unit_id, post__role__in=OFFICE_ROLES)
    if letter.state in {"draft", "discarded"}:
        return own
    return own | holds(
        "holdings__", post__unit__office=letter.office_id, post__role__in=OVERSEEING_ROLES
    )


def arrival_readers(arrival: Arrival) -> QuerySet[Member]:
    """Return the members to whom this arrival is visible."""
    rows = Arrival.objects.filter(pk=arrival.pk)
    assignees = Assignment.objects.filter(arrival=arrival).values("assignee")
    return _people(_desk(rows)) | _people(Q(pk__in=assignees))


def letter_readers(letter: Letter) -> QuerySet[Member]:
    """Return the members to whom this letter is visible."""
    rows = Arrival.objects.filter(letter=letter)
    assignees = Assignment.objects.filter(arrival__letter=letter).values("assignee")
    return _people(_senders(letter)) | _people(_desk(rows)) | _people(Q(pk__in=assignees))


def response_readers(response: Response) -> QuerySet[Member]:
    """Return the members to whom this answer is visible."""
    arrival = response.arrival
    rows = Arrival.objects.filter(pk=arrival.pk)
    return _people(_senders(arrival.letter)) | _people(_desk(rows))


register(
    Resource(
        model=Letter,
        label="หนังสือ",
        icon="mail",
        visible_to=lambda member: Letter.objects.visible_to(member),
        readers=letter_readers,
        waiting=letter_waits,
    )
)
register(
    Resource(
        model=Arrival,
        label="หนังสือเข้า",
        icon="inbox",
        visible_to=lambda member: Arrival.objects.visible_to(member),
        readers=arrival_readers,
        waiting=arrival_waits,
    )
)
register(
    Resource(
        model=Response,
        label="คำตอบ",
        icon="reply",
        visible_to=lambda member: Response.objects.visible_to(member),
        readers=response_readers,
    )
)
register(
    Resource(
        model=Assignment,
        label="งานที่มอบหมาย",
        icon="users",
        visible_to=lambda member: Assignment.objects.visible_to(member),
        waiting=assignment_waits,
    )
)
