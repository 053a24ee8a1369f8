"""Named locks: one that waits and ends with the transaction, one that only tries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import connection

from portal.core.clock import db_now, shifted
from portal.core.sqlite.queue import FileQueue

LOCK_AND_LOOK = """
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(%s)) SELECT clock_timestamp() FROM held
"""


def lock_on(name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    PostgreSQL: an advisory lock taken in a statement of its own (taken inside the statement that
    reads the counter it would be a bug that hides: `docs/decisions/0002`). SQLite: the
    transaction began IMMEDIATE behind the file lock, so it is alone already.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_on() needs a transaction to live in")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(name)])


def locked_at(name: str) -> datetime:
    """As `lock_on`, and return the moment at which it was had, by the house's clock.

    One statement on PostgreSQL: the lock is a row that must be there before the clock is read.
    """
    if connection.vendor != "postgresql":
        lock_on(name)
        return db_now()
    if not connection.in_atomic_block:
        raise RuntimeError("locked_at() needs a transaction to live in")
    with connection.cursor() as cursor:
        cursor.execute(LOCK_AND_LOOK, [_key(name)])
        now: datetime = cursor.fetchone()[0]
    return shifted(now)


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Give True for the block when nobody else holds `name`, in any process; wait for nobody.

    It ends with the block, or with the connection of a worker that died. It is not of the
    transaction, and one name must not be taken twice by one thread.
    """
    if connection.vendor == "postgresql":
        with _try_on_postgresql(_key(name)) as is_ours:
            yield is_ours
    else:
        with _try_on_file(name) as is_ours:
            yield is_ours


@contextmanager
def _try_on_postgresql(key: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _try_on_file(name: str) -> Iterator[bool]:
    database: Any = connection
    if database.is_in_memory_db():
        yield True
        return
    place = FileQueue(database.lock_path(name), timeout=0)
    is_ours = place.try_enter()
    try:
        yield is_ours
    finally:
        place.leave()


def _key(name: str) -> int:
    """Return the number under which PostgreSQL knows a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
