"""What the worker does for surveys."""

from __future__ import annotations

from portal.outbox.kinds import handles, sweeps
from portal.outbox.models import OutboxMessage
from research.models import Survey
from research.services.intake import open_due_intakes, open_intake
from research.services.opening import close_on_time

sweeps("research.intake")(open_due_intakes)


@handles("research.open_intake", lease=300)
def open_what_is_left(message: OutboxMessage) -> None:
    """Open all that a closed survey still holds sealed."""
    open_intake(Survey.objects.get(pk=message.subject_pk))


@handles("research.close_survey")
def close_when_time_is_up(message: OutboxMessage) -> None:
    """Close the survey whose time is over; one whose end was moved has a later row."""
    close_on_time(Survey.objects.get(pk=message.subject_pk))
