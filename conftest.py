"""What every test may lean on: the marks, the race, the clock, the child processes' settings.

The browser's fixtures stand in `tests/browser.py`, the small world of people in `tests/world.py`.
What this machine does not have is skipped, named at the end, and with PORTAL_REQUIRE_ALL a failure.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from portal.core.thaidates import BANGKOK
from tests.surroundings import SHARED, child_settings
from tests.threads import run_threads
from tests.world import World, make_world

pytest_plugins = ["tests.browser"]

NEEDS = "not on this machine: "


@pytest.fixture
def race() -> Callable[[int, Callable[[int], Any]], list[Any]]:
    """`run_threads(count, work)`; the test needs `@pytest.mark.django_db(transaction=True)`."""
    return run_threads


@pytest.fixture
def world(db: None) -> World:
    """An office, two schools, and a member for every role of the access matrix."""
    return make_world()


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment in which a child process (a worker, a command) sees this test's database."""
    return child_settings()


@pytest.fixture
def clock(settings: Any) -> Callable[..., datetime]:
    """`clock(2026, 11, 20, 9, 30)`: the house's clock stands there in Bangkok, and goes on."""

    def put(*moment: int) -> datetime:
        wanted = datetime(*moment, tzinfo=BANGKOK)
        settings.CLOCK_SHIFT_SECONDS = (wanted - datetime.now(UTC)).total_seconds()
        return wanted

    return put


@pytest.fixture
def shared() -> Path:
    """The folder ../shared; the test carries the mark `shared`."""
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {
        "postgres": "" if connection.vendor == "postgresql" else "PostgreSQL (TEST_DATABASE_URL)",
        "redis": "" if settings.REDIS_URL else "Redis (TEST_REDIS_URL)",
        "browser": "" if settings.CHROMIUM else "Chromium (CHROMIUM)",
        "shared": "" if SHARED.is_dir() else "the folder ../shared",
    }
    for item in items:
        for mark, what in missing.items():
            if what and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"{NEEDS}{what}"))
    items.sort(key=takes_little)


def takes_little(item: pytest.Item) -> bool:
    """Sort what takes long before the rest, so that no worker begins it when the others are done.

    pytest-django has put tests without a database last, the benchmarks among them.
    """
    return not item.get_closest_marker("browser") and "bench" not in item.nodeid.split("/")[:1]


def pytest_collection_finish() -> None:
    """What is imported by now stays: no later search for garbage goes through it again."""
    gc.collect()
    gc.freeze()


def _skipped(config: pytest.Config) -> Counter[str]:
    """Count the skipped tests of a run by their reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        for report in reports
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = _skipped(terminalreporter.config)
    if skipped:
        terminalreporter.section("not run")
    for reason, count in sorted(skipped.items()):
        terminalreporter.line(f"{count} × {reason.removeprefix('Skipped: ')}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With PORTAL_REQUIRE_ALL, a skipped test fails the run; only ../shared may be absent."""
    reasons = [reason for reason in _skipped(session.config) if "../shared" not in reason]
    if settings.REQUIRE_ALL and reasons and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
