"""Django's PostgreSQL backend, which asks a quiet connection nothing to know that it is alive.

Django asks `SELECT 1` before the first question of every request. A server that went away has
closed its end, and that can be read from the connection without a journey to the server and back.
"""

from __future__ import annotations

from select import POLLIN, poll

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper


class DatabaseWrapper(PostgresWrapper):
    """A connection that is asked only when something arrived that nobody waits for."""

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        waiting = poll()
        waiting.register(self.connection, POLLIN)
        return not waiting.poll(0) or bool(super().is_usable())
