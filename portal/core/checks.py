"""Checks that `manage.py check --database default` and every migrate run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from portal.core.triggers import missing


@register(Tags.database)
def guards_are_in_place(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Name the triggers that are declared and do not stand.

    A warning, not an error: before the migrate that brings a new guard it is missing by right.
    """
    return [
        Warning(
            f"The trigger {name} is missing in the database “{alias}”.",
            hint="Run `manage.py migrate`, which puts all triggers in place.",
            id="core.W001",
        )
        for alias in databases or ()
        for name in missing(connections[alias])
    ]
