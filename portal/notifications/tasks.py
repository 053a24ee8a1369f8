"""What the worker does for notifications."""

from __future__ import annotations

from celery import shared_task

from portal.notifications.kinds import Kind, for_each_kind
from portal.notifications.services import deliver, fan_out
from portal.outbox.kinds import handles, sweeps


def tell_its_recipients(kind: Kind) -> None:
    """Let the outbox fan out what is published under the kind's key."""
    handles(kind.key)(fan_out)


for_each_kind(tell_its_recipients)
sweeps("notifications.deliver")(deliver)


@shared_task(name="notifications.deliver")
def deliver_due() -> None:
    """Send what is due now; woken after an urgent notice. Every sweep does the same."""
    deliver()
