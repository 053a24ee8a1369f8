"""What the tests of the outbox share."""

from __future__ import annotations

import pytest

from portal.outbox import kinds


@pytest.fixture
def topics(monkeypatch):
    """Registries that forget, after the test, what it registered."""
    monkeypatch.setattr(kinds, "_handlers", kinds._handlers.copy())
    for name in ("_leases", "_daily_jobs", "_sweepers"):
        monkeypatch.setattr(kinds, name, dict(getattr(kinds, name)))
    return kinds


@pytest.fixture
def later_by(settings):
    """Move the database's clock forward by some seconds."""

    def move(seconds):
        settings.CLOCK_SHIFT_SECONDS += seconds

    return move
