"""Who handles which topic of the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from portal.outbox.models import OutboxMessage

Handler = Callable[[OutboxMessage], None]

_handlers: dict[str, list[Handler]] = defaultdict(list)


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register a function for a topic. It may run twice for one row and must then change nothing."""

    def keep(handler: Handler) -> Handler:
        if handler not in _handlers[topic]:
            _handlers[topic].append(handler)
        return handler

    return keep


def handlers_of(topic: str) -> list[Handler]:
    """Return the functions registered for a topic, in the order of registration."""
    return list(_handlers.get(topic, []))
