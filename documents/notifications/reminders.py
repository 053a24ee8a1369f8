"""What a working morning reminds of; nobody is reminded of what is done."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse

from documents.models import Matter, MatterState
from documents.notifications.letters import ArrivalKind, LetterKind, desks_of, officers_of
from documents.notifications.matters import MatterKind, registrars
from documents.querysets import GROUP_DESK_ROLES, ArrivalQuerySet
from documents.services.assigning import unread_of
from documents.services.reminding import (
    ONE_DAY,
    Span,
    due_matters,
    due_rows,
    overdue_rows,
    silent_units,
    unread_arrivals,
    unreceived_rows,
)
from members.models import DESK_ROLES, Member, Role, Unit
from members.querysets import holds
from members.services import office_holidays
from portal.core.clock import db_now
from portal.core.thaidates import short_datetime
from portal.notifications.domain import Group
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage

CLERK_ROLES = DESK_ROLES - {Role.SCHOOL_DIRECTOR}
MOST_NAMES = 8
QUIET_DAYS = 7
HEAD_ROLES = frozenset({Role.SCHOOL_DIRECTOR, Role.GROUP_HEAD})


class ReminderKind(LetterKind):
    """A cause that lies with some recipients of a letter, read again whenever it is told."""

    icon = "clock"
    title: ClassVar[str]

    def rows(self, message: OutboxMessage) -> ArrivalQuerySet:
        """Return the arrivals for which the cause is true now."""
        return due_rows(Span.of(message.data)).filter(letter=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return desks_of(self.rows(message))

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.rows(message).exists()

    def lines(self, message: OutboxMessage) -> list[str]:
        first = self.rows(message).order_by("due_at").first()
        return [f"ภายใน: {short_datetime(first.due_at)}"] if first and first.due_at else []

    def say(self, message: OutboxMessage) -> str:
        """Return the cause in words."""
        return self.title

    def text(self, message: OutboxMessage) -> Text:
        letter = self.letter(message)
        return Text(
            title=f"{self.say(message)}: {letter.subject}",
            lines=self.lines(message),
            url=letter.get_absolute_url(),
            unit_text=f"{letter.number_text} · {letter.sender}",
        )


@register
class DueInThree(ReminderKind):
    """Something is due on the third working day from now."""

    key = "documents.due_in_three"
    label = "ครบกำหนดใน 3 วันทำการ"
    title = "ครบกำหนดใน 3 วันทำการ"
    group = Group.SOON


@register
class DueNext(ReminderKind):
    """Something is due by the next working day."""

    key = "documents.due_next"
    label = "ใกล้ครบกำหนด"
    title = "ครบกำหนดวันทำการถัดไป"
    group = Group.NEXT

    def say(self, message: OutboxMessage) -> str:
        """On the eve of a closed day the next working day is not tomorrow."""
        span = Span.of(message.data)
        return "ครบกำหนดพรุ่งนี้" if span.end - span.start == ONE_DAY else self.title


@register
class DueToday(ReminderKind):
    """Something is due today."""

    key = "documents.due_today"
    label = "ครบกำหนดวันนี้"
    title = "ครบกำหนดวันนี้"
    group = Group.TODAY


@register
class OverdueFirst(ReminderKind):
    """The deadline passed since the last working morning."""

    key = "documents.overdue_first"
    label = "เกินกำหนด"
    title = "เกินกำหนด"
    icon = "clock-alert"
    group = Group.OVERDUE

    def lines(self, message: OutboxMessage) -> list[str]:
        first = self.rows(message).order_by("due_at").first()
        return [f"ครบกำหนดเมื่อ: {short_datetime(first.due_at)}"] if first and first.due_at else []


@register
class OverdueThird(OverdueFirst):
    """Three working days late."""

    key = "documents.overdue_third"
    title = "เกินกำหนด 3 วันทำการ"


@register
class UnreceivedFirst(ReminderKind):
    """Nobody received it for a working day; whoever keeps the desk hears of it.

    A school without a clerk is kept by its director.
    """

    key = "documents.unreceived_first"
    label = "ยังไม่ลงรับ"
    title = "ยังไม่ลงรับ 1 วันทำการ"
    icon = "inbox"
    group = Group.UNCLAIMED

    def rows(self, message: OutboxMessage) -> ArrivalQuerySet:
        return unreceived_rows(Span.of(message.data)).filter(letter=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        rows = self.rows(message).order_by()
        units = Unit.objects.filter(pk__in=rows.filter(member__isnull=True).values("unit"))
        kept = Unit.objects.filter(holds("posts__holdings__", post__role__in=CLERK_ROLES))
        alone = units.exclude(pk__in=kept.values("pk"))
        directors = Member.objects.holding(units=alone.values("pk"), roles=HEAD_ROLES)
        clerks = desks_of(rows, CLERK_ROLES)
        return Member.objects.filter(
            Q(pk__in=clerks.values("pk")) | Q(pk__in=directors.values("pk"))
        )

    def lines(self, message: OutboxMessage) -> list[str]:
        first = self.rows(message).order_by("arrived_at").first()
        return [f"มาถึงเมื่อ: {short_datetime(first.arrived_at)}"] if first else []


@register
class UnreceivedSecond(UnreceivedFirst):
    """Two working days, and the head of the unit hears of it: the school's director."""

    key = "documents.unreceived_second"
    title = "ยังไม่ลงรับ 2 วันทำการ"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        units = self.rows(message).order_by().filter(member__isnull=True).values("unit")
        return Member.objects.holding(units=units, roles=HEAD_ROLES)


