"""What a meeting resolves, and how a wording is corrected once the minutes are closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from meetings.models import AgendaItem, Correction, Meeting, MeetingState, Resolution
from meetings.services.standing import as_keeper
from meetings.services.tasking import give_task
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.once import once
from portal.core.seen import require_as_seen
from portal.core.thaitext import tidy
from portal.search.services import refresh

WORDING = ("text", "is_for_information")


def _held(meeting: Meeting) -> None:
    if meeting.state == MeetingState.PLANNED:
        raise DomainError("เปิดประชุมก่อน แล้วจึงบันทึกมติ")
    if meeting.state != MeetingState.HELD:
        raise DomainError("ปิดรายงานหรืองดประชุมแล้ว จึงเพิ่มหรือแก้มติตรงนี้ไม่ได้")


@transaction.atomic
def add_resolution(
    item: AgendaItem,
    *,
    text: str,
    is_for_information: bool = False,
    task: Mapping[str, Any] | None = None,
    key: UUID | None = None,
    by: Actor,
) -> Resolution:
    """The meeting has one more resolution, with the next number; same key: the same one.

    `task` (title, assignee, due_on) is given in the same deed.
    """
    meeting = Meeting.objects.lock(item.meeting_id)
    actor = as_keeper(by, meeting)
    _held(meeting)
    with once(by, key, ["resolution", item.pk, text, is_for_information]) as done:
        if done.is_repeat and done.result:
            return Resolution.objects.get(pk=done.result["resolution"])
        last = meeting.resolutions.aggregate(last=Max("number"))["last"] or 0
        resolution = Resolution.objects.create(
            meeting=meeting,
            item=item,
            number=last + 1,
            text=tidy(text).strip(),
            is_for_information=is_for_information,
            made_at=db_now(),
            made_by=by.member,
        )
        done.result = {"resolution": resolution.pk}
    record("resolution.made", resolution, by=actor, meeting=meeting.pk, number=resolution.number)
    if task is not None:
        give_task(resolution, **task, by=actor)
    refresh(meeting, by=actor)
    return resolution


@transaction.atomic
def change_resolution(
    resolution: Resolution, *, text: str, is_for_information: bool, seen: str = "", by: Actor
) -> Resolution:
    """The resolution reads otherwise; only until the minutes are closed.

    Overtaken when it no longer reads as the page showed it (`seen`).
    """
    meeting = Meeting.objects.lock(resolution.meeting_id)
    actor = as_keeper(by, meeting)
    _held(meeting)
    row = Resolution.objects.lock(resolution.pk)
    require_as_seen(row, WORDING, seen)
    if is_for_information and row.tasks.exists():
        raise DomainError("มตินี้มีงานแล้ว จึงเป็นมติเพื่อทราบไม่ได้")
    row.text = tidy(text).strip()
    row.is_for_information = is_for_information
    row.save(update_fields=["text", "is_for_information"])
    record("resolution.changed", row, by=actor, meeting=meeting.pk)
    refresh(meeting, by=actor)
    return row


@transaction.atomic
def correct_resolution(
    resolution: Resolution, *, new_text: str, reason: str, by: Actor
) -> Correction:
    """The closed minutes read otherwise, and say what they said before and why it was changed."""
    meeting = Meeting.objects.lock(resolution.meeting_id)
    actor = as_keeper(by, meeting)
    if meeting.state != MeetingState.CLOSED:
        raise DomainError("ยังไม่ปิดรายงาน แก้มติได้ตรง ๆ")
    row = Resolution.objects.lock(resolution.pk)
    text = tidy(new_text).strip()
    if text == row.text:
        raise DomainError("ข้อความเหมือนเดิม ยังไม่มีอะไรให้แก้")
    correction = Correction.objects.create(
        resolution=row,
        old_text=row.text,
        new_text=text,
        reason=reason.strip(),
        made_at=db_now(),
        made_by=by.member,
    )
    row.text = text
    row.save(update_fields=["text"])
    record("resolution.corrected", row, by=actor, meeting=meeting.pk, reason=reason.strip())
    refresh(meeting, by=actor)
    return correction
