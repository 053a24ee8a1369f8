"""What every test of the house may lean on: marks, engines and threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

SHARED = settings.BASE_DIR.parent / "shared"


def run_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0)`…`work(count - 1)` at once, each in its own thread and database connection.

    Returns the results in order; an exception comes back in the place of its result, so that a
    race can count who won.
    """

    def one(number: int) -> Any:
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - the race wants to see every loser
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def race() -> Callable[[int, Callable[[int], Any]], list[Any]]:
    """`run_threads`; the test needs `@pytest.mark.django_db(transaction=True)`."""
    return run_threads


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = {
        "postgres": "" if connection.vendor == "postgresql" else "PostgreSQL (TEST_DATABASE_URL)",
        "redis": "" if settings.REDIS_URL else "Redis (TEST_REDIS_URL)",
        "browser": "" if settings.CHROMIUM else "Chromium (CHROMIUM)",
        "shared": "" if SHARED.is_dir() else "../shared",
    }
    for item in items:
        for mark, what in missing.items():
            if what and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"needs {what}"))
