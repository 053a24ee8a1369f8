"""Template tags of files: the receipt stamp, and a form token inside an isolated include."""

from __future__ import annotations

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import RequestContext

from portal.files.domain.stamps import StampDrawing, drawing
from portal.files.models import FileUse

register = template.Library()


@register.simple_tag
def stamp_drawing(stamp: dict[str, Any], place: str, use: FileUse) -> StampDrawing:
    """Lay out the receipt stamp on the first page of the document."""
    return drawing(stamp, place or "", use.stored.page_size_mm())


@register.simple_tag(takes_context=True)
def form_token(context: RequestContext) -> str:
    """Return the form token, for `as csrf_token` where `{% include … only %}` has lost it."""
    request = getattr(context, "request", None)
    return get_token(request) if request is not None else ""
