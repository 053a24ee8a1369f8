"""Let the test runner empty tables that triggers guard; nobody else may."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.backends.sqlite3.operations import DatabaseOperations as SQLiteOperations

GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'guard_*'"


class DatabaseOperations(SQLiteOperations):
    """SQLite's operations, whose flush steps past the guards where the settings say so."""

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Empty the tables; with OPTIONS["flush_past_triggers"] the guards step aside for it."""
        if not self.connection.settings_dict["OPTIONS"].get("flush_past_triggers"):
            super().execute_sql_flush(sql_list)
            return
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(GUARDS)
            guards = cursor.fetchall()
            for name, _ in guards:
                cursor.execute(f"DROP TRIGGER {self.quote_name(name)}")
            super().execute_sql_flush(sql_list)
            for _, sql in guards:
                cursor.execute(sql)
