"""What surrounds a test run: the folder of real data, and the settings of child processes."""

from __future__ import annotations

import os

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connection

SHARED = settings.BASE_DIR.parent / "shared"

ROOMS = ("members", "documents", "meetings", "knowledge", "research")


def our_apps() -> list[AppConfig]:
    """Return the rooms and foundations of this house, without Django's and the libraries' apps."""
    return [app for app in apps.get_app_configs() if app.name.startswith((*ROOMS, "portal."))]


def database_url() -> str:
    """Return the address of the database this test runs on."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host = database["HOST"] or "127.0.0.1"
    port = database["PORT"] or 5432
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{host}:{port}/{database['NAME']}"


def child_settings() -> dict[str, str]:
    """Return an environment for `manage.py` and `celery` on this test's database and files.

    The child runs with the real settings, in a process of its own: nothing of the test is in it.
    """
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(settings.VAR_DIR),
    }
