"""The first page."""

from __future__ import annotations

from django.http import HttpResponse

from portal.core.actors import PortalRequest
from portal.core.rendering import render_page


def home(request: PortalRequest) -> HttpResponse:
    """Show what waits for the member."""
    return render_page(request, "home/home.html")
