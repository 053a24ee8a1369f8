"""Health, the living page of components, and the pages for what went wrong."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.core.actors import PortalRequest
from portal.core.design import samples
from portal.core.errors import is_disk_full
from portal.core.health import examine
from portal.core.rendering import (
    is_database_away,
    render_broken,
    render_database_away,
    render_disk_full,
    render_problem,
)
from portal.core.sent import Sent, what_was_sent


@login_not_required
@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; touch nothing else (see `middleware.AnswerProbes`)."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether this process can serve: names what is missing, and what it does without."""
    health = examine()
    return JsonResponse(
        {"status": health.status, "failing": health.failing, "degraded": health.degraded},
        status=503 if health.failing else 200,
    )


@require_safe
def design_page(request: PortalRequest) -> HttpResponse:
    """Show every component, in the demo to everybody and elsewhere to the back office."""
    if not (settings.IS_DEMO or request.user.is_staff):
        raise Http404
    return render(request, "design/index.html", samples())


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in Thai that the form's token is gone, and give back what was typed, for copying.

    It is not offered to be sent again: whose form it was, nobody knows.
    """
    return render(request, "403_csrf.html", {"sent": what_was_sent(request)}, status=403)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be read; that a text is too long for one form."""
    if isinstance(exception, RequestDataTooBig):
        return render_problem(request, "ข้อความที่ส่งมายาวเกินกว่าที่รับได้ในครั้งเดียว", 413, sent=Sent())
    return render(request, "400.html", status=400)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke; that the database is away, also where no middleware sees it."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        return render_database_away(request)
    if is_disk_full(error):
        return render_disk_full(request)
    return render_broken(request)
