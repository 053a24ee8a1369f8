"""Who handles which topic of the outbox, what comes every day, and what every sweep does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.outbox.models import OutboxMessage

Handler = Callable[["OutboxMessage"], None]
Sweeper = Callable[[], int]

LEASE_SECONDS = 60

_handlers: dict[str, list[Handler]] = defaultdict(list)
_leases: dict[str, int] = {}
_daily_jobs: dict[str, time] = {}
_sweepers: dict[str, Sweeper] = {}


def handles(topic: str, *, lease: int = LEASE_SECONDS) -> Callable[[Handler], Handler]:
    """Register a function for a topic. It may run twice for one row and must then change nothing.

    `lease` is for how many seconds a worker may be silent before another one takes the row over;
    a handler that takes longer than that says so here, or calls `checkpoint` on its way.
    """

    def keep(handler: Handler) -> Handler:
        if handler not in _handlers[topic]:
            _handlers[topic].append(handler)
        _leases[topic] = max(lease, lease_of(topic))
        return handler

    return keep


def handlers_of(topic: str) -> list[Handler]:
    """Return the functions registered for a topic, in the order of registration."""
    return list(_handlers.get(topic, []))


def lease_of(topic: str) -> int:
    """Return for how many seconds a row of this topic is lent to a worker."""
    return _leases.get(topic, LEASE_SECONDS)


def every_day(topic: str, *, at: str) -> Callable[[Handler], Handler]:
    """Register a handler for a topic of which one row falls due every day `at` 07:00 in Bangkok.

    A day on which no worker ran is made up for once, when one runs again.
    """
    _daily_jobs[topic] = time.fromisoformat(at)
    return handles(topic)


def daily_jobs() -> dict[str, time]:
    """Return the time of day of every daily topic."""
    return dict(_daily_jobs)


def sweeps(name: str) -> Callable[[Sweeper], Sweeper]:
    """Register a step of every sweep, run by one worker at a time; it returns how much it did."""

    def keep(sweeper: Sweeper) -> Sweeper:
        _sweepers[name] = sweeper
        return sweeper

    return keep


def sweepers() -> dict[str, Sweeper]:
    """Return the registered steps of a sweep by name."""
    return dict(_sweepers)
