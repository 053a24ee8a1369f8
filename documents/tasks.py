"""What the worker does for letters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from documents.models import Arrival
from documents.services.sending import make_arrivals
from members.models import Unit, UnitKind
from members.services import office_holidays
from portal.core.actors import SYSTEM
from portal.core.calendar import add_working_days, is_working_day
from portal.core.clock import BANGKOK, bangkok, today
from portal.outbox.kinds import every_day, handles
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

handles("documents.make_arrivals")(make_arrivals)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=BANGKOK)


def _windows(office: Unit) -> dict[str, tuple[datetime, datetime]]:
    """Return what this working day's reminders cover: due by the next one, due since the last."""
    holidays = office_holidays(office)
    day = today()
    if not is_working_day(day, holidays):
        return {}
    tomorrow = day + timedelta(days=1)
    after_next = add_working_days(day, 1, holidays) + timedelta(days=1)
    return {
        "documents.due_tomorrow": (_midnight(tomorrow), _midnight(after_next)),
        "documents.overdue": (_midnight(add_working_days(day, -1, holidays)), _midnight(day)),
    }


@every_day("documents.remind", at="07:00")
def remind(message: OutboxMessage) -> None:
    """Tell each desk what is due by the next working day and what fell due since the last one.

    Once for each arrival and cause; never on a day on which the office is closed.
    """
    for office in Unit.objects.filter(kind=UnitKind.OFFICE).open():
        for topic, (start, end) in _windows(office).items():
            rows = Arrival.objects.open().filter(
                letter__office=office, due_at__gte=start, due_at__lt=end
            )
            for row in rows.order_by("pk").iterator(chunk_size=1_000):
                with transaction.atomic():
                    due_on = bangkok(row.due_at).date() if row.due_at else ""
                    publish(topic, row, by=SYSTEM, unique_key=f"{topic}:{row.pk}:{due_on}")
