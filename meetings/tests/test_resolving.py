"""The agenda, what was resolved, who does it, and the closed minutes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from meetings.models import Meeting, MeetingState, Presence, Resolution, Task, TaskState
from meetings.services.agenda import add_item, change_item, move_item, remove_item
from meetings.services.holding import close_meeting, missing_for_closing, open_meeting
from meetings.services.resolving import add_resolution, change_resolution, correct_resolution
from meetings.services.tasking import (
    DEEDS,
    drop_task,
    finish_task,
    give_task,
    redirect_task,
    reopen_task,
)
from meetings.tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    ResolutionFactory,
    TaskFactory,
    chair_of,
    staff_of,
)
from members.tests.factories import acting
from portal.audit.services import history_of as deeds_of
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError
from portal.outbox.tests.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def held():
    return MeetingFactory(state=MeetingState.HELD, opened_at=timezone.now())


def soon(days=7):
    return timezone.localdate() + timedelta(days=days)


# The agenda --------------------------------------------------------------------------------------


def test_items_stand_in_the_order_they_were_added_and_can_be_moved():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    first, second, third = (
        add_item(meeting, heading=5, title=title, by=by) for title in ("ก", "ข", "ค")
    )

    move_item(third, step=-1, by=by)
    move_item(first, step=-1, by=by)

    assert [item.title for item in meeting.agenda_items.all()] == ["ก", "ค", "ข"]
    assert second.position == 2


def test_an_item_under_another_heading_is_the_last_there():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    add_item(meeting, heading=4, title="ก", by=by)
    item = add_item(meeting, heading=5, title="ข", by=by)

    change_item(item, heading=4, by=by)

    assert [(row.heading, row.title) for row in meeting.agenda_items.all()] == [(4, "ก"), (4, "ข")]


def test_an_item_with_a_resolution_stays_on_the_agenda(held):
    resolution = ResolutionFactory(meeting=held)
    free = AgendaItemFactory(meeting=held)
    by = chair_of(held)

    remove_item(free, by=by)

    with pytest.raises(DomainError):
        remove_item(resolution.item, by=by)
    assert [row.pk for row in held.agenda_items.all()] == [resolution.item_id]


def test_the_agenda_of_closed_minutes_is_closed(held):
    item = AgendaItemFactory(meeting=held)
    Meeting.objects.filter(pk=held.pk).update(state=MeetingState.CLOSED)

    with pytest.raises(DomainError):
        change_item(item, title="อื่น", by=chair_of(held))


def test_only_who_keeps_the_meeting_writes_its_agenda():
    meeting = MeetingFactory()

    with pytest.raises(PermissionDenied):
        add_item(meeting, heading=5, title="ก", by=acting(staff_of(meeting.unit)))


# Opening and resolving ---------------------------------------------------------------------------


def test_a_meeting_opens_on_its_day_and_once(clock):
    now = clock(2026, 11, 20, 9, 0)
    early = MeetingFactory(starts_at=now + timedelta(days=1))
    today = MeetingFactory(starts_at=now + timedelta(minutes=5))

    opened = open_meeting(today, by=chair_of(today))

    assert opened.state == MeetingState.HELD
    assert opened.number is None
    for meeting in (early, today):
        with pytest.raises(DomainError):
            open_meeting(meeting, by=chair_of(meeting))


def test_resolutions_are_numbered_within_the_meeting_with_their_tasks(held):
    by = chair_of(held)
    item = AgendaItemFactory(meeting=held)
    task = {"title": "แจ้งโรงเรียน", "assignee": held.chair, "due_on": soon()}

    first = add_resolution(item, text="เห็นชอบ", task=task, by=by)
    second = add_resolution(item, text="รับทราบ", is_for_information=True, by=by)

    assert [first.number, second.number] == [1, 2]
    assert first.tasks.get().assignee == held.chair
    assert published("meetings.task_given") == 1


def test_the_same_resolution_sent_twice_is_one(held):
    item, by, key = AgendaItemFactory(meeting=held), chair_of(held), uuid4()
    task = {"title": "แจ้งโรงเรียน", "assignee": held.chair, "due_on": soon()}

    first = add_resolution(item, text="เห็นชอบ", task=task, key=key, by=by)
    again = add_resolution(item, text="เห็นชอบ", task=task, key=key, by=by)

    assert first == again
    assert Task.objects.count() == 1


def test_a_task_that_cannot_be_given_leaves_no_resolution(held):
    item = AgendaItemFactory(meeting=held)
    stranger = staff_of(MeetingFactory().unit)
    task = {"title": "แจ้งโรงเรียน", "assignee": stranger, "due_on": soon()}

    with pytest.raises(DomainError):
        add_resolution(item, text="เห็นชอบ", task=task, by=chair_of(held))
    assert Resolution.objects.count() == 0


def test_nothing_is_resolved_before_the_meeting_opens():
    item = AgendaItemFactory()

    with pytest.raises(DomainError):
        add_resolution(item, text="เห็นชอบ", by=chair_of(item.meeting))


def test_minutes_close_when_all_is_marked_and_every_resolution_has_its_task(held):
    by = chair_of(held)
    row = AttendanceFactory(meeting=held)
    resolution = ResolutionFactory(meeting=held)
    later = held.opened_at + timedelta(hours=1)
    lacking = missing_for_closing(held)
    with pytest.raises(DomainError):
        close_meeting(held, ended_at=later, by=by)
    row.presence = Presence.CAME
    row.save(update_fields=["presence"])
    give_task(resolution, title="แจ้ง", assignee=held.chair, due_on=soon(), by=by)

    closed = close_meeting(held, ended_at=later, by=by)

    assert len(lacking) == 2
    assert closed.state == MeetingState.CLOSED
    with pytest.raises(DomainError):
        close_meeting(held, ended_at=later, by=by)


def test_a_wording_is_free_until_the_close_and_corrected_with_a_reason_after(held):
    resolution = ResolutionFactory(meeting=held)
    by = chair_of(held)
    change_resolution(resolution, text="ข้อความแรก", is_for_information=True, by=by)
    with pytest.raises(DomainError):
        correct_resolution(resolution, new_text="ก", reason="ข", by=by)
    Meeting.objects.filter(pk=held.pk).update(state=MeetingState.CLOSED)

    correction = correct_resolution(resolution, new_text="ข้อความที่สอง", reason="พิมพ์ตก", by=by)

    resolution.refresh_from_db()
    assert resolution.text == "ข้อความที่สอง"
    assert [correction.old_text, correction.reason] == ["ข้อความแรก", "พิมพ์ตก"]
    with pytest.raises(DomainError):
        change_resolution(resolution, text="ก", is_for_information=False, by=by)


@pytest.mark.parametrize("model", [Meeting, Resolution, Task])
def test_the_database_deletes_nothing_of_it(model):
    TaskFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(using="default")
    assert model.objects.count() == 1


def test_the_database_keeps_the_number_of_a_resolution():
    resolution = ResolutionFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        Resolution.objects.filter(pk=resolution.pk).update(number=9)


# Tasks -------------------------------------------------------------------------------------------


def test_the_assignee_reports_and_may_take_it_back():
    task = TaskFactory()
    by = acting(task.assignee)
    with pytest.raises(DomainError):
        finish_task(task, result=" ", by=by)

    done = finish_task(task, result="แจ้งครบแล้ว", by=by)
    reopened = reopen_task(task, by=by)
    dropped = drop_task(task, result="ยกเลิกโครงการ", by=by)

    assert [done.state, reopened.state, dropped.state] == ["done", "open", "dropped"]
    assert [deed.words for deed in deeds_of(task, DEEDS)] == ["ไม่ได้ทำ", "เปิดงานอีกครั้ง", "ทำแล้ว"]
    with pytest.raises(DomainError):
        finish_task(task, result="ก", by=by)


def test_a_bystander_does_not_report():
    task = TaskFactory()

    with pytest.raises(PermissionDenied):
        finish_task(task, result="ก", by=acting(staff_of(task.resolution.meeting.unit)))


def test_a_task_goes_to_somebody_else_with_the_reason():
    task = TaskFactory()
    meeting = task.resolution.meeting
    other = staff_of(meeting.unit)
    by = chair_of(meeting)

    moved = redirect_task(task, assignee=other, due_on=soon(9), reason="ย้ายงาน", by=by)

    assert [moved.assignee, moved.due_on] == [other, soon(9)]
    assert deeds_of(task, DEEDS)[0].reason == "ย้ายงาน"
    assert history_of(task) == ["task.redirected"]
    with pytest.raises(DomainError):
        redirect_task(task, assignee=other, due_on=soon(9), reason="ย้าย", by=by)
    stranger = staff_of(MeetingFactory().unit)
    with pytest.raises(DomainError):
        redirect_task(task, assignee=stranger, due_on=soon(9), reason="ย้าย", by=by)


def test_a_resolution_to_be_known_has_no_task():
    resolution = ResolutionFactory(is_for_information=True)
    by = chair_of(resolution.meeting)

    with pytest.raises(DomainError):
        give_task(resolution, title="ก", assignee=by.member, due_on=soon(), by=by)


def test_overdue_is_open_and_past():
    late = TaskFactory(due_on=soon(-1))
    TaskFactory(due_on=soon(0))
    TaskFactory(due_on=soon(-1), state=TaskState.DONE)

    assert list(Task.objects.overdue(timezone.localdate())) == [late]
