"""Rows of the outbox for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from portal.core.clock import db_now
from portal.outbox.models import OutboxMessage


class OutboxMessageFactory(DjangoModelFactory[OutboxMessage]):
    """A row that is due now; without a handler unless the test registers one."""

    class Meta:
        model = OutboxMessage

    topic = "test.topic"
    created_at = factory.LazyFunction(db_now)
    due_at = factory.SelfAttribute("created_at")


def published(topic: str) -> int:
    """Return how many messages of this topic were put into the outbox."""
    return OutboxMessage.objects.filter(topic=topic).count()
