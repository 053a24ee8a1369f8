"""The inbox: everything that lies at the desks of one person, and receiving it."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from documents.forms.receiving import ReceiveForm
from documents.models import ArrivalState, Assignment
from documents.querysets import READING_DESK_ROLES, WRITING_ROLES
from documents.services.desk import PAGE_SIZE, Desks, count_open, lines_at
from documents.services.receiving import Receipt, receive_arrivals
from documents.views.inbox_rows import group_rows
from members.models import OFFICE_ROLES
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.clock import now_here
from portal.core.errors import DomainError
from portal.core.once import fresh_key
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

TABS = {
    "todo": "ต้องทำ",
    "waiting": "ยังไม่ลงรับ",
    "answer": "รอตอบ",
    "all": "ทั้งหมด",
}


class Desk(NamedTuple):
    """A unit whose letters are shown."""

    key: int
    kind: str
    label: str


@require_GET
def inbox(request: PortalRequest) -> HttpResponse:
    """Show what lies at the member's desks, most pressing first."""
    now = now_here()
    units = units_of(request.actor, READING_DESK_ROLES)
    tab = request.GET.get("tab", "todo")
    tab = tab if tab in TABS else "todo"
    words = request.GET.get("q", "").strip()[:200]
    unit_id = next((unit.pk for unit in units if str(unit.pk) == request.GET.get("unit")), None)

    wanted = Desks(
        member=request.user.pk,
        units=tuple(unit.pk for unit in units if unit_id in (None, unit.pk)),
        is_chosen=unit_id is not None,
    )
    lines, cursor = lines_at(wanted, tab, now, words=words, cursor=request.GET.get("after"))
    waiting = count_open(wanted)
    counts = {
        "todo": sum(waiting.values()),
        "waiting": waiting.get(ArrivalState.WAITING, 0),
        "answer": waiting.get(ArrivalState.RECEIVED, 0),
    }
    here = Address("documents:inbox", tab=tab, unit=unit_id, q=words)
    return render_page(
        request,
        "documents/inbox.html",
        {
            "desks": tuple(Desk(unit.pk, unit.kind, unit.label) for unit in units),
            "writes": bool(units_of(request.actor, WRITING_ROLES)),
            "in_office": bool(units_of(request.actor, OFFICE_ROLES)),
            "unit_id": unit_id,
            "tab": tab,
            "words": words,
            "tabs": here.links("tab", TABS, counts=counts),
            "groups": group_rows(lines, by_need=tab != "all", now=now),
            "shown": len(lines),
            "more_url": here.after(cursor),
            "key": fresh_key(),
        },
        partial="rows",
    )


@require_GET
def assigned(request: PortalRequest) -> HttpResponse:
    """Show what the member's school gave to them, not yet acknowledged first."""
    rows = (
        Assignment.objects.filter(assignee=request.user)
        .annotate(
            is_known=Case(
                When(acknowledged_at=None, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .select_related("arrival__letter__owner_unit", "arrival__unit", "assigned_by")
    )
    page = keyset_page(
        rows, order=("is_known", "-assigned_at", "-pk"), cursor=request.GET.get("after"),
        size=PAGE_SIZE,
    )  # fmt: skip
    return render_page(
        request,
        "documents/assigned.html",
        {
            "rows": page.items,
            "shown": len(page.items),
            "more_url": Address("documents:assigned").after(page.next_cursor),
            "has_desk": bool(units_of(request.actor, READING_DESK_ROLES)),
        },
    )


@require_POST
def receive(request: PortalRequest) -> HttpResponse:
    """Receive one, or up to 50 at once; the answer lists each with its number or why not."""
    form = ReceiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "หน้านี้เปิดไว้นานเกินไป เลือกแล้วลงรับอีกครั้ง")
        return redirect("documents:inbox")
    try:
        receipts = receive_arrivals(
            form.arrival_ids(), key=form.cleaned_data["key"], by=request.actor
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("documents:inbox")
    if len(receipts) == 1 and request.POST.get("back") == "letter":
        return _back_to_letter(request, receipts[0])
    letters = {receipt.arrival.letter_id for receipt in receipts}
    received = [row.arrival for row in receipts if row.arrival.state == ArrivalState.RECEIVED]
    first = next((arrival for arrival in received if arrival.awaits_answer), None)
    answer_url = f"{first.get_absolute_url()}?as={first.pk}#answer" if first else ""
    return render_page(
        request,
        "documents/received.html",
        {"receipts": receipts, "answer_url": answer_url if len(letters) == 1 else ""},
    )


def _back_to_letter(request: PortalRequest, receipt: Receipt) -> HttpResponse:
    if receipt.problem:
        messages.warning(request, receipt.problem)
    elif receipt.number:
        place = receipt.arrival.unit.label
        messages.success(request, f"ลงรับแล้ว {place} เลขรับ {receipt.number}")
    else:
        messages.success(request, "รับหนังสือแล้ว")
    return redirect(receipt.arrival)
