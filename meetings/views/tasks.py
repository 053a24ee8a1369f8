"""Tasks of meetings: mine and everybody's I see, and each of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from meetings.forms.agenda import EndTaskForm, RedirectForm
from meetings.models import Task, TaskState
from meetings.querysets.meetings import TaskQuerySet
from meetings.services.standing import as_keeper, may_keep
from meetings.services.tasking import (
    DEEDS,
    drop_task,
    finish_task,
    may_report,
    redirect_task,
    reopen_task,
)
from portal.audit.services import history_of
from portal.core.actors import PortalRequest
from portal.core.clock import today
from portal.core.errors import DomainError, require
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

PAGE_SIZE = 30
TABS = {
    "mine": "ของฉัน",
    "open": "ยังไม่เสร็จ",
    "overdue": "เกินกำหนด",
    "ended": "จบแล้ว",
    "all": "ทั้งหมด",
}


def in_tab(tasks: TaskQuerySet, tab: str, request: PortalRequest) -> TaskQuerySet:
    """Return the tasks of one tab."""
    if tab == "mine":
        return tasks.open().filter(assignee=request.user)
    if tab == "open":
        return tasks.open()
    if tab == "overdue":
        return tasks.overdue(today())
    return tasks.exclude(state=TaskState.OPEN) if tab == "ended" else tasks


@require_GET
def index(request: PortalRequest) -> HttpResponse:
    """List tasks by due day; of those that ended the latest first."""
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else "mine"
    seen = Task.objects.visible_to(request.user)
    page = keyset_page(
        in_tab(seen, tab, request).select_related("assignee", "resolution__meeting__unit"),
        order=("-due_on", "-pk") if tab in {"ended", "all"} else ("due_on", "pk"),
        cursor=request.GET.get("after"),
        size=PAGE_SIZE,
    )
    here = Address("meetings:tasks", show=tab)
    return render_page(
        request,
        "meetings/tasks.html",
        {
            "tab": tab,
            "links": here.links("show", TABS),
            "tasks": page.items,
            "is_first": page.is_first,
            "next_url": here.after(page.next_cursor),
            "today": today(),
        },
    )


def task_of(request: PortalRequest, pk: int) -> Task:
    """Return a task of a meeting that this member sees."""
    seen = Task.objects.visible_to(request.user).select_related(
        "assignee", "given_by", "resolution__item", "resolution__meeting__unit__office"
    )
    return get_object_or_404(seen, pk=pk)


@require_GET
def task(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one task: why, who, until when, and what came of it."""
    return show(request, task_of(request, pk))


def show(request: PortalRequest, task: Task, **forms: Any) -> HttpResponse:
    """Render the task's page; `forms` holds a bound form that was refused."""
    meeting = task.resolution.meeting
    return render_page(
        request,
        "meetings/task.html",
        {
            "task": task,
            "resolution": task.resolution,
            "meeting": meeting,
            "may_report": may_report(request.actor, task),
            "may_direct": task.is_open and may_keep(request.actor, meeting),
            "is_overdue": task.is_overdue(today()),
            "history": history_of(task, DEEDS),
            "end_form": forms.get("end_form") or EndTaskForm(auto_id="end_%s"),
            "move_form": forms.get("move_form")
            or RedirectForm(
                meeting=meeting,
                auto_id="move_%s",
                initial={"assignee": task.assignee_id, "due_on": task.due_on},
            ),
            "moving": "move_form" in forms,
            "today": today(),
        },
        status=422 if forms else 200,
    )


@require_POST
def end(request: PortalRequest, pk: int) -> HttpResponse:
    """Say what came of a task."""
    task = task_of(request, pk)
    require(may_report(request.actor, task))
    form = EndTaskForm(request.POST, auto_id="end_%s")
    if form.is_valid():
        verb = finish_task if form.cleaned_data["state"] == TaskState.DONE else drop_task
        try:
            verb(task, result=form.cleaned_data["result"], by=request.actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกผลของงานแล้ว")
            return redirect(task)
    return show(request, task, end_form=form)


@require_POST
def reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a task that ended be done after all."""
    task = task_of(request, pk)
    require(may_report(request.actor, task))
    try:
        reopen_task(task, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "เปิดงานอีกครั้งแล้ว")
    return redirect(task)


@require_POST
def redirect_(request: PortalRequest, pk: int) -> HttpResponse:
    """Give an open task to somebody else, or more time."""
    task = task_of(request, pk)
    meeting = task.resolution.meeting
    as_keeper(request.actor, meeting)
    form = RedirectForm(request.POST, meeting=meeting, auto_id="move_%s")
    if form.is_valid():
        try:
            redirect_task(task, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "เปลี่ยนผู้รับผิดชอบหรือกำหนดแล้ว")
            return redirect(task)
    return show(request, task, move_form=form)
