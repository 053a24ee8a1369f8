"""Answer with a whole page, or with one of its partials for htmx; and when the database is away."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from portal.core.actors import PortalRequest

DATABASE_AWAY = (OperationalError, InterfaceError)
RETRY_AFTER = 15


def render_page(
    request: PortalRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its `partial` when htmx asks for it; the answer varies by that."""
    is_fragment = bool(partial) and bool(request.htmx) and not request.htmx.boosted
    name = f"{template}#{partial}" if is_fragment else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_database_away(request: HttpRequest) -> HttpResponse:
    """Say that nothing was lost and when to come back; a form that was sent can be sent again.

    The page asks the database for nothing. It carries the fields of the form with their key, so
    that sending it again is still the same deed.
    """
    text = render_to_string(
        "503.html", {"address": request.get_full_path(), "fields": _fields_sent(request)}
    )
    return HttpResponse(
        text, status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    )


def _fields_sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of the form that was sent; none of a form that asks for a password."""
    if request.method != "POST":
        return []
    try:
        pairs = [(name, str(text)) for name, texts in request.POST.lists() for text in texts]
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    return [] if any("password" in name for name, _ in pairs) else pairs
