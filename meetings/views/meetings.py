"""One meeting: its agenda and people, opened, closed, printed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.forms.planning import CloseForm
from meetings.models import (
    AgendaItem,
    Answer,
    Attendance,
    Meeting,
    Presence,
    Resolution,
    Task,
)
from meetings.services.agenda import ENCLOSURE, OPEN_STATES, by_heading
from meetings.services.holding import close_meeting, missing_for_closing, open_meeting
from meetings.services.standing import day_off, may_keep
from meetings.views.fetching import meeting_of, meeting_to_keep
from portal.core.actors import PortalRequest
from portal.core.clock import BANGKOK, bangkok, db_now, today
from portal.core.errors import DomainError
from portal.core.rendering import render_page
from portal.files.services import files_of_many

MOST_CARRIED = 30
EARLY = timedelta(hours=1)


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """Return the agenda with presenters, resolutions and their tasks."""
    tasks = Task.objects.select_related("assignee").order_by("due_on", "pk")
    resolutions = Resolution.objects.order_by("number").prefetch_related(Prefetch("tasks", tasks))
    return list(
        meeting.agenda_items.select_related("presenter").prefetch_related(
            Prefetch("resolutions", resolutions)
        )
    )


def people_of(meeting: Meeting) -> list[Attendance]:
    """Return who is of the meeting, chair and secretary first, then as they were invited."""
    rows = list(meeting.attendances.select_related("member", "stands_for__member").order_by("pk"))
    first = {meeting.chair_id: 0, meeting.secretary_id: 1}
    return sorted(rows, key=lambda row: first.get(row.member_id, 2))


def carried_over(meeting: Meeting, request: PortalRequest) -> list[Task]:
    """Return what earlier meetings of the series left open, for the matters arising."""
    if meeting.series_id is None or meeting.state not in OPEN_STATES:
        return []
    earlier = Task.objects.open().filter(
        resolution__meeting__series=meeting.series_id,
        resolution__meeting__starts_at__lt=meeting.starts_at,
    )
    return list(
        earlier.visible_to(request.user)
        .select_related("assignee", "resolution__meeting")
        .order_by("due_on", "pk")[:MOST_CARRIED]
    )


@require_GET
def meeting(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the agenda, the people, and what this member may do now."""
    return show(request, meeting_of(request, pk))


def show(request: PortalRequest, meeting: Meeting, **more: Any) -> HttpResponse:
    """Render the meeting's page; `more` holds a bound form that was refused."""
    items = items_of(meeting)
    files = files_of_many(items)
    people = people_of(meeting)
    mine = next((row for row in people if row.member_id == request.user.pk), None)
    is_keeper = may_keep(request.actor, meeting)
    now = db_now()
    is_open = meeting.state in OPEN_STATES
    headings = [
        {
            "heading": heading,
            "items": [
                {
                    "item": item,
                    "files": [use for use in files.get(item.pk, []) if use.role == ENCLOSURE],
                    "resolutions": list(item.resolutions.all()),
                    "is_first": index == 0,
                    "is_last": index == len(rows) - 1,
                }
                for index, item in enumerate(rows)
            ],
        }
        for heading, rows in by_heading(items)
    ]
    return render_page(
        request,
        "meetings/meeting.html",
        {
            "meeting": meeting,
            "headings": headings,
            "has_items": bool(items),
            "carried": carried_over(meeting, request),
            "people": people,
            "counts": counts(people),
            "mine": mine,
            "is_keeper": is_keeper,
            "may_edit": is_keeper and is_open,
            "may_open": is_keeper and meeting.is_planned and meeting.on <= today(),
            "is_early": meeting.starts_at - now > EARLY,
            "day_off": day_off(meeting) if is_keeper and meeting.is_planned else "",
            "may_check_in": mine is not None
            and is_open
            and meeting.is_on(now)
            and mine.presence != Presence.CAME,
            "may_answer": mine is not None
            and meeting.is_planned
            and meeting.ends_at > now
            and mine.presence != Presence.CAME,
            "may_restore": is_keeper and meeting.is_cancelled and meeting.starts_at > now,
            "missing": missing_for_closing(meeting) if is_keeper and meeting.is_held else [],
            "close_form": more.get("close_form")
            or CloseForm(initial={"ends": bangkok(now).time()}),
            "today": today(),
        },
        status=422 if more else 200,
    )


def counts(people: list[Attendance]) -> dict[str, int]:
    """Count the people by what they answered and whether they came."""
    return {
        "invited": len(people),
        "accepted": sum(row.answer == Answer.ACCEPTED for row in people),
        "declined": sum(row.answer == Answer.DECLINED for row in people),
        "unanswered": sum(row.answer == Answer.NONE for row in people),
        "came": sum(row.presence == Presence.CAME for row in people),
        "absent": sum(row.presence == Presence.ABSENT for row in people),
    }


@require_POST
def open_(request: PortalRequest, pk: int) -> HttpResponse:
    """Open the meeting."""
    meeting = meeting_to_keep(request, pk)
    try:
        opened = open_meeting(meeting, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"เปิดประชุมแล้ว {opened.number_text}".strip())
    return redirect(meeting)


@require_http_methods(["GET", "POST"])
def close(request: PortalRequest, pk: int) -> HttpResponse:
    """Close the minutes; what is missing is said."""
    meeting = meeting_to_keep(request, pk)
    if request.method == "GET":
        return redirect(meeting)
    form = CloseForm(request.POST)
    if form.is_valid():
        ended_at = datetime.combine(meeting.on, form.cleaned_data["ends"], tzinfo=BANGKOK)
        try:
            close_meeting(meeting, ended_at=ended_at, by=request.actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "ปิดรายงานการประชุมแล้ว")
            return redirect(meeting)
    return show(request, meeting, close_form=form)


@require_GET
def minutes(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the minutes in the office's form, ready to print."""
    meeting = meeting_of(request, pk)
    people = people_of(meeting)
    return render_page(
        request,
        "meetings/minutes.html",
        {
            "meeting": meeting,
            "came": [row for row in people if row.presence == Presence.CAME],
            "absent": [row for row in people if row.presence == Presence.ABSENT],
            "unmarked": [row for row in people if row.presence == Presence.UNKNOWN],
            "headings": [
                {"heading": heading, "items": rows}
                for heading, rows in by_heading(items_of(meeting))
            ],
        },
    )
