"""Answer with a whole page, or with one of its partials for htmx."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from portal.core.actors import PortalRequest


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
