"""Resolutions of a meeting, and each of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.forms.agenda import CorrectionForm, ResolutionForm, TaskForm, WordingForm
from meetings.models import Resolution
from meetings.services.resolving import (
    WORDING,
    add_resolution,
    change_resolution,
    correct_resolution,
)
from meetings.services.standing import as_keeper, may_keep
from meetings.services.tasking import give_task
from meetings.views.fetching import item_to_keep, meeting_of
from portal.core.actors import PortalRequest
from portal.core.clock import today
from portal.core.errors import Conflict, DomainError
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs


@require_GET
def resolutions(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what the meeting resolved, with the tasks."""
    meeting = meeting_of(request, pk)
    rows = meeting.resolutions.select_related("item").prefetch_related("tasks__assignee")
    return render_page(
        request,
        "meetings/resolutions.html",
        {
            "meeting": meeting,
            "rows": list(rows.order_by("number")),
            "items": list(meeting.agenda_items.all()),
            "may_resolve": meeting.is_held and may_keep(request.actor, meeting),
            "today": today(),
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest, pk: int) -> HttpResponse:
    """Write down what was resolved about one item, and who does it until when."""
    item = item_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = ResolutionForm(sent, meeting=item.meeting)
    if form.is_valid():
        try:
            made = add_resolution(item, by=request.actor, **form.details())
        except Conflict:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"บันทึก{made} แล้ว")
            return redirect(item)
    context = {"form": form, "item": item, "meeting": item.meeting}
    return render_page(
        request, "meetings/resolution_new.html", context, status=422 if form.errors else 200
    )


def resolution_of(request: PortalRequest, pk: int) -> Resolution:
    """Return a resolution of a meeting that this member sees."""
    seen = Resolution.objects.visible_to(request.user).select_related(
        "meeting__unit__office", "item"
    )
    return get_object_or_404(seen, pk=pk)


def to_keep(request: PortalRequest, pk: int) -> Resolution:
    """Return a resolution of a meeting that this member keeps."""
    resolution = resolution_of(request, pk)
    as_keeper(request.actor, resolution.meeting)
    return resolution


@require_GET
def resolution(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one resolution: its wording, corrections and tasks."""
    return show(request, resolution_of(request, pk))


def wording_of(resolution: Resolution) -> dict[str, Any]:
    """Return the resolution as the form for its wording shows it."""
    return {name: getattr(resolution, name) for name in WORDING}


def show(
    request: PortalRequest,
    resolution: Resolution,
    *,
    seen: str = "",
    other: list[Theirs] | None = None,
    **forms: Any,
) -> HttpResponse:
    """Render the resolution's page; `forms` holds a bound form that was refused.

    `other` is what somebody else wrote since the wording was `seen`.
    """
    meeting = resolution.meeting
    is_keeper = may_keep(request.actor, meeting)
    return render_page(
        request,
        "meetings/resolution.html",
        {
            "resolution": resolution,
            "meeting": meeting,
            "tasks": list(resolution.tasks.select_related("assignee")),
            "corrections": list(resolution.corrections.select_related("made_by")),
            "may_change": is_keeper and meeting.is_held,
            "may_correct": is_keeper and meeting.is_closed,
            "may_give": is_keeper
            and (meeting.is_held or meeting.is_closed)
            and not resolution.is_for_information,
            "task_form": forms.get("task_form") or TaskForm(meeting=meeting, auto_id="task_%s"),
            "word_form": forms.get("word_form")
            or WordingForm(initial=wording_of(resolution), auto_id="word_%s"),
            "fix_form": forms.get("fix_form")
            or CorrectionForm(initial={"new_text": resolution.text}, auto_id="fix_%s"),
            "opened": next(iter(forms), ""),
            "today": today(),
            "seen": seen or seen_as(resolution, WORDING),
            "theirs": other,
        },
        status=409 if other else 422 if forms else 200,
    )


@require_POST
def change(request: PortalRequest, pk: int) -> HttpResponse:
    """Word a resolution otherwise, until the minutes are closed."""
    resolution = to_keep(request, pk)
    form = WordingForm(request.POST, auto_id="word_%s")
    seen = seen_before(request.POST, resolution, WORDING)
    if form.is_valid():
        try:
            change_resolution(resolution, seen=seen, by=request.actor, **form.cleaned_data)
        except Overtaken as moved:
            form.add_error(None, str(moved))
            other = theirs(form, wording_of(moved.row))
            return show(request, to_keep(request, pk), other=other, word_form=form)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "แก้มติแล้ว")
            return redirect(resolution)
    return show(request, resolution, seen=seen, word_form=form)


@require_POST
def correct(request: PortalRequest, pk: int) -> HttpResponse:
    """Correct a resolution after the minutes were closed, with the reason."""
    resolution = to_keep(request, pk)
    form = CorrectionForm(request.POST, auto_id="fix_%s")
    if form.is_valid():
        try:
            correct_resolution(resolution, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "แก้มติแล้ว ข้อความเดิมยังเก็บไว้ในประวัติ")
            return redirect(resolution)
    return show(request, resolution, fix_form=form)


@require_POST
def task_new(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a further task because of a resolution."""
    resolution = to_keep(request, pk)
    form = TaskForm(request.POST, meeting=resolution.meeting, auto_id="task_%s")
    if form.is_valid():
        try:
            task = give_task(resolution, by=request.actor, **form.cleaned_data)
        except Conflict:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"มอบงานให้ {task.assignee} แล้ว")
            return redirect(resolution)
    return show(request, resolution, task_form=form)
