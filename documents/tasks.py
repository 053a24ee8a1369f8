"""What the worker does for letters."""

from __future__ import annotations

from documents.services.printing import PRINT_TOPIC, print_register
from documents.services.reminding import plan_morning
from documents.services.reserving import expire_reservations
from documents.services.sending import make_arrivals
from members.models import Unit, UnitKind
from portal.outbox.kinds import every_day, handles
from portal.outbox.models import OutboxMessage

handles("documents.make_arrivals")(make_arrivals)
handles(PRINT_TOPIC, lease=600)(print_register)


@every_day("documents.expire_reservations", at="00:05")
def expire(message: OutboxMessage) -> None:
    """Void the reserved numbers whose day is over; none outlives its year."""
    expire_reservations()


@every_day("documents.remind", at="07:00")
def remind(message: OutboxMessage) -> None:
    """Write down what each office reminds of this morning, before the mail of 07.30."""
    for office in Unit.objects.filter(kind=UnitKind.OFFICE).open():
        plan_morning(office)
