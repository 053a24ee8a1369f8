"""What a working morning reminds of: which letters and matters, and why.

Everything is counted in working days of the office. A reminder names the span of moments in which
its cause lies; who is told is read again from the rows themselves whenever it is about to be told,
so that a desk that has answered meanwhile is told nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Model, QuerySet

from documents.models import (
    DONE_STATES,
    Arrival,
    ArrivalState,
    Assignment,
    AssignmentPurpose,
    Letter,
    Matter,
)
from documents.querysets import HELD_STATES, ArrivalQuerySet
from members.models import Unit, UnitKind
from members.services import QuietUnit, office_holidays, quiet_units
from portal.core.actors import SYSTEM
from portal.core.calendar import add_working_days, is_working_day
from portal.core.clock import midnight, today
from portal.outbox.services import publish

ONE_DAY = timedelta(days=1)
# Causes by working days from this morning to the deadline. What is late the desk hears of on the
# first and third day, its office's officer as well, and the deputy on the fifth (domain guide 2.7).
DUE_CAUSES = {
    3: ["documents.due_in_three"],
    1: ["documents.due_next"],
    0: ["documents.due_today"],
    -1: ["documents.overdue_first", "documents.overdue_followed"],
    -3: ["documents.overdue_third", "documents.overdue_followed"],
    -5: ["documents.overdue_deputy"],
}
# A letter of Tuesday that lies there on Thursday morning was not received after one working day.
UNRECEIVED_CAUSES = {-2: "documents.unreceived_first", -3: "documents.unreceived_second"}
# Whoever has to know of a circulated letter is reminded once, after a working day.
UNREAD_DISTANCE = -2
MATTER_CAUSES = {
    1: "documents.matter_due",
    0: "documents.matter_due",
    -1: "documents.matter_overdue",
    -3: "documents.matter_overdue",
}


@dataclass(frozen=True)
class Span:
    """From a moment to just before another one."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end

    @classmethod
    def of(cls, data: dict[str, str]) -> Span:
        """Return the span that a message keeps."""
        return cls(datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["end"]))


def span_of(day: date, distance: int, holidays: Collection[date]) -> Span:
    """Return the moments that lie `distance` working days from this working day.

    Days on which the office is closed belong to the working day before them when they are past,
    and to the one after them when they are to come: no deadline falls between two reminders.
    """

    def at(count: int) -> date:
        return add_working_days(day, count, holidays) if count else day

    if distance < 0:
        return Span(midnight(at(distance)), midnight(at(distance + 1)))
    start = at(distance - 1) + ONE_DAY if distance else day
    return Span(midnight(start), midnight(at(distance) + ONE_DAY))


def due_rows(span: Span) -> ArrivalQuerySet:
    """Return arrivals whose deadline lies in the span and on which something is still to do.

    Never one that was answered, refused, recalled or replaced.
    """
    return Arrival.objects.open().filter(
        state__in=[ArrivalState.WAITING, ArrivalState.RECEIVED],
        due_at__gte=span.start,
        due_at__lt=span.end,
    )


def unreceived_rows(span: Span) -> ArrivalQuerySet:
    """Return arrivals that came in the span and that nobody has received."""
    return Arrival.objects.filter(
        state=ArrivalState.WAITING, arrived_at__gte=span.start, arrived_at__lt=span.end
    )


def unread_arrivals(span: Span) -> ArrivalQuerySet:
    """Return arrivals circulated in the span to somebody who has not said that they know."""
    unread = Assignment.objects.filter(
        purpose=AssignmentPurpose.KNOW,
        acknowledged_at__isnull=True,
        assigned_at__gte=span.start,
        assigned_at__lt=span.end,
    )
    return Arrival.objects.filter(pk__in=unread.values("arrival"), state__in=HELD_STATES)


def overdue_rows(letter_id: int, now: datetime) -> ArrivalQuerySet:
    """Return the arrivals of a letter that are late now."""
    return Arrival.objects.open().filter(letter=letter_id, due_at__lt=now)


def due_matters(span: Span) -> QuerySet[Matter]:
    """Return matters that are not settled and whose deadline lies in the span."""
    rows = Matter.objects.filter(due_at__gte=span.start, due_at__lt=span.end)
    return rows.exclude(state__in=DONE_STATES)


def plan_morning(office: Unit) -> int:
    """Every reminder of this working morning stands in the outbox once; return how many are new.

    On a day on which the office is closed there is none. One row for a letter and cause, however
    many schools it went to.
    """
    day, holidays = today(), office_holidays(office)
    if not is_working_day(day, holidays):
        return 0
    count = 0
    for distance, topics in DUE_CAUSES.items():
        span = span_of(day, distance, holidays)
        count += sum(_tell_letters(office, topic, due_rows(span), span, day) for topic in topics)
    for distance, topic in UNRECEIVED_CAUSES.items():
        span = span_of(day, distance, holidays)
        count += _tell_letters(office, topic, unreceived_rows(span), span, day)
    for distance, topic in MATTER_CAUSES.items():
        span = span_of(day, distance, holidays)
        matters = due_matters(span).filter(office=office).order_by("pk")
        count += sum(_tell(topic, matter, span, day) for matter in matters)
    span = span_of(day, UNREAD_DISTANCE, holidays)
    for arrival in unread_arrivals(span).filter(letter__office=office).order_by("pk"):
        count += _tell("documents.circulation_unread", arrival, span, day)
    if silent_units(office):
        count += _tell("documents.quiet_units", office, span_of(day, 0, holidays), day)
    return count


def silent_units(office: Unit) -> list[QuietUnit]:
    """Return the schools and groups of the office whose desk has not signed in for a week."""
    units = Unit.objects.filter(office=office, kind__in=[UnitKind.SCHOOL, UnitKind.GROUP]).open()
    return [one for one in quiet_units(units) if one.is_silent]


def _tell_letters(office: Unit, topic: str, rows: ArrivalQuerySet, span: Span, day: date) -> int:
    """Write one row for each letter of the office that has such arrivals."""
    letters = Letter.objects.filter(office=office, pk__in=rows.values("letter")).order_by("pk")
    return sum(_tell(topic, letter, span, day) for letter in letters)


@transaction.atomic
def _tell(topic: str, thing: Model, span: Span, day: date) -> bool:
    """Write the reminder, unless this morning has it already."""
    key = f"{topic}:{thing.pk}:{day.isoformat()}"
    start, end = span.start.isoformat(), span.end.isoformat()
    told = publish(topic, thing, by=SYSTEM, unique_key=key, start=start, end=end)
    return told is not None
