"""The worker's door: what changed is found as it is now."""

from __future__ import annotations

from portal.outbox.kinds import handles
from portal.outbox.models import OutboxMessage, OutboxState
from portal.search.services import index_things


@handles("search.refresh")
def refresh_index(message: OutboxMessage) -> None:
    """Index what the message names; when a later one names the same thing, that one does it."""
    if message.subject_id is None:
        index_things(message.data["kind"], message.data["pks"])
    elif not _is_named_again(message):
        index_things(message.subject_type, [message.subject_pk])


def _is_named_again(message: OutboxMessage) -> bool:
    later = OutboxMessage.objects.filter(
        topic=message.topic,
        subject_id=message.subject_id,
        subject_type=message.subject_type,
        state=OutboxState.WAITING,
        pk__gt=message.pk,
    )
    return later.exists()
