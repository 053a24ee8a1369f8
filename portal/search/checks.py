"""What SQLite does by itself to keep the index in step, and a word when the index is of old."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.db.models import Max, Min

from portal.core.triggers import follow
from portal.search.domain import EDITION
from portal.search.models import SearchDoc

_ADD = (
    "INSERT INTO search_fts (rowid, atoms, parts, marks)"
    " VALUES (NEW.id, NEW.atoms, NEW.parts, NEW.marks);"
)
# FTS5 forgets a row only when it is told, letter by letter, what it had been given.
_FORGET = (
    "INSERT INTO search_fts (search_fts, rowid, atoms, parts, marks)"
    " VALUES ('delete', OLD.id, OLD.atoms, OLD.parts, OLD.marks);"
)

follow(SearchDoc._meta.db_table, insert=_ADD, update=f"{_FORGET} {_ADD}", delete=_FORGET)


@register(Tags.database)
def index_is_of_this_edition(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn when texts were cut by another dictionary than the one that cuts what is sought."""
    return [
        Warning(
            f"The search index in the database “{alias}” was made with another dictionary.",
            hint="Run `manage.py reindex_search`.",
            id="search.W001",
        )
        for alias in databases or ()
        if _has_table(alias) and not _is_current(alias)
    ]


def _has_table(alias: str) -> bool:
    return SearchDoc._meta.db_table in connections[alias].introspection.table_names()


def _is_current(alias: str) -> bool:
    """Answer whether first and last edition in the index are ours, or nothing is in it."""
    found = SearchDoc.objects.using(alias).aggregate(first=Min("edition"), last=Max("edition"))
    return set(found.values()) <= {EDITION, None}
