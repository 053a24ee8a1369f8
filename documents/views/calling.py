"""Whom to telephone: letters that nobody confirmed, and units where nobody looks in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from documents.forms.calling import CallForm
from documents.models import Arrival, PhoneCall
from documents.policies import can_call
from documents.services.calling import contacts_of, record_call, to_call
from documents.services.reminding import silent_units
from documents.views.reviewing import followed_arrival
from members.models import OFFICE_ROLES, Role
from members.services import may_do, office_holidays, office_of, units_of
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

PAGE_SIZE = 40
TABS = {"to-call": "ต้องโทร", "called": "โทรแล้ว"}


def _links(current: str) -> list[dict[str, Any]]:
    here = Address("documents:calls", tab=current)
    return [
        *here.links("tab", TABS),
        {
            "url": Address("documents:quiet-units").url(),
            "label": "ไม่มีใครเข้าใช้",
            "count": None,
            "current": current == "quiet",
        },
    ]


@require_GET
def calls(request: PortalRequest) -> HttpResponse:
    """Show what is to be confirmed by telephone, or the calls that were made."""
    require(bool(units_of(request.actor, OFFICE_ROLES)))
    tab = "called" if request.GET.get("tab") == "called" else "to-call"
    return _called(request) if tab == "called" else _to_call(request)


def _to_call(request: PortalRequest) -> HttpResponse:
    office = office_of(request.actor)
    now = db_now()
    found = to_call(request.user, now, office_holidays(office) if office else ())
    page = keyset_page(
        found.select_related("letter__owner_unit", "unit__district", "member"),
        order=("arrived_at", "pk"),
        cursor=request.GET.get("after"),
        size=PAGE_SIZE,
    )
    contacts = contacts_of(row.unit_id for row in page.items)
    return render_page(
        request,
        "documents/calls.html",
        {
            "tab": "to-call",
            "links": _links("to-call"),
            "now": now,
            "rows": [
                {
                    "arrival": row,
                    "contacts": contacts.get(row.unit_id, []),
                    "form": CallForm(auto_id=f"call_{row.pk}_%s")
                    if may_do(request.actor, can_call, row.letter)
                    else None,
                }
                for row in page.items
            ],
            "is_first": page.is_first,
            "next_url": Address("documents:calls").after(page.next_cursor),
        },
    )


def _called(request: PortalRequest) -> HttpResponse:
    followed = Arrival.objects.followed_by(request.user).filter(letter__origin="office")
    rows = PhoneCall.objects.filter(arrival__in=followed.values("pk")).select_related(
        "arrival__letter", "arrival__unit", "called_by"
    )
    page = keyset_page(rows, order=("-pk",), cursor=request.GET.get("after"), size=PAGE_SIZE)
    return render_page(
        request,
        "documents/calls.html",
        {
            "tab": "called",
            "links": _links("called"),
            "calls": page.items,
            "is_first": page.is_first,
            "next_url": Address("documents:calls", tab="called").after(page.next_cursor),
        },
    )


@require_http_methods(["GET", "POST"])
def call(request: PortalRequest, pk: int) -> HttpResponse:
    """Write down a call about one arrival; a form that is not complete comes back alone."""
    arrival = followed_arrival(request, pk)
    require(may_do(request.actor, can_call, arrival.letter))
    form = CallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            record_call(arrival, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"บันทึกการโทรหา{arrival.unit.label}แล้ว")
        return redirect("documents:calls")
    contacts = contacts_of([arrival.unit_id])
    return render_page(
        request,
        "documents/call.html",
        {
            "arrival": arrival,
            "letter": arrival.letter,
            "contacts": contacts.get(arrival.unit_id, []),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@require_GET
def quiet(request: PortalRequest) -> HttpResponse:
    """Show the schools and groups where nobody of the desk has signed in for a week."""
    roles = OFFICE_ROLES | {Role.ADMINISTRATOR}
    units = units_of(request.actor, roles)
    require(bool(units))
    office = units[0].office
    found = silent_units(office) if office else []
    contacts = contacts_of(one.unit.pk for one in found)
    return render_page(
        request,
        "documents/quiet_units.html",
        {
            "links": _links("quiet") if units_of(request.actor, OFFICE_ROLES) else [],
            "now": db_now(),
            "rows": [{"quiet": one, "contacts": contacts.get(one.unit.pk, [])} for one in found],
        },
    )
