"""What the worker does for meetings."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from meetings.models import Meeting, Series, Task
from meetings.services.recurring import make_meetings
from members.models import Unit, UnitKind
from members.services import office_holidays
from portal.core.actors import SYSTEM
from portal.core.calendar import add_working_days, is_working_day
from portal.core.clock import midnight, today
from portal.outbox.kinds import every_day
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

ONE_DAY = timedelta(days=1)


@every_day("meetings.make_series", at="05:30")
def make_series(message: OutboxMessage) -> None:
    """Make the meetings of the next eight weeks; a second run makes none twice."""
    for series in Series.objects.running().order_by("pk"):
        make_meetings(series)


@every_day("meetings.remind", at="07:00")
def remind(message: OutboxMessage) -> None:
    """Tell who meets, and whose task is due, until the next working day.

    Once for each meeting or task and day; never on a day on which the office is closed.
    """
    day = today()
    for office in Unit.objects.filter(kind=UnitKind.OFFICE).open():
        holidays = office_holidays(office)
        if not is_working_day(day, holidays):
            continue
        last = add_working_days(day, 1, holidays)
        _remind_of_meetings(office, day, last)
        _remind_of_tasks(office, day, last)


def _remind_of_meetings(office: Unit, day: date, last: date) -> None:
    first = midnight(day + ONE_DAY)
    rows = Meeting.objects.planned().starting(first, midnight(last + ONE_DAY))
    for row in rows.filter(unit__office=office, invited_at__isnull=False).order_by("pk"):
        with transaction.atomic():
            key = f"meetings.tomorrow:{row.pk}:{row.on}"
            publish("meetings.tomorrow", row, by=SYSTEM, unique_key=key)


def _remind_of_tasks(office: Unit, day: date, last: date) -> None:
    rows = Task.objects.open().filter(
        resolution__meeting__unit__office=office, due_on__gt=day, due_on__lte=last
    )
    for row in rows.order_by("pk"):
        with transaction.atomic():
            key = f"meetings.task_due:{row.pk}:{row.assignee_id}:{row.due_on}"
            publish("meetings.task_due", row, by=SYSTEM, unique_key=key)
