"""`flush` of the test runs: what a test with real transactions wrote is gone, in little time.

Django's own makes the content types and permissions anew after every such test, and on PostgreSQL
lays out the files of every table again, which takes a disk seconds. Here the rows go, of all
tables but those two. On PostgreSQL this needs a superuser, for the guards look away; anybody else
gets Django's way.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

MADE_BY_MIGRATE = {ContentType._meta.db_table, Permission._meta.db_table}


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        tables = [
            table
            for table in connection.introspection.django_table_names(
                only_existing=True, include_views=False
            )
            if table not in MADE_BY_MIGRATE
        ]
        try:
            if connection.vendor == "sqlite":
                connection.ops.execute_sql_flush(connection.ops.sql_flush(self.style, tables))
            elif is_superuser(connection):
                delete_rows(connection, tables)
            else:
                super().handle(**options)
        except DatabaseError as error:
            raise CommandError(str(error)) from error


def is_superuser(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        return bool(cursor.fetchone() == ("on",))


def delete_rows(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    """Delete the rows of every table that has any, past triggers and foreign keys."""
    names = [connection.ops.quote_name(table) for table in tables]
    has_rows = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(has_rows))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")
