"""Every request knows who acts and in which post."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from members.services import actor_of


class ActingPost:
    """Set `request.actor`: the member with the chosen, or first, current holding."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]  # see PortalRequest
            lambda: actor_of(request.user, chosen=request.session.get("holding"))
        )
        return self.get_response(request)
