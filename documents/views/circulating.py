"""A letter among the people of one unit: who shall know, who has read it; and a letter back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from documents.forms.circulating import CirculateForm
from documents.models import Arrival, ArrivalState, AssignmentPurpose
from documents.policies import ASSIGNING_ROLES
from documents.services.assigning import circulate_arrival, readers_of
from documents.services.replying import begin_letter_back
from documents.views.letters import holds_role, own_arrival
from portal.core.actors import PortalRequest
from portal.core.errors import ChooseCapacity, DomainError, require
from portal.core.formfields import KeyForm
from portal.core.rendering import render_page


@require_http_methods(["GET", "POST"])
def circulation(request: PortalRequest, pk: int) -> HttpResponse:
    """Show who of the unit has the letter and who knows of it; give it to more of them.

    Everybody at once is asked again, on a page that says how many they are.
    """
    arrival = own_arrival(request, pk)
    if arrival.member_id is not None:
        raise Http404
    may_add = holds_role(request.actor, arrival, ASSIGNING_ROLES)
    if request.method == "POST":
        require(may_add)
    rows = readers_of(arrival)
    besides = {request.user.pk, *(row.assignee.pk for row in rows)}
    form = CirculateForm(
        request.POST if request.method == "POST" else None,
        unit_id=arrival.unit_id,
        besides=besides,
    )
    if form.is_valid() and form.members and not form.is_sure and "back" not in request.POST:
        return render_page(
            request,
            "documents/circulation_confirm.html",
            {"arrival": arrival, "letter": arrival.letter, "form": form},
        )
    if form.is_valid() and "back" not in request.POST:
        try:
            made = circulate_arrival(
                arrival, readers=form.readers, note=form.cleaned_data["note"], by=request.actor
            )
        except ChooseCapacity:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"แจ้งเวียนแล้ว {len(made)} คน")
            return redirect("documents:circulation", pk=pk)
    known = sum(row.acknowledged_at is not None for row in rows)
    return render_page(
        request,
        "documents/circulation.html",
        {
            "arrival": arrival,
            "letter": arrival.letter,
            "rows": rows,
            "known": known,
            "read_only": sum(row.is_read_only for row in rows),
            "total": len(rows),
            "act": AssignmentPurpose.ACT,
            "form": form if may_add and arrival.state == ArrivalState.RECEIVED else None,
            "nobody_left": not form.members,
        },
        status=422 if form.errors else 200,
    )


@require_POST
def write_back(request: PortalRequest, pk: int) -> HttpResponse:
    """Begin a letter (a group: a memo) to whoever wrote, and go on writing it."""
    arrival = get_object_or_404(
        Arrival.objects.visible_to(request.user).select_related(
            "letter__owner_unit", "letter__office", "unit"
        ),
        pk=pk,
    )
    form = KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "หน้านี้เปิดไว้นานเกินไป กดตอบอีกครั้ง")
        return redirect(arrival)
    try:
        draft = begin_letter_back(arrival, key=form.cleaned_data["key"], by=request.actor)
    except ChooseCapacity:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(arrival)
    return redirect("documents:letter-edit", pk=draft.pk)
