"""Answers to what may go wrong in any view, and no copies of anybody's pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.core.errors import DomainError
from portal.core.rendering import DATABASE_AWAY, render_database_away

logger = logging.getLogger("portal.errors")


class AnswerErrors:
    """Say a DomainError that no view caught; answer 503 when the database is away.

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
            return _say(request, error)
        if isinstance(error, DATABASE_AWAY):
            logger.error("database.away path=%s", request.path, exc_info=error)
            return render_database_away(request)
        return None


def _is_personal(request: HttpRequest) -> bool:
    """Answer whether a member is signed in; who did not touch the session is not asked for."""
    return request.session.accessed and request.user.is_authenticated


def _say(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Show the sentence as a page, or to htmx as a message above the content."""
    if not getattr(request, "htmx", False):
        return render(request, "problem.html", {"problem": str(error)}, status=error.status)
    response = render(
        request, "components/message.html", {"text": str(error), "kind": "error"}, status=422
    )
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML"
    return response
