"""What meetings tell, and when the worker reminds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from meetings.models import MeetingState, TaskState
from meetings.notifications import MeetingInvited, MeetingTomorrow, TaskEnded, TaskGiven
from meetings.services.calling import cancel_meeting, invite_people
from meetings.services.tasking import finish_task, give_task, redirect_task
from meetings.tasks import remind
from meetings.tests.factories import (
    MeetingFactory,
    ResolutionFactory,
    TaskFactory,
    chair_of,
    staff_of,
)
from members.tests.factories import HolidayFactory, acting
from portal.core.clock import today
from portal.notifications.models import Notice, Notification
from portal.notifications.services import fan_out
from portal.outbox.models import OutboxMessage
from portal.outbox.tests.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def told(topic):
    """Fan the last message of the topic out; return who was told and what."""
    message = OutboxMessage.objects.filter(topic=topic).latest("pk")
    fan_out(message)
    notice = Notice.objects.latest("pk")
    return {row.recipient for row in Notification.objects.filter(notice=notice)}, notice


def test_an_invitation_is_told_with_time_and_place():
    meeting = MeetingFactory()
    colleague = staff_of(meeting.unit)
    meeting.rule = {"groups": [meeting.unit.pk]}
    meeting.save(update_fields=["rule"])

    invite_people(meeting, by=chair_of(meeting))

    who, notice = told("meetings.invited")
    assert who == {meeting.chair, colleague}
    assert notice.title == f"เชิญประชุม: {meeting.title}"
    assert notice.url == meeting.get_absolute_url()
    assert notice.office_text == meeting.unit.office.label


def test_a_cancelled_meeting_is_told_with_the_reason_but_not_to_who_declined():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    declined = staff_of(meeting.unit)
    meeting.rule = {"groups": [meeting.unit.pk]}
    meeting.save(update_fields=["rule"])
    invite_people(meeting, by=by)
    meeting.attendances.filter(member=declined).update(answer="declined")

    cancel_meeting(meeting, reason="ไฟดับ", by=by)

    who, notice = told("meetings.cancelled")
    assert who == {meeting.chair}
    assert "เหตุผล: ไฟดับ" in notice.lines


def test_an_invitation_to_a_cancelled_meeting_is_no_news():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    invite_people(meeting, by=by)
    message = OutboxMessage.objects.get(topic="meetings.invited")
    before = MeetingInvited().is_still_true(message)

    cancel_meeting(meeting, reason="ไฟดับ", by=by)

    assert [before, MeetingInvited().is_still_true(message)] == [True, False]


def test_a_task_is_told_to_whoever_has_it_now():
    resolution = ResolutionFactory()
    meeting = resolution.meeting
    by, other = chair_of(meeting), staff_of(meeting.unit)
    due_on = today() + timedelta(days=7)
    task = give_task(resolution, title="แจ้ง", assignee=meeting.chair, due_on=due_on, by=by)
    first = OutboxMessage.objects.get(topic="meetings.task_given")

    redirect_task(task, assignee=other, due_on=due_on, reason="ย้ายงาน", by=by)

    assert told("meetings.task_given")[0] == {other}
    assert set(TaskGiven().recipients(first)) == set()


def test_who_keeps_the_meeting_hears_of_a_result():
    task = TaskFactory()
    meeting = task.resolution.meeting
    doer = staff_of(meeting.unit)
    task.assignee = doer
    task.save(update_fields=["assignee"])

    finish_task(task, result="แจ้งครบ", by=acting(doer))

    who, notice = told("meetings.task_ended")
    assert who == {meeting.chair}
    assert "ผล: แจ้งครบ" in notice.lines
    message = OutboxMessage.objects.get(topic="meetings.task_ended")
    assert TaskEnded().is_still_true(message)


def reminded():
    remind(None)
    return [published("meetings.tomorrow"), published("meetings.task_due")]


def a_meeting_in(now, days, **fields):
    return MeetingFactory(starts_at=now + timedelta(days=days), invited_at=now, **fields)


def test_a_reminder_comes_once_on_the_working_day_before(clock):
    now = clock(2026, 11, 19, 9, 0)  # a Thursday
    a_meeting_in(now, 1)
    a_meeting_in(now, 4)
    TaskFactory(due_on=date(2026, 11, 20))
    TaskFactory(due_on=date(2026, 11, 23))
    TaskFactory(due_on=date(2026, 11, 20), state=TaskState.DONE)

    assert reminded() == [1, 1]
    assert reminded() == [1, 1]


def test_friday_reminds_of_the_weekend_and_of_monday_and_a_holiday_of_nothing(clock):
    now = clock(2026, 11, 20, 9, 0)
    meeting = a_meeting_in(now, 3)
    before = reminded()
    clock(2026, 11, 21, 9, 0)  # a Saturday
    on_saturday = reminded()
    HolidayFactory(office=meeting.unit.office, on=date(2026, 11, 24))
    clock(2026, 11, 24, 9, 0)
    a_meeting_in(now, 5, unit=meeting.unit)

    assert [before, on_saturday, reminded()] == [[1, 0]] * 3


def test_a_reminder_of_a_meeting_that_began_is_old(clock):
    now = clock(2026, 11, 19, 9, 0)
    meeting = a_meeting_in(now, 1)
    remind(None)
    message = OutboxMessage.objects.get(topic="meetings.tomorrow")
    before = MeetingTomorrow().is_still_true(message)
    meeting.state = MeetingState.HELD
    meeting.save(update_fields=["state"])

    assert [before, MeetingTomorrow().is_still_true(message)] == [True, False]
