"""Django's SQLite backend with a queue in front of every write.

One rule does it: a statement that may write, outside a transaction, first waits for its turn
(`BEGIN IMMEDIATE` is such a statement); the turn ends as soon as there is no transaction any more.
Reading waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from portal.core.sqlite.operations import DatabaseOperations
from portal.core.sqlite.queue import FileQueue, QueueTimeout

READING = frozenset({"SELECT", "PRAGMA", "EXPLAIN", "WITH", "VALUES"})


class DatabaseWrapper(SQLiteWrapper):
    """A connection with its own place in the queue; an in-memory database needs none."""

    ops_class = DatabaseOperations
    _queue: FileQueue | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Take our own option out: SQLite would not know it."""
        params: dict[str, Any] = super().get_connection_params()
        params.pop("flush_past_triggers", None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.leave_queue()
        if not self.is_in_memory_db():
            self._queue = FileQueue(self.lock_path(), conn_params.get("timeout", 5.0))
        return super().get_new_connection(conn_params)

    def lock_path(self, name: str = "") -> Path:
        """Return the lock file beside the database; a named lock has a file of its own."""
        database = Path(self.settings_dict["NAME"])
        return database.with_name(f"{database.name}{f'.{name}' if name else ''}.lock")

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=QueuedCursor)
        cursor.wrapper = self
        return cursor

    @contextmanager
    def queued(self, sql: str) -> Iterator[None]:
        """Run a statement in its turn."""
        if self._queue and not self.connection.in_transaction and may_write(sql):
            try:
                self._queue.enter()
            except QueueTimeout as error:
                raise OperationalError("database is locked: the queue did not move") from error
        try:
            yield
        finally:
            self.leave_queue_when_idle()

    def leave_queue(self) -> None:
        if self._queue:
            self._queue.leave()

    def leave_queue_when_idle(self) -> None:
        if self.connection is None or not self.connection.in_transaction:
            self.leave_queue()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self.leave_queue_when_idle()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self.leave_queue_when_idle()

    def _set_autocommit(self, autocommit: bool) -> None:
        try:
            super()._set_autocommit(autocommit)  # type: ignore[misc]  # not in the stubs
            if not autocommit:
                # The implicit BEGIN of sqlite3 comes inside a statement that queued already.
                self.connection.isolation_level = "IMMEDIATE"
        finally:
            self.leave_queue_when_idle()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self.leave_queue()


class QueuedCursor(SQLiteCursorWrapper):
    """A cursor whose statements wait for their turn."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        with self.wrapper.queued(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.queued(query):
            return super().executemany(query, param_list)


def may_write(sql: str) -> bool:
    """Answer whether a statement could change the file; when in doubt, it could."""
    words = sql.lstrip(" \t\r\n(").split(None, 1)
    return bool(words) and words[0].upper() not in READING
