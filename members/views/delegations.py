"""Stand-ins: what one gave, in whose stead one acts, giving and taking back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from members.forms.delegating import DelegationForm
from members.models import Holding
from members.policies import can_delegate
from members.services import (
    candidates,
    give_delegation,
    given_by,
    given_to,
    own_to_give,
    withdraw_delegation,
)
from portal.core.actors import PortalRequest
from portal.core.clock import today
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page

SHOWN = 50


@require_GET
def delegations(request: PortalRequest) -> HttpResponse:
    """Show what the member gave to others, and in whose stead they act, the latest first."""
    day = today()
    context = {
        "given": [(one, _state(one, day)) for one in given_by(request.user)[:SHOWN]],
        "received": [(one, _state(one, day)) for one in given_to(request.user)[:SHOWN]],
        "may_give": bool(own_to_give(request.user)),
    }
    return render_page(request, "members/delegations.html", context)


@require_http_methods(["GET", "POST"])
def delegation_new(request: PortalRequest) -> HttpResponse:
    """Let somebody stand in for the member in one of their posts."""
    own = own_to_give(request.user)
    require(bool(own))
    chosen = _chosen(own, request.POST.get("post") or request.GET.get("post"))
    given = request.POST if request.method == "POST" else None
    form = DelegationForm(given, own=own, chosen=chosen, people=candidates(chosen))
    if form.is_valid():
        try:
            stand_in = give_delegation(
                form.cleaned_data["post"],
                to=form.cleaned_data["to"],
                order=form.order,
                key=form.cleaned_data["key"],
                by=request.actor,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"มอบให้ {stand_in.member} แล้ว")
            return redirect("members:delegations")
    context = {"form": form, "chosen": chosen}
    status = 422 if form.errors else 200
    return render_page(request, "members/delegation_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def delegation_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take back at once what the member gave."""
    stand_in = get_object_or_404(given_by(request.user), pk=pk)
    if stand_in.acting_for is None:
        raise Http404
    require(can_delegate(request.actor, stand_in.acting_for))
    problem = ""
    if request.method == "POST":
        try:
            withdraw_delegation(stand_in, by=request.actor)
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(request, f"{stand_in.member} ไม่ได้{stand_in} อีกแล้ว")
            return redirect("members:delegations")
    context: dict[str, Any] = {"stand_in": stand_in, "problem": problem}
    status = 422 if problem else 200
    return render_page(request, "members/delegation_withdraw.html", context, status=status)


def _chosen(own: list[Holding], wanted: str | None) -> Holding:
    return next((holding for holding in own if str(holding.pk) == wanted), own[0])


def _state(stand_in: Holding, day: Any) -> str:
    """Say whether it runs, is to come, or is over."""
    if stand_in.ended_at or (stand_in.to_on and stand_in.to_on < day):
        return "past"
    return "coming" if stand_in.from_on > day else "running"
