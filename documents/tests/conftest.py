"""A clock that tests set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portal.core.clock import BANGKOK


@pytest.fixture
def clock(settings) -> Callable[..., datetime]:
    """`clock(2026, 11, 20, 9, 30)`: the house's clock stands there in Bangkok, and goes on."""

    def put(*moment: int) -> datetime:
        wanted = datetime(*moment, tzinfo=BANGKOK)
        settings.CLOCK_SHIFT_SECONDS = (wanted - datetime.now(UTC)).total_seconds()
        return wanted

    return put
