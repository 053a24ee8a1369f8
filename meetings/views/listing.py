"""The room's first page: what is coming, what was, and what it left me to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from meetings.models import Attendance, Meeting, Task
from meetings.querysets.meetings import STAFF_ROLES, MeetingQuerySet
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.clock import today
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.core.thaidates import day_bounds

PAGE_SIZE = 30
MOST_TASKS = 5
WEEK = timedelta(days=7)
TABS = {"mine": "ของฉัน", "unit": "ทั้งหมดที่เห็น", "past": "ที่ผ่านมา"}


@dataclass
class Group:
    """The meetings below one heading."""

    title: str
    rows: list[Meeting] = field(default_factory=list)


def grouped(meetings: list[Meeting], on: date) -> list[Group]:
    """Put meetings to come under today, the next seven days, and after that."""
    found: dict[str, Group] = {}
    for meeting in meetings:
        days = meeting.on - on
        title = "วันนี้" if not days else "7 วันข้างหน้า" if days <= WEEK else "หลังจากนั้น"
        found.setdefault(title, Group(title)).rows.append(meeting)
    return list(found.values())


def in_tab(meetings: MeetingQuerySet, tab: str, request: PortalRequest) -> MeetingQuerySet:
    """Return the meetings of one tab."""
    midnight, _ = day_bounds(today())
    if tab == "past":
        return meetings.filter(starts_at__lt=midnight)
    coming = meetings.filter(starts_at__gte=midnight)
    return coming.of(request.user) if tab == "mine" else coming


@require_GET
def index(request: PortalRequest) -> HttpResponse:
    """Show meetings to come, today's first, and the member's tasks."""
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else "mine"
    words = request.GET.get("q", "").replace("\x00", "").strip()
    seen = Meeting.objects.visible_to(request.user)
    shown = seen.matching(words) if words else in_tab(seen, tab, request)
    is_backwards = bool(words) or tab == "past"
    page = keyset_page(
        shown.select_related("unit").prefetch_related(
            Prefetch(
                "attendances", Attendance.objects.filter(member=request.user), to_attr="of_member"
            )
        ),
        order=("-starts_at", "-pk") if is_backwards else ("starts_at", "pk"),
        cursor=request.GET.get("after"),
        size=PAGE_SIZE,
    )
    title = f"พบ “{words}”" if words else "ที่ผ่านมา"
    groups = [Group(title, page.items)] if is_backwards else grouped(page.items, today())
    return render_page(
        request,
        "meetings/index.html",
        {
            "tab": tab,
            "words": words,
            "groups": groups if page.items else [],
            "shown": len(page),
            "is_first": page.is_first,
            "next_url": Address("meetings:index", show=tab, q=words).after(page.next_cursor),
            "links": Address("meetings:index", show="" if words else tab).links("show", TABS),
            "tasks": list(
                Task.objects.open()
                .filter(assignee=request.user)
                .select_related("resolution__meeting")
                .order_by("due_on", "pk")[:MOST_TASKS]
            ),
            "today": today(),
            "may_call": bool(units_of(request.actor, STAFF_ROLES)),
        },
    )
