"""What every page of the house needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """Office, navigation, acting post and bell, for base.html."""
    return {"is_demo": settings.IS_DEMO}
