"""The doors of meetings."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from portal.core.actors import PortalRequest
from portal.core.rendering import render_page


@require_GET
def index(request: PortalRequest) -> HttpResponse:
    """Show the room's first page."""
    return render_page(request, "meetings/index.html", {})