@register
class OverdueFollowed(ReminderKind):
    """Recipients of a letter are late: one line with their number for its officer."""

    key = "documents.overdue_followed"
    label = "ผู้รับเกินกำหนด"
    icon = "clock-alert"
    group = Group.OVERDUE

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return officers_of(self.letter(message))

    def text(self, message: OutboxMessage) -> Text:
        letter = self.letter(message)
        count = overdue_rows(letter.pk, db_now()).count()
        board = reverse("documents:letter-board", args=[letter.pk], query={"state": "overdue"})
        return Text(
            title=f"เกินกำหนด {count:,} แห่ง: {letter.subject}",
            url=board,
            unit_text=letter.number_text,
        )


@register
class OverdueDeputy(OverdueFollowed):
    """Five working days late: the deputies of the office hear of it (domain guide 2.7)."""

    key = "documents.overdue_deputy"
    label = "ผู้รับเกินกำหนด 5 วันทำการ"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        letter = self.letter(message)
        if letter.is_from_school:  # what a school asks of others is not the office's to know
            return Member.objects.none()
        units = letter.office.units.values("pk")
        return Member.objects.holding(units=units, roles=[Role.DEPUTY_DIRECTOR])


@register
class CirculationUnread(ArrivalKind):
    """A letter was circulated a working day ago, and some have not said that they know."""

    key = "documents.circulation_unread"
    label = "หนังสือแจ้งเวียนยังไม่รับทราบ"
    icon = "mail-open"
    group = Group.WAITING

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        unread = unread_of(self.arrival(message)).values("assignee")
        return Member.objects.active().filter(pk__in=unread)

    def is_still_true(self, message: OutboxMessage) -> bool:
        rows = unread_arrivals(Span.of(message.data))
        return rows.filter(pk=message.subject_pk).exists()

    def text(self, message: OutboxMessage) -> Text:
        return self.compose(self.arrival(message), "ยังไม่รับทราบ", [])


class MatterReminder(MatterKind):
    """A matter inside the office, for whoever's turn it is now."""

    def rows(self, message: OutboxMessage) -> QuerySet[Matter]:
        return due_matters(Span.of(message.data)).filter(pk=message.subject_pk)

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.rows(message).exists()

    def is_urgent(self, message: OutboxMessage) -> bool:
        return False

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        matter = self.matter(message)
        if matter.state == MatterState.RECEIVED:
            return registrars(matter.office)
        if matter.state == MatterState.PROPOSED:
            return Member.objects.filter(holds("holdings__", post=matter.proposed_to_id))
        if matter.state == MatterState.ROUTED:
            return Member.objects.holding(units=[matter.main_unit_id], roles=GROUP_DESK_ROLES)
        return Member.objects.active().filter(pk=matter.officer_id)

    def text(self, message: OutboxMessage) -> Text:
        matter = self.matter(message)
        due = [f"กำหนด: {short_datetime(matter.due_at)}"] if matter.due_at else []
        return Text(
            title=f"{self.title}: {matter.letter.subject}",
            lines=due,
            url=matter.get_absolute_url(),
            unit_text=f"{matter.letter.sender} · เลขรับ {matter.arrival.entry}",
        )


@register
class MatterDue(MatterReminder):
    """A matter is due today or on the next working day."""

    key = "documents.matter_due"
    label = "เรื่องใกล้ครบกำหนด"
    title = "เรื่องใกล้ครบกำหนด"
    icon = "clock"
    group = Group.NEXT


@register
class MatterOverdue(MatterReminder):
    """A matter is one or three working days late."""

    key = "documents.matter_overdue"
    label = "เรื่องเกินกำหนด"
    title = "เรื่องเกินกำหนด"
    icon = "clock-alert"
    group = Group.OVERDUE


@register
class QuietUnits(Kind):
    """Schools and groups that letters may not reach: their desks have been silent for a week."""

    key = "documents.quiet_units"
    label = "หน่วยงานที่ไม่มีใครเข้าใช้"
    icon = "phone"
    group = Group.WAITING

    def unit(self, message: OutboxMessage) -> Unit:
        return Unit.objects.get(pk=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        units = Unit.objects.filter(office=message.subject_pk).values("pk")
        return Member.objects.holding(
            units=units, roles=[Role.CENTRAL_REGISTRAR, Role.ADMINISTRATOR]
        )

    def is_still_true(self, message: OutboxMessage) -> bool:
        return bool(silent_units(self.unit(message)))

    def office(self, message: OutboxMessage) -> Office:
        office = self.unit(message)
        return Office(office.label, office_holidays(office))

    def text(self, message: OutboxMessage) -> Text:
        names = [one.unit.label for one in silent_units(self.unit(message))]
        more = f" และอีก {len(names) - MOST_NAMES:,} แห่ง" if len(names) > MOST_NAMES else ""
        return Text(
            title=f"{len(names):,} หน่วยงานไม่มีใครเข้าใช้มา {QUIET_DAYS} วัน",
            lines=[", ".join(names[:MOST_NAMES]) + more],
            url=reverse("documents:quiet-units"),
        )
