"""What keeps the outbox and its neighbours in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import db_now
from portal.core.models import OnceKey
from portal.core.waking import later
from portal.outbox.models import OutboxMessage, OutboxState

ONCE_KEYS_KEPT = timedelta(days=30)


def keep_house() -> None:
    """Sessions that ended and form keys older than 30 days are gone."""
    now = db_now()
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    store.get_model_class().objects.filter(expire_date__lt=now).delete()
    OnceKey.objects.filter(created_at__lt=now - ONCE_KEYS_KEPT).delete()


@transaction.atomic
def requeue(ids: Iterable[int], *, why: str, by: Actor) -> list[OutboxMessage]:
    """The dead rows among these are due again, as if never tried; each with a line of history."""
    messages = list(OutboxMessage.objects.dead().filter(pk__in=list(ids)).lock_all())
    for message in messages:
        record("outbox.requeued", message, by=by, why=why, error=message.error)
        message.state = OutboxState.WAITING
        message.attempts = message.losses = 0
        message.error = ""
        message.due_at = db_now()
        message.save(update_fields=["state", "attempts", "losses", "error", "due_at"])
    if messages:
        later("outbox.drain")
    return messages
