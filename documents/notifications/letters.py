"""What letters tell the portal's members."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, Q, QuerySet

from documents.models import Arrival, Assignment, Letter, Response, Succession, Urgency
from documents.notifications.matters import group_desks, registrars
from documents.policies import RECEIVING_ROLES
from documents.querysets import HELD_STATES
from members.models import DESK_ROLES, SCHOOL_DESK_ROLES, Member, Role
from members.services import office_holidays
from portal.core.thaidates import short_datetime
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage


def three_lines(letter: Letter) -> list[str]:
    """Return the owner's three plain lines, as inbox and mail show them."""
    lines = [
        ("เรื่องใหม่", letter.line_new),
        ("ต้องทำ", letter.line_do),
        ("ภายใน", short_datetime(letter.due_at) if letter.due_at else letter.line_by),
    ]
    return [f"{label}: {line}" for label, line in lines if line]


def over(letter: Letter) -> str:
    """Return what a letter does to an earlier one, before its subject: แทนที่ ที่ …"""
    if letter.succeeds is None:
        return ""
    deed = "ยกเลิก" if letter.succession == Succession.CANCELS else "แทน"
    return f"{deed} ที่ {letter.succeeds.number_text}: "


def desk_of(arrival: Arrival) -> QuerySet[Member]:
    """Those who open this arrival: the desk of its unit, or the person it is addressed to."""
    if arrival.member_id is not None:
        return Member.objects.active().filter(pk=arrival.member_id)
    return Member.objects.holding(units=[arrival.unit_id], roles=RECEIVING_ROLES)


def desks_of(arrivals: QuerySet[Arrival], roles: Collection[str] = DESK_ROLES) -> QuerySet[Member]:
    """Those whom these arrivals concern: the desks of their units, and the persons addressed."""
    rows = arrivals.order_by()
    units = rows.filter(member__isnull=True).values("unit")
    persons = rows.filter(member__isnull=False).values("member")
    desks = Member.objects.holding(units=units, roles=roles)
    return Member.objects.active().filter(Q(pk__in=desks.values("pk")) | Q(pk__in=persons))


def officers_of(letter: Letter) -> QuerySet[Member]:
    """Return who answers for a letter: its drafter, or the group's desk once they have left."""
    drafter = Member.objects.holding(units=[letter.owner_unit_id]).filter(pk=letter.drafter_id)
    return drafter if drafter.exists() else group_desks([letter.owner_unit_id])


def due_words(arrival: Arrival) -> str:
    """Return the recipient's own deadline; nothing when there is none."""
    return short_datetime(arrival.due_at) if arrival.due_at else ""


def _subject(message: OutboxMessage, model: type[Any]) -> Any:
    """Return what the message is about; gone things raise, and the house tells nobody."""
    return model._default_manager.get(pk=message.subject_pk)


class LetterKind(Kind):
    """News about a letter; its office speaks, and closes on its own holidays."""

    def letter(self, message: OutboxMessage) -> Letter:
        return Letter.objects.select_related("office").get(pk=message.subject_pk)

    def office(self, message: OutboxMessage) -> Office:
        office = self.letter(message).office
        return Office(office.label, office_holidays(office))


@register
class LetterArrived(LetterKind):
    """A new letter lies in the unit's inbox."""

    key = "documents.letter_arrived"
    label = "หนังสือเข้าใหม่"
    icon = "mail"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        if self.letter(message).is_internal:  # it never left the school; circulating it tells
            return Member.objects.none()
        arrivals = Arrival.objects.filter(letter=message.subject_pk, state__in=HELD_STATES)
        return desks_of(arrivals, RECEIVING_ROLES)

    def text(self, message: OutboxMessage) -> Text:
        letter = Letter.objects.select_related("owner_unit", "succeeds").get(pk=message.subject_pk)
        return Text(
            title=f"{over(letter)}{letter.subject}",
            lines=three_lines(letter),
            url=letter.get_absolute_url(),
            unit_text=f"{letter.number_text} · {letter.owner_unit.label}",
        )

    def is_urgent(self, message: OutboxMessage) -> bool:
        return bool(_subject(message, Letter).urgency == Urgency.MOST_URGENT)


@register
class LetterSubmitted(LetterKind):
    """A draft waits for its number."""

    key = "documents.letter_submitted"
    label = "รอออกเลข"
    icon = "send"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return registrars(self.letter(message).office)

    def text(self, message: OutboxMessage) -> Text:
        letter = Letter.objects.select_related("owner_unit").get(pk=message.subject_pk)
        return Text(
            title=f"รอออกเลข: {letter.subject}",
            url=letter.get_absolute_url(),
            unit_text=letter.owner_unit.label,
        )


