"""Every request knows who acts and in which post; great rights need two steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from members.models import Member
from members.services import (
    Actor,
    actor_of,
    has_second_factor,
    needs_second_factor,
    note_seen,
)
from members.views.posts import capacity_page
from portal.core.actors import PortalRequest
from portal.core.errors import ChooseCapacity

HAS_FACTOR = "has_second_factor"  # in the session
SETTING_UP = ("account_", "mfa_", "help", "problems:")
TWO_STEPS = "ตำแหน่งของท่านต้องยืนยันตัวตนสองขั้น เปิดใช้อย่างหนึ่งในหน้านี้ก่อน แล้วทำงานต่อได้"
POLLED = frozenset({"notifications:bell", "documents:letter-progress"})  # nobody's activity


class ActingPost:
    """Set `request.actor`: the member with the chosen, or first, current holding.

    Chosen for one deed (`as_holding` in the form), or for the session. Where nothing decides and
    a view lets ChooseCapacity pass, the member is asked and the same form is sent again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: acting(request))  # type: ignore[attr-defined]  # see PortalRequest
        response = self.get_response(request)
        note_activity(request)
        return response

    def process_view(self, request: PortalRequest, view: Callable[..., Any], *_: Any) -> None:
        """Give a view for members only the member and the actor themselves.

        Both are known by now, and each look at one that is made late costs as much as a call.
        """
        member = get_user(request) if getattr(view, "login_required", True) else None
        if isinstance(member, Member):
            request.user = member
            request.actor = acting(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return capacity_page(request, error) if isinstance(error, ChooseCapacity) else None


class TwoSteps:
    """Whoever has great rights does nothing before the second step of signing in is set up.

    `SECOND_FACTOR_ROLES` names the roles; the owner of the installation is among them when it
    names any. Once found, the factor is remembered for the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        """Lead to where it is set up, unless this page is part of that or helps with it."""
        match = request.resolver_match
        if not settings.SECOND_FACTOR_ROLES or (match and match.view_name.startswith(SETTING_UP)):
            return None
        if not isinstance(request.user, Member) or request.session.get(HAS_FACTOR):
            return None
        if not needs_second_factor(request.user):
            return None
        if has_second_factor(request.user):
            request.session[HAS_FACTOR] = True
            return None
        messages.warning(request, TWO_STEPS)
        return redirect("mfa_index")


def note_activity(request: HttpRequest) -> None:
    """Note that a member's session was used, unless a page asked by itself.

    Who asked is known by now, if anybody wanted to know; nobody is looked up for this.
    """
    match = request.resolver_match
    is_members = isinstance(getattr(request, "_cached_user", None), Member)
    if is_members and match is not None and match.view_name not in POLLED:
        key = request.session.session_key
        if key:
            note_seen(key)


def acting(request: HttpRequest) -> Actor | None:
    """Return who acts in this request: as chosen for this deed, else as chosen for the session."""
    session = request.session.get("holding")
    for_deed = request.POST.get("as_holding", "") if request.method == "POST" else ""
    if for_deed.isdecimal():
        actor = actor_of(request.user, chosen=int(for_deed))
        if actor is None or not actor.is_default:
            return actor
    return actor_of(request.user, chosen=session)
