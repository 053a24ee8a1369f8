"""Series: the meetings that come again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.forms.planning import PeopleForm
from meetings.forms.series import SeriesForm
from meetings.models import Series, SeriesState
from meetings.querysets.meetings import STAFF_ROLES
from meetings.services.recurring import (
    SHOWN,
    change_series,
    choose_series_people,
    create_series,
    end_series,
    pause_series,
    resume_series,
)
from meetings.services.standing import invitees, may_keep
from meetings.views.fetching import require_caller, series_to_keep
from members.models import Member
from members.policies import can_address
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.clock import db_now, today
from portal.core.errors import ChooseCapacity, Conflict, DomainError
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs

PAGE_SIZE = 30
MOST_SHOWN = 20


@require_GET
def index(request: PortalRequest) -> HttpResponse:
    """List the series this member sees."""
    page = keyset_page(
        Series.objects.visible_to(request.user).select_related("unit", "chair"),
        order=("title", "pk"),
        cursor=request.GET.get("after"),
        size=PAGE_SIZE,
    )
    return render_page(
        request,
        "meetings/series_list.html",
        {
            "rows": page.items,
            "is_first": page.is_first,
            "next_url": Address("meetings:series-list").after(page.next_cursor),
            "may_call": bool(units_of(request.actor, STAFF_ROLES)),
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Begin a meeting that comes again."""
    units = require_caller(request)
    sent = request.POST if request.method == "POST" else None
    initial = {"unit": units[0].pk, "from_on": today(), "chair": request.user.pk}
    form = SeriesForm(sent, units=units, initial=initial)
    if form.is_valid():
        unit, key = form.cleaned_data["unit"], form.cleaned_data["key"]
        try:
            series = create_series(unit, **form.details(), key=key, by=request.actor)
        except (ChooseCapacity, Conflict):
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "สร้างชุดประชุมแล้ว นัดของ 8 สัปดาห์ข้างหน้าอยู่ด้านล่าง")
            return redirect(series)
    context = {"form": form}
    return render_page(
        request, "meetings/series_new.html", context, status=422 if form.errors else 200
    )


@require_GET
def series(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a series: what comes, what was, whom it is for."""
    seen = Series.objects.visible_to(request.user).select_related(
        "unit__office", "chair", "secretary"
    )
    series = get_object_or_404(seen, pk=pk)
    now = db_now()
    is_keeper = may_keep(request.actor, series)
    meetings = series.meetings.visible_to(request.user)
    tellers = {member.pk: member for member in Member.objects.filter(pk__in=series.rota)}
    return render_page(
        request,
        "meetings/series.html",
        {
            "series": series,
            "coming": list(
                meetings.filter(ends_at__gte=now)
                .select_related("storyteller")
                .order_by("starts_at", "pk")[:MOST_SHOWN]
            ),
            "past": list(
                meetings.filter(ends_at__lt=now)
                .select_related("storyteller")
                .order_by("-starts_at", "-pk")[:MOST_SHOWN]
            ),
            "people": invitees(series),
            "rota": [tellers[pk] for pk in series.rota if pk in tellers],
            "may_change": is_keeper and series.state != SeriesState.ENDED,
            "today": today(),
        },
    )


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change a series; its meetings to come follow."""
    series = series_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = SeriesForm(sent, units=[series.unit], initial=SeriesForm.initial_of(series))
    seen = seen_before(sent, series, SHOWN)
    other: list[Theirs] = []
    if form.is_valid():
        try:
            change_series(series, **form.details(), seen=seen, by=request.actor)
        except Overtaken as moved:
            series, other = moved.row, theirs(form, SeriesForm.initial_of(moved.row))
            seen = seen_as(series, SHOWN)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "แก้ชุดประชุมแล้ว นัดที่จะถึงเปลี่ยนตาม")
            return redirect(series)
    context = {"form": form, "series": series, "theirs": other, "seen": seen}
    status = 409 if other else 422 if form.errors else 200
    return render_page(request, "meetings/series_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def people(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose whom the series is for."""
    series = series_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = PeopleForm(sent, thing=series, may_address=can_address(request.actor))
    if form.is_bound and not form.is_looking and form.is_valid():
        try:
            choose_series_people(series, rule=form.rule, by=request.actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกผู้เข้าประชุมของชุดแล้ว")
            return redirect(series)
    is_wrong = bool(form.errors) and not form.is_looking
    context = {"form": form, "thing": series, "series": series}
    return render_page(request, "meetings/people.html", context, status=422 if is_wrong else 200)


STEPS = {
    "pause": (pause_series, "พักชุดประชุมแล้ว นัดที่จะถึงซึ่งยังไม่มีใครเตรียมงดทั้งหมด"),
    "resume": (resume_series, "กลับมาประชุมตามรอบแล้ว"),
    "end": (end_series, "สิ้นสุดชุดประชุมแล้ว นัดที่จะถึงซึ่งยังไม่มีใครเตรียมงดทั้งหมด"),
}


@require_POST
def step(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    """Pause a series, let it go on, or end it."""
    series = series_to_keep(request, pk)
    verb, words = STEPS[name]
    try:
        verb(series, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect(series)
