"""Letters on their way through the office: what waits for me, what lies where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from documents.models import (
    DONE_STATES,
    Arrival,
    LetterKind,
    LetterOrigin,
    Matter,
    MatterState,
    Routing,
)
from documents.querysets import ArrivalQuerySet, MatterQuerySet
from documents.services.desk import FAR
from documents.services.handling import HANDLED
from members.models import OFFICE_ROLES, Role, Unit, UnitKind
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import require
from portal.core.pages import Address, Page, keyset_page
from portal.core.rendering import render_page

PAGE_SIZE = 30
TABS = {
    "mine": "ต้องทำ",
    "waiting": "รอรับ",
    "received": "รอเสนอ",
    "proposed": "รอสั่งการ",
    "group": "อยู่ที่กลุ่ม",
    "done": "เสร็จ",
    "all": "ทั้งหมด",
}
# What a group sees of a matter begins when the matter reaches it.
ONLY_OVERSEERS = frozenset({"waiting", "received", "proposed"})
OLDEST_FIRST = ("bucket", "due_key", "-urgent", "received_at", "pk")
NEWEST_FIRST = ("-received_at", "-pk")


def own_work(request: PortalRequest) -> Q:
    """What waits for this member: the next deed, or a copy to take note of."""
    waiting = Matter.objects.waiting_for(request.user)
    copies = Routing.objects.to_note_by(request.user).filter(matter=OuterRef("pk"))
    return Q(pk__in=waiting.values("pk")) | Q(Exists(copies))


def in_tab(rows: MatterQuerySet, tab: str, mine: Q) -> MatterQuerySet:
    if tab == "mine":
        return rows.filter(mine)
    if tab == "group":
        return rows.filter(state__in=HANDLED)
    if tab == "done":
        return rows.filter(state__in=DONE_STATES)
    return rows if tab == "all" else rows.filter(state=tab)


def ordered(rows: MatterQuerySet, now: datetime) -> MatterQuerySet:
    """Overdue first, then by deadline, then by urgency, the longest here before the newest."""
    late = Q(due_at__lt=now) & ~Q(state__in=DONE_STATES)
    return rows.annotate(
        bucket=Case(When(late, then=Value(0)), default=Value(1), output_field=IntegerField()),
        due_key=Coalesce("due_at", Value(FAR)),
        urgent=Coalesce("arrival__letter__urgency", Value(0)),
    )


def arriving(request: PortalRequest) -> ArrivalQuerySet:
    """Return what lies at the office's desk and becomes a matter once it is received."""
    rows = Arrival.objects.at_desk_of(request.user)
    return rows.filter(
        ~Q(letter__origin=LetterOrigin.OFFICE) | Q(letter__kind=LetterKind.MEMO),
        unit__kind=UnitKind.OFFICE,
        state="waiting",
    )


def page_of(rows: MatterQuerySet, tab: str, now: datetime, cursor: str | None) -> Page[Matter]:
    """Return one page of the tab, in its order."""
    return keyset_page(
        ordered(rows, now).select_related(
            "arrival__letter__owner_unit",
            "arrival__entry",
            "main_unit",
            "officer",
            "proposed_to",
        ),
        order=NEWEST_FIRST if tab in {"done", "all"} else OLDEST_FIRST,
        cursor=cursor,
        size=PAGE_SIZE,
    )


@require_GET
def matters(request: PortalRequest) -> HttpResponse:
    """List the matters that this member has to do with, in tabs."""
    posts = [held.post for held in request.actor.holdings or ()]
    in_office = [post for post in posts if post.role in OFFICE_ROLES]
    require(bool(in_office))
    oversees = any(
        post.role in {Role.CENTRAL_REGISTRAR, Role.DIRECTOR, Role.DEPUTY_DIRECTOR}
        for post in in_office
    )
    shown = {name: label for name, label in TABS.items() if oversees or name not in ONLY_OVERSEERS}
    words = request.GET.get("q", "").replace("\x00", "").strip()
    group = request.GET.get("group", "")
    tab = request.GET.get("tab", "")
    tab = tab if tab in shown else "all" if words else "mine"
    now = db_now()
    mine = own_work(request)
    visible = Matter.objects.visible_to(request.user)
    coming = arriving(request)
    chosen = visible.matching(words)
    if group.isdecimal() and len(group) < 10:
        chosen = chosen.filter(main_unit=int(group))
    page = None
    if tab != "waiting":
        page = page_of(in_tab(chosen, tab, mine), tab, now, request.GET.get("after"))
    counts = counts_of(visible, mine, coming if oversees else None)
    here = Address("documents:matters", tab=tab, q=words, group=group)
    takes_in = [post.unit for post in in_office if post.role == Role.CENTRAL_REGISTRAR]
    return render_page(
        request,
        "documents/matters.html",
        {
            "tab": tab,
            "words": words,
            "group": group,
            "groups": groups_with_matters(in_office) if oversees else [],
            "links": here.links("tab", shown, counts=counts),
            "arrivals": list(
                coming.matching(words)
                .select_related("letter__owner_unit")
                .order_by("-letter__urgency", "arrived_at", "pk")[:100]
            )
            if tab == "waiting"
            else [],
            "rows": page.items if page else [],
            "next_url": here.after(page.next_cursor if page else None),
            "is_first": page.is_first if page else True,
            "all_url": Address("documents:matters", tab="all").url(),
            "takes_in": bool(takes_in),
            "now": now,
            "user_pk": request.user.pk,
        },
    )


def counts_of(visible: MatterQuerySet, mine: Q, coming: ArrivalQuerySet | None) -> dict[str, int]:
    """Count what is not done yet, in one query, and what waits to be received in another."""
    found: dict[str, int] = visible.open().aggregate(
        received=Count("pk", filter=Q(state=MatterState.RECEIVED)),
        proposed=Count("pk", filter=Q(state=MatterState.PROPOSED)),
        group=Count("pk", filter=Q(state__in=HANDLED)),
    )
    found["mine"] = visible.filter(mine).count()
    if coming is not None:
        found["waiting"] = coming.count()
    return found


def groups_with_matters(posts: list[Any]) -> list[Unit]:
    offices = {post.unit.office_id for post in posts}
    return list(Unit.objects.groups().open().filter(office__in=offices))
