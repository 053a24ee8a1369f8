"""What of letters and matters waits for whom: for the work of the day and the morning mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    AssignmentPurpose,
    Inquiry,
    Letter,
    Matter,
    MatterState,
    Routing,
    Step,
    StepKind,
)
from members.models import DESK_ROLES, Member, Unit
from portal.core.resources import Waiting

MAX_WAITING = 100
DEEDS = {
    MatterState.RECEIVED: "เสนอ",
    MatterState.PROPOSED: "สั่งการ",
    MatterState.ROUTED: "มอบหมาย",
    MatterState.ASSIGNED: "รับเรื่อง",
    MatterState.IN_HAND: "ตอบหรือปิดเรื่อง",
}
PAGES = {
    MatterState.RECEIVED: "documents:matter-propose",
    MatterState.PROPOSED: "documents:matter-endorse",
    MatterState.ROUTED: "documents:matter-assign",
}


def arrival_waits(member: Member) -> Iterable[Waiting]:
    """Return what the member's desks still have to receive or to answer, by due date.

    A letter that asks the same of several units is named once, as in the inbox. What arrives at an
    office waits for its registrar, not for its director.
    """
    desks = Unit.objects.held_by(member, roles=DESK_ROLES)
    rows = (
        Arrival.objects.open()
        .at_desk_of(member)
        .filter(~Q(unit__kind="office") | Q(unit__in=desks) | Q(member=member))
        .select_related("letter", "unit")
        .order_by("due_at", "pk")[:MAX_WAITING]
    )
    together: dict[tuple[Any, ...], list[Arrival]] = {}
    for row in rows:
        together.setdefault((row.letter_id, row.state, row.due_at), []).append(row)
    return [_arrivals_wait(rows) for rows in together.values()]


def _arrivals_wait(rows: list[Arrival]) -> Waiting:
    """Return what one letter asks of these desks."""
    first, letter = rows[0], rows[0].letter
    is_new = first.state == ArrivalState.WAITING
    count = len(rows)
    places = dict.fromkeys(
        letter.sender if row.unit_id == row.unit.office_id else row.unit.label for row in rows
    )
    return Waiting(
        subject=letter.subject,
        url=first.get_absolute_url(),
        state="ยังไม่ลงรับ" if is_new else "รอตอบ",
        due_at=first.due_at,
        unit=", ".join(places),
        urgency=letter.urgency,
        deed=("ลงรับ" if count == 1 else f"ลงรับทั้ง {count} แห่ง") if is_new else "ตอบ",
        is_unclaimed=is_new,
    )


def matter_waits(member: Member) -> Iterable[Waiting]:
    """Return the matters of the office on which the next deed is this member's."""
    proposals = Step.objects.filter(
        matter=OuterRef("pk"), kind__in=[StepKind.PROPOSED, StepKind.ENDORSED]
    ).order_by("-position")
    rows = (
        Matter.objects.waiting_for(member)
        .select_related("arrival__letter__owner_unit", "arrival__entry")
        .annotate(said=Subquery(proposals.values("text")[:1]))
        .order_by("due_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.letter.subject,
            url=reverse(PAGES[MatterState(row.state)], args=[row.pk])
            if row.state in PAGES
            else row.get_absolute_url(),
            state=_standing(row),
            due_at=row.due_at,
            unit=f"{row.letter.sender} · เลขรับ {row.arrival.entry}",
            urgency=row.letter.urgency,
            deed=DEEDS[MatterState(row.state)],
        )
        for row in rows
    ]


def _standing(row: Any) -> str:
    """Say the state, and for whoever orders what was proposed."""
    if row.state == MatterState.PROPOSED and row.said:
        return f"{row.get_state_display()} · เสนอ: {row.said}"
    return str(row.get_state_display())


def routing_waits(member: Member) -> Iterable[Waiting]:
    """Return the copies of which the member's group has not taken note."""
    rows = (
        Routing.objects.to_note_by(member)
        .select_related("matter__arrival__letter__owner_unit", "matter__arrival__entry")
        .order_by("pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.matter.letter.subject,
            url=row.get_absolute_url(),
            state="เพื่อทราบ",
            unit=f"{row.matter.letter.sender} · เลขรับ {row.matter.arrival.entry}",
            urgency=row.matter.letter.urgency,
            deed="รับทราบ",
        )
        for row in rows
    ]


def assignment_waits(member: Member) -> Iterable[Waiting]:
    """Return what was assigned to the member and is not acknowledged."""
    rows = (
        Assignment.objects.filter(assignee=member, acknowledged_at__isnull=True)
        .exclude(arrival__state__in=[ArrivalState.RECALLED, ArrivalState.SUPERSEDED])
        .select_related("arrival__letter", "arrival__unit")
        .order_by("pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.arrival.letter.subject,
            url=row.arrival.get_absolute_url(),
            state="แจ้งเวียน" if row.purpose == AssignmentPurpose.KNOW else "มอบหมายให้ท่าน",
            due_at=row.arrival.due_at,
            unit=row.arrival.unit.label,
            urgency=row.arrival.letter.urgency,
            deed="อ่านแล้วกดทราบ" if row.purpose == AssignmentPurpose.KNOW else "อ่านและรับทราบ",
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
            deed="ตรวจและออกเลข",
        )
        for row in rows
    ]


def inquiry_waits(member: Member) -> Iterable[Waiting]:
    """Return the questions about the member's letters that nobody has answered."""
    rows = (
        Inquiry.objects.waiting_for(member)
        .select_related("arrival__letter", "arrival__unit")
        .order_by("asked_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.arrival.letter.subject,
            url=row.get_absolute_url(),
            state="ถามเจ้าของเรื่อง",
            unit=row.arrival.unit.label,
            urgency=row.arrival.letter.urgency,
            deed="ตอบคำถาม",
        )
        for row in rows
    ]
