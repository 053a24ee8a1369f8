"""Tasks: who does what until when because of a resolution, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from meetings.models import Meeting, MeetingState, Resolution, Task, TaskState
from meetings.policies import can_do
from meetings.services.standing import as_keeper, people_of
from members.models import Member
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.once import once
from portal.core.thaitext import tidy
from portal.outbox.services import publish
from portal.search.services import refresh

MOST_TASKS = 20
DEEDS = {
    "task.given": "มอบงาน",
    "task.redirected": "เปลี่ยนผู้รับผิดชอบหรือกำหนด",
    "task.done": "ทำแล้ว",
    "task.dropped": "ไม่ได้ทำ",
    "task.reopened": "เปิดงานอีกครั้ง",
}


@transaction.atomic
def give_task(
    resolution: Resolution,
    *,
    title: str,
    assignee: Member,
    due_on: date,
    key: UUID | None = None,
    by: Actor,
) -> Task:
    """One person has the task until the day, and is told; same key: the same task."""
    meeting = Meeting.objects.select_related("unit").lock(resolution.meeting_id)
    actor = as_keeper(by, meeting)
    if meeting.state not in {MeetingState.HELD, MeetingState.CLOSED}:
        raise DomainError("เปิดประชุมก่อน แล้วจึงมอบงาน")
    row = Resolution.objects.lock(resolution.pk)
    if row.is_for_information:
        raise DomainError("มตินี้เป็นมติเพื่อทราบ จึงไม่มีงาน")
    with once(by, key, ["task", row.pk, title, assignee.pk, due_on]) as done:
        if done.is_repeat and done.result:
            return Task.objects.get(pk=done.result["task"])
        if row.tasks.count() >= MOST_TASKS:
            raise DomainError(f"มติหนึ่งมีงานได้ไม่เกิน {MOST_TASKS} งาน")
        _of_the_meeting(meeting, assignee)
        task = Task.objects.create(
            resolution=row,
            title=tidy(title).strip(),
            assignee=assignee,
            due_on=due_on,
            given_at=db_now(),
            given_by=by.member,
        )
        done.result = {"task": task.pk}
    record(
        "task.given", task, by=actor, meeting=meeting.pk, assignee=assignee.pk, due_on=str(due_on)
    )
    publish("meetings.task_given", task, by=actor, assignee=assignee.pk)
    refresh(meeting, by=actor)
    return task


@transaction.atomic
def redirect_task(task: Task, *, assignee: Member, due_on: date, reason: str, by: Actor) -> Task:
    """The open task is somebody else's, or due on another day; the reason is in the history."""
    row, meeting = _locked(task)
    actor = as_keeper(by, meeting)
    if not row.is_open:
        raise DomainError("งานนี้จบแล้ว เปิดงานอีกครั้งก่อน")
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่เปลี่ยน")
    changes: dict[str, Any] = {}
    if row.assignee_id != assignee.pk:
        _of_the_meeting(meeting, assignee)
        changes["assignee"] = [row.assignee_id, assignee.pk]
    if row.due_on != due_on:
        changes["due_on"] = [str(row.due_on), str(due_on)]
    if not changes:
        raise DomainError("ยังไม่ได้เปลี่ยนผู้รับผิดชอบหรือกำหนด")
    row.assignee = assignee
    row.due_on = due_on
    row.save(update_fields=["assignee", "due_on"])
    record("task.redirected", row, by=actor, reason=reason.strip(), **changes)
    publish("meetings.task_given", row, by=actor, assignee=assignee.pk)
    refresh(meeting, by=actor)
    return row


def finish_task(task: Task, *, result: str, by: Actor) -> Task:
    """The task is done, and says with which result."""
    return _end(task, TaskState.DONE, result, action="task.done", by=by)


def drop_task(task: Task, *, result: str, by: Actor) -> Task:
    """The task will not be done, and says why."""
    return _end(task, TaskState.DROPPED, result, action="task.dropped", by=by)


@transaction.atomic
def _end(task: Task, state: str, result: str, *, action: str, by: Actor) -> Task:
    row, meeting = _locked(task)
    actor = _doer(row, meeting, by)
    if not result.strip():
        raise DomainError("บอกผลของงาน" if state == TaskState.DONE else "บอกเหตุที่ไม่ได้ทำ")
    row.move_to(state)
    row.result = tidy(result).strip()
    row.ended_at = db_now()
    row.save(update_fields=["state", "result", "ended_at"])
    record(action, row, by=actor)
    publish("meetings.task_ended", row, by=actor)
    return row


@transaction.atomic
def reopen_task(task: Task, *, by: Actor) -> Task:
    """The task is to be done after all; its result is in the history."""
    row, meeting = _locked(task)
    actor = _doer(row, meeting, by)
    row.move_to(TaskState.OPEN)
    before, row.result, row.ended_at = row.result, "", None
    row.save(update_fields=["state", "result", "ended_at"])
    record("task.reopened", row, by=actor, result=before)
    return row


def _locked(task: Task) -> tuple[Task, Meeting]:
    row = Task.objects.select_related("resolution__meeting__unit").lock(task.pk)
    return row, row.resolution.meeting


def _doer(task: Task, meeting: Meeting, by: Actor) -> Actor:
    """Return who reports on a task: the assignee, or who keeps the meeting."""
    if can_do(by, task):
        return by
    return as_keeper(by, meeting)


def _of_the_meeting(meeting: Meeting, member: Member) -> None:
    if not people_of(meeting).filter(pk=member.pk).exists():
        raise DomainError("มอบงานได้เฉพาะผู้เข้าประชุมและคนในหน่วยงานเจ้าของการประชุม")


def may_report(by: Actor, task: Task) -> bool:
    """Answer whether the actor may report on the task."""
    try:
        _doer(task, task.resolution.meeting, by)
    except PermissionDenied:
        return False
    return True
