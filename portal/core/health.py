"""What the portal needs in order to serve, each asked for anew."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from redis import Redis
from redis.exceptions import RedisError

from portal.core.clock import db_now
from portal.core.triggers import missing

logger = logging.getLogger("portal.health")

SPARE_BYTES = 2 * 1024**3
SPARE_SHARE = 0.05
REDIS_SECONDS = 0.5
CLOCK_SKEW = timedelta(seconds=2)


_wishes: dict[str, Callable[[], bool]] = {}


def wish(name: str, is_well: Callable[[], bool]) -> None:
    """Let a room say under this name what it misses, in its `checks.py`; asked with a database."""
    _wishes[name] = is_well


@dataclass
class Health:
    """The names of what is missing (`failing`), and of what can be done without (`degraded`)."""

    failing: list[str] = field(default_factory=list)
    degraded: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.failing:
            return "failing"
        return "degraded" if self.degraded else "ready"


def examine() -> Health:
    """Ask everything; without the database nothing that stands in it is asked."""
    needs: dict[str, Callable[[], bool]] = {"disk": disk_has_room}
    wishes: dict[str, Callable[[], bool]] = {"redis": redis_answers}
    health = Health()
    if database_answers():
        needs |= {"migrations": migrations_are_applied, "triggers": triggers_stand}
        wishes |= {"clock": clocks_agree} | _wishes
    else:
        health.failing.append("database")
    health.failing += [name for name, is_well in needs.items() if not is_well()]
    health.degraded += [name for name, is_well in wishes.items() if not is_well()]
    return health


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error as error:
        logger.warning("health.database_away error=%s", type(error).__name__)
        return False
    return True


def migrations_are_applied() -> bool:
    return last_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


@cache
def last_migrations() -> set[tuple[str, str]]:
    """Return the newest migration of every app; they change only with the code."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def triggers_stand() -> bool:
    return not missing()


def disk_has_room() -> bool:
    """Answer whether files and database can still grow: 2 GiB, on large disks 5 %."""
    usage = shutil.disk_usage(Path(settings.VAR_DIR))
    return usage.free >= max(SPARE_BYTES, usage.total * SPARE_SHARE)


def redis_answers() -> bool:
    """Answer whether the broker can be reached; a house without one misses nothing."""
    if not settings.REDIS_URL:
        return True
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
        ) as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False


def clocks_agree() -> bool:
    """Answer whether the database's clock, which decides, is near that of this machine."""
    shift = timedelta(seconds=settings.CLOCK_SHIFT_SECONDS)
    return abs(db_now() - shift - datetime.now(UTC)) <= CLOCK_SKEW
