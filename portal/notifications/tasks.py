"""What the worker does for notifications."""

from __future__ import annotations

from celery import shared_task

from portal.notifications.kinds import for_each_kind
from portal.notifications.services import deliver, fan_out
from portal.outbox.kinds import handles

for_each_kind(lambda kind: handles(kind.key)(fan_out))


@shared_task(name="notifications.deliver")
def deliver_due() -> None:
    """Send what is due now; woken after an urgent notice, and by every sweep."""
    deliver()