@register
class LetterReturned(LetterKind):
    """The registrar gave a draft back."""

    key = "documents.letter_returned"
    label = "ร่างถูกส่งกลับ"
    icon = "undo-2"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        letter = _subject(message, Letter)
        return Member.objects.active().filter(pk=letter.drafter_id)

    def text(self, message: OutboxMessage) -> Text:
        letter = _subject(message, Letter)
        return Text(
            title=f"ส่งกลับให้แก้: {letter.subject}",
            lines=[f"เหตุผล: {letter.return_reason}"],
            url=letter.get_absolute_url(),
        )


class ArrivalKind(LetterKind):
    """News about one arrival for those who open it."""

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        held = Arrival.objects.filter(pk=message.subject_pk, state__in=HELD_STATES)
        return desk_of(_subject(message, Arrival)).filter(Exists(held))

    def arrival(self, message: OutboxMessage) -> Arrival:
        return Arrival.objects.select_related("letter__owner_unit", "letter__office", "unit").get(
            pk=message.subject_pk
        )

    def letter(self, message: OutboxMessage) -> Letter:
        return self.arrival(message).letter

    def compose(self, arrival: Arrival, title: str, lines: list[str]) -> Text:
        return Text(
            title=f"{title}: {arrival.letter.subject}",
            lines=lines,
            url=arrival.get_absolute_url(),
            unit_text=f"{arrival.unit.label} · {arrival.letter.number_text}",
        )


@register
class ResponseReturned(ArrivalKind):
    """Whoever asked gave an answer back."""

    key = "documents.response_returned"
    label = "คำตอบถูกส่งกลับ"
    icon = "undo-2"

    def text(self, message: OutboxMessage) -> Text:
        response = Response.objects.get(pk=message.data["response"])
        return self.compose(
            self.arrival(message), "ส่งกลับให้แก้", [f"เหตุผล: {response.return_reason}"]
        )


@register
class ArrivalExtended(ArrivalKind):
    """The recipient has more time."""

    key = "documents.arrival_extended"
    label = "ขยายเวลา"
    icon = "calendar-clock"

    def text(self, message: OutboxMessage) -> Text:
        arrival = self.arrival(message)
        return self.compose(arrival, "ขยายเวลา", [f"กำหนดใหม่: {due_words(arrival)}"])


@register
class ArrivalRefused(ArrivalKind):
    """A recipient sent a letter back; its owner should know."""

    key = "documents.arrival_refused"
    label = "หนังสือถูกส่งคืน"
    icon = "reply"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        arrival = self.arrival(message)
        owners = Member.objects.holding(
            units=[arrival.letter.owner_unit_id],
            roles=[Role.GROUP_CLERK, Role.GROUP_HEAD, *SCHOOL_DESK_ROLES],
        )
        return Member.objects.active().filter(
            Q(pk__in=owners.values("pk")) | Q(pk=arrival.letter.drafter_id)
        )

    def text(self, message: OutboxMessage) -> Text:
        arrival = self.arrival(message)
        return self.compose(arrival, "ส่งคืน", [f"เหตุผล: {arrival.refusal_reason}"])


@register
class ArrivalAssigned(ArrivalKind):
    """A letter was given to members of a school."""

    key = "documents.arrival_assigned"
    label = "งานที่มอบหมาย"
    icon = "users"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        assigned = Assignment.objects.filter(pk__in=message.data["assignments"])
        return Member.objects.active().filter(pk__in=assigned.values("assignee"))

    def note(self, message: OutboxMessage) -> str:
        """Return what was written to all who were named together."""
        notes = Assignment.objects.filter(pk__in=message.data["assignments"])
        return notes.values_list("note", flat=True).first() or ""

    def text(self, message: OutboxMessage) -> Text:
        note = self.note(message)
        return self.compose(
            self.arrival(message), "มอบหมายให้ท่าน", [f"คำสั่ง: {note}"] if note else []
        )


@register
class ArrivalCirculated(ArrivalAssigned):
    """A letter was circulated: its readers have to know of it."""

    key = "documents.arrival_circulated"
    label = "หนังสือแจ้งเวียน"
    icon = "mail-open"

    def text(self, message: OutboxMessage) -> Text:
        arrival, note = self.arrival(message), self.note(message)
        return Text(
            title=f"แจ้งเวียน: {arrival.letter.subject}",
            lines=[note] if note else [],
            url=arrival.get_absolute_url(),
            unit_text=f"จาก{arrival.letter.sender} · {arrival.letter.number_text}",
        )
