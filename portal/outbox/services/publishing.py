"""Write down what is to be done, in the transaction of the deed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from portal.core.actors import Actor
from portal.core.clock import db_now
from portal.core.waking import later
from portal.outbox.models import OutboxMessage


def publish(
    topic: str,
    subject: models.Model | None = None,
    *,
    by: Actor,
    at: datetime | None = None,
    due_at: datetime | None = None,
    unique_key: str | None = None,
    **data: Any,
) -> OutboxMessage | None:
    """Write one outbox row in the transaction of the deed, and wake a worker after it.

    `at` is the time of the deed, when the caller has read it already. `data` is JSON. With
    `unique_key`, a row that is there already is left alone and None comes back. The handler
    registered for `topic` runs at least once, at or after `due_at`.
    """
    now = at or db_now()
    message = OutboxMessage(
        topic=topic,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        data=data,
        member=by.member,
        unique_key=unique_key,
        created_at=now,
        due_at=due_at or now,
    )
    if not _save(message):
        return None
    if due_at is None:
        later("outbox.drain")
    return message


def _save(message: OutboxMessage) -> bool:
    """Save a new row; answer False when its key is there already, or arrives at this moment."""
    if message.unique_key is None:
        message.save(force_insert=True)
        return True
    twins = OutboxMessage.objects.filter(unique_key=message.unique_key)
    if twins.exists():
        return False
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if not twins.exists():
            raise
        return False
    return True
