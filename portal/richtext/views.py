"""The page inside the frame of the editor. It knows nobody and holds nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal.core.actors import PortalRequest

View = Callable[[PortalRequest], HttpResponse]


def contained(view: View) -> View:
    """Give the answer an origin of its own, which may load our static files and nothing else.

    The editor writes inline style and inline handlers; what they could reach is this one page.
    Its origin is nobody's, so `'self'` would mean nothing: the static files are named in full.
    """

    @wraps(view)
    def in_a_frame(request: PortalRequest) -> HttpResponse:
        response = view(request)
        static = request.build_absolute_uri(settings.STATIC_URL)
        response["Content-Security-Policy"] = "; ".join(
            [
                "sandbox allow-scripts allow-modals",
                "default-src 'none'",
                f"script-src {static} 'unsafe-inline'",
                f"style-src {static} 'unsafe-inline'",
                f"img-src {static} data:",
                f"font-src {static}",
                "form-action 'none'",
                "base-uri 'none'",
                "frame-ancestors 'self'",
            ]
        )
        return response

    return xframe_options_sameorigin(in_a_frame)


@require_safe
@contained
def frame(request: PortalRequest) -> HttpResponse:
    """Show an editor without a text; the page around it hands the text in."""
    return render(request, "richtext/frame.html")
