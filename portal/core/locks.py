"""Named locks that end with the transaction; the queue in front of every register book."""

from __future__ import annotations

from hashlib import blake2b

from django.db import connection


def lock_on(name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    PostgreSQL: an advisory lock taken in a statement of its own (taken inside the statement that
    reads the counter it would be a bug that hides: `docs/decisions/0002`). SQLite: the
    transaction began IMMEDIATE behind the file lock, so it is alone already.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_on() needs a transaction to live in")
    if connection.vendor == "postgresql":
        key = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
