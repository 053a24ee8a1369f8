"""In which of their posts a member acts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from members.services import holdings_of
from members.views.sent_on import kept_fields, safe_address
from portal.core.actors import PortalRequest
from portal.core.errors import ChooseCapacity
from portal.core.rendering import render_page


@require_POST
def choose_post(request: PortalRequest) -> HttpResponse:
    """Remember in the session in which of their posts the member acts from now on."""
    wanted = request.POST.get("holding", "")
    holding = next((held for held in holdings_of(request.user) if str(held.pk) == wanted), None)
    if holding is None:
        raise Http404
    request.session["holding"] = holding.pk
    return redirect(safe_address(request, request.POST.get("next", "")))


def capacity_page(request: HttpRequest, error: ChooseCapacity) -> HttpResponse:
    """Ask in which post the deed is done; the answer sends the same form again with it.

    What was posted is kept in hidden fields; files cannot be, and the page says so. The answer
    reaches the view as `request.actor`, through the middleware.
    """
    is_post = request.method == "POST"
    context = {
        "holdings": error.holdings,
        "kept": kept_fields(request) if is_post else [("next", request.get_full_path())],
        "action": request.get_full_path() if is_post else reverse("members:choose-post"),
        "button": "as_holding" if is_post else "holding",
        "has_files": bool(request.FILES) if is_post else False,
    }
    response = render_page(request, "members/choose_capacity.html", context, status=error.status)  # type: ignore[arg-type]  # the middleware made it a PortalRequest
    if getattr(request, "htmx", False):
        # The question is a page of its own, wherever the form meant its answer to go.
        response["HX-Retarget"] = "body"
        response["HX-Reswap"] = "innerHTML"
    return response
