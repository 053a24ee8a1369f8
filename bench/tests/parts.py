"""Parts for the tests of the harness: they say where they ran."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.db import connection

from members.models import Unit


def where() -> dict[str, Any]:
    return {
        "vendor": connection.vendor,
        "settings": settings.SETTINGS_MODULE,
        "units": Unit.objects.count(),
        "name": str(connection.settings_dict["NAME"]),
    }


def make_unit(name: str) -> dict[str, Any]:
    Unit.objects.create(kind="office", name=name)
    return {"units": Unit.objects.count()}


def end_badly() -> dict[str, Any]:
    sys.exit(3)
