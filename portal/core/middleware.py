"""Answers to what may go wrong in any view, and no copies of anybody's pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from portal.core.errors import DomainError, is_disk_full
from portal.core.rendering import (
    is_database_away,
    render_database_away,
    render_disk_full,
    render_problem,
)
from portal.core.tracing import begin_request
from portal.core.views import livez

logger = logging.getLogger("portal.errors")

ALIVE = "/livez"
OWN_POLICY = {
    f"_csp_{what}{which}"
    for what in ("config", "update", "replace", "exempt")
    for which in ("", "_ro")
}  # what django-csp's decorators leave at an answer


class NameRequests:
    """Give each request a name: in its header, its log lines and its error page.

    Stands before everything else. A name that comes with the request is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = begin_request()
        response = self.get_response(request)
        response["X-Request-ID"] = name
        return response


class SayPolicy(CSPMiddleware):
    """Say the Content-Security-Policy: words put together once, but for answers with their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.usual = build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "_csp_nonce" in vars(request) or OWN_POLICY & vars(response).keys():
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.usual)
        return response


class AnswerProbes:
    """Say that the process is alive before anybody asks who is signed in.

    Stands before the session: behind it the database would be asked for whoever brings a cookie,
    and a process whose database is away would look dead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = request.method in {"GET", "HEAD"} and request.path_info == ALIVE
        return livez(request) if asks else self.get_response(request)


class AnswerErrors:
    """Say a DomainError that no view caught; 503 when the database is away, 507 without room.

    Pages of signed-in members are kept by no browser and no proxy, unless the view says how.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and _is_personal(request):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError):
            return render_problem(request, str(error), error.status)
        if is_database_away(error):
            logger.error("database.away path=%s", request.path, exc_info=error)
            return render_database_away(request)
        if is_disk_full(error):
            logger.error("disk.full path=%s", request.path, exc_info=error)
            return render_disk_full(request)
        return None


def _is_personal(request: HttpRequest) -> bool:
    """Answer whether a member is signed in; who did not touch the session is not asked for."""
    return request.session.accessed and request.user.is_authenticated
