"""What the worker does for letters."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction

from documents.models import Arrival
from documents.services.sending import make_arrivals
from portal.core.actors import SYSTEM
from portal.core.clock import BANGKOK, today
from portal.outbox.kinds import every_day, handles
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

handles("documents.make_arrivals")(make_arrivals)


def _midnight(days: int) -> datetime:
    return datetime.combine(today() + timedelta(days=days), time(), tzinfo=BANGKOK)


@every_day("documents.remind", at="07:00")
def remind(message: OutboxMessage) -> None:
    """Tell each desk what is due tomorrow and what fell due yesterday: once a day and arrival."""
    day = today().isoformat()
    windows = {
        "documents.due_tomorrow": (_midnight(1), _midnight(2)),
        "documents.overdue": (_midnight(-1), _midnight(0)),
    }
    for topic, (start, end) in windows.items():
        rows = Arrival.objects.open().filter(due_at__gte=start, due_at__lt=end).order_by("pk")
        for row in rows.iterator(chunk_size=1_000):
            with transaction.atomic():
                publish(topic, row, by=SYSTEM, unique_key=f"{topic}:{row.pk}:{day}")
