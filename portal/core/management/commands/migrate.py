"""Django's migrate, after which the guards of the database stand again."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from portal.core.triggers import install


class Command(MigrateCommand):
    """Migrate, then put every declared trigger in place (SQLite loses them with remade tables)."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            install(connections[options["database"]])
