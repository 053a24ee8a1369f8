"""Django's SQLite backend; one file lock stands around every BEGIN IMMEDIATE."""

from __future__ import annotations

from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteWrapper


class DatabaseWrapper(SQLiteWrapper):
    """Placeholder until the fair lock stands here."""
