"""Messages that greet a school, and members who hear of it."""

from __future__ import annotations

from collections import Counter

from members.models import Member, Role, Unit
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.notifications.models import Delivery, Notification, UnreadCounter
from portal.notifications.services import fan_out
from portal.notifications.tests.kinds import GREETING
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

THURSDAY_AFTERNOON = (2026, 11, 19, 16, 0)
FRIDAY_MORNING = (2026, 11, 20, 7, 30, 5)
MONDAY_MORNING = (2026, 11, 23, 7, 30, 5)


def greet(unit: Unit, **data) -> OutboxMessage:
    """Publish a greeting; it is told when a worker comes by, or by `tell`."""
    return publish(GREETING, unit, by=SYSTEM, **data)


def tell(unit: Unit, **data) -> OutboxMessage:
    """Publish a greeting and fan it out."""
    message = greet(unit, **data)
    fan_out(message)
    return message


def staffed_school(count: int, **unit) -> tuple[Unit, list[Member]]:
    """Return a school and its members, teachers all."""
    school = SchoolFactory(**unit)
    people = [HoldingFactory(role=Role.TEACHER, unit=school).member for _ in range(count)]
    return school, people


def states() -> list[str]:
    """Return the states of all deliveries."""
    return sorted(Delivery.objects.values_list("state", flat=True))


def wrong_counters() -> dict[int, tuple[int, int]]:
    """Return by member every counter that is not what counting finds: (counter, counted)."""
    counters = dict(UnreadCounter.objects.values_list("member", "n"))
    counted = Counter(Notification.objects.unread().values_list("recipient", flat=True))
    return {
        member: (counters.get(member, 0), counted[member])
        for member in counters.keys() | counted.keys()
        if counters.get(member, 0) != counted[member]
    }
