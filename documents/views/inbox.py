"""The inbox: everything that lies at the desks of one person, and receiving it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from documents.forms.receiving import ReceiveForm
from documents.models import Arrival, ArrivalState, Assignment, Letter
from documents.querysets import READING_DESK_ROLES, WRITING_ROLES, ArrivalQuerySet
from documents.services.receiving import Receipt, receive_arrivals
from members.models import OFFICE_ROLES
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.clock import BANGKOK, bangkok, db_now, midnight
from portal.core.errors import DomainError
from portal.core.once import fresh_key
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

FAR = datetime(2300, 1, 1, tzinfo=BANGKOK)  # the last year that a page's cursor may name
PAGE_SIZE = 40
BUCKETS = {
    0: ("เกินกำหนด", "late"),
    1: ("ครบกำหนดวันนี้", "soon"),
    2: ("ครบกำหนดพรุ่งนี้", "soon"),
    3: ("ยังไม่ลงรับ", ""),
    4: ("รอตอบ", ""),
    5: ("ลงรับแล้ววันนี้", ""),
}
TABS = {
    "todo": "ต้องทำ",
    "waiting": "ยังไม่ลงรับ",
    "answer": "รอตอบ",
    "all": "ทั้งหมด",
}


@dataclass
class Row:
    """One letter in the inbox, with the arrivals of it that lie in the same group."""

    letter: Letter
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def first(self) -> Arrival:
        return self.arrivals[0]

    @property
    def ids(self) -> str:
        return " ".join(str(arrival.pk) for arrival in self.arrivals)

    @property
    def unit_ids(self) -> str:
        return " ".join(str(arrival.unit_id) for arrival in self.arrivals)

    @property
    def places(self) -> str:
        names = [arrival.unit.label for arrival in self.arrivals]
        if len(names) == 1:
            return names[0]
        return f"{', '.join(names[:-1])} และ {names[-1]}"

    @property
    def is_unread(self) -> bool:
        return any(
            arrival.opened_at is None and arrival.state == ArrivalState.WAITING
            for arrival in self.arrivals
        )

    @property
    def to_receive(self) -> bool:
        return self.first.state == ArrivalState.WAITING


@dataclass
class Group:
    """The rows below one heading."""

    title: str
    tone: str
    rows: list[Row] = field(default_factory=list)


def with_bucket(rows: ArrivalQuerySet, now: datetime) -> ArrivalQuerySet:
    """Sort into the groups of the inbox, from overdue to received today (BUCKETS)."""
    today = midnight(bangkok(now).date())
    return rows.annotate(
        bucket=Case(
            When(is_open=False, then=Value(5)),
            When(due_at__lt=now, then=Value(0)),
            When(due_at__lt=today + timedelta(days=1), then=Value(1)),
            When(due_at__lt=today + timedelta(days=2), then=Value(2)),
            When(state=ArrivalState.WAITING, then=Value(3)),
            default=Value(4),
            output_field=IntegerField(),
        ),
        due_key=Coalesce("due_at", Value(FAR)),
    )


def chosen_rows(rows: ArrivalQuerySet, tab: str, now: datetime) -> ArrivalQuerySet:
    """Return the rows of one tab."""
    if tab == "waiting":
        return rows.filter(is_open=True, state=ArrivalState.WAITING)
    if tab == "answer":
        return rows.filter(is_open=True, state=ArrivalState.RECEIVED)
    if tab == "all":
        return rows
    received_today = Q(state=ArrivalState.RECEIVED, received_at__gte=midnight(bangkok(now).date()))
    return rows.filter(Q(is_open=True) | received_today)


def group_rows(arrivals: list[Any], tab: str) -> list[Group]:
    """Put the page's arrivals under their headings; one letter is one row in each."""
    groups: dict[int, Group] = {}
    rows: dict[tuple[int, int, str], Row] = {}
    for arrival in arrivals:
        bucket = arrival.bucket if tab != "all" else -1
        title, tone = BUCKETS.get(bucket, ("", ""))
        group = groups.setdefault(bucket, Group(title, tone))
        place = (bucket, arrival.letter_id, arrival.state)
        if place not in rows:
            rows[place] = Row(arrival.letter)
            group.rows.append(rows[place])
        rows[place].arrivals.append(arrival)
    return list(groups.values())


def _count(rows: ArrivalQuerySet) -> dict[str, int]:
    return rows.filter(is_open=True).aggregate(
        todo=Count("pk"),
        waiting=Count("pk", filter=Q(state=ArrivalState.WAITING)),
        answer=Count("pk", filter=Q(state=ArrivalState.RECEIVED)),
    )


@require_GET
def inbox(request: PortalRequest) -> HttpResponse:
    """Show what lies at the member's desks, most pressing first."""
    now = db_now()
    units = units_of(request.actor, READING_DESK_ROLES)
    tab = request.GET.get("tab", "todo")
    tab = tab if tab in TABS else "todo"
    words = request.GET.get("q", "").strip()[:200]
    unit_id = next((unit.pk for unit in units if str(unit.pk) == request.GET.get("unit")), None)

    desk = Arrival.objects.at_desk_of(request.user)
    if unit_id:
        desk = desk.filter(unit=unit_id)
    found = chosen_rows(desk, tab, now).matching(words)
    found = with_bucket(found, now).select_related(
        "letter__owner_unit", "letter__succeeds", "unit", "entry", "received_by"
    )
    order = ("-arrived_at", "-pk") if tab == "all" else ("bucket", "due_key", "-letter_id", "pk")
    page = keyset_page(found, order=order, cursor=request.GET.get("after"), size=PAGE_SIZE)
    here = Address("documents:inbox", tab=tab, unit=unit_id, q=words)
    return render_page(
        request,
        "documents/inbox.html",
        {
            "now": now,
            "units": units,
            "writes": bool(units_of(request.actor, WRITING_ROLES)),
            "in_office": bool(units_of(request.actor, OFFICE_ROLES)),
            "unit_id": unit_id,
            "tab": tab,
            "words": words,
            "tabs": here.links("tab", TABS, counts=_count(desk)),
            "groups": group_rows(page.items, tab),
            "shown": len(page.items),
            "more_url": here.after(page.next_cursor),
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
