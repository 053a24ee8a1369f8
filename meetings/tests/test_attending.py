"""Answers, check-ins and marks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from meetings.models import Answer, MeetingState, Presence
from meetings.services.attending import (
    answer_invitation,
    check_in,
    colleagues_of,
    mark_attendances,
)
from meetings.tests.factories import AttendanceFactory, MeetingFactory, chair_of, staff_of
from members.tests.factories import acting
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError
from portal.outbox.tests.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def test_everybody_answers_for_themselves():
    row = AttendanceFactory()

    answer_invitation(row, answer=Answer.ACCEPTED, by=acting(row.member))

    row.refresh_from_db()
    assert row.answer == Answer.ACCEPTED
    assert history_of(row) == ["attendance.answered"]
    with pytest.raises(PermissionDenied):
        answer_invitation(row, answer=Answer.ACCEPTED, by=chair_of(row.meeting))


def test_whoever_does_not_come_says_why_or_who_comes_instead():
    row = AttendanceFactory()
    by = acting(row.member)
    colleague = staff_of(row.meeting.unit)
    with pytest.raises(DomainError):
        answer_invitation(row, answer=Answer.DECLINED, by=by)

    answer_invitation(row, answer=Answer.DECLINED, stand_in=colleague, by=by)

    instead = row.meeting.attendances.get(member=colleague)
    assert instead.stands_for == row
    assert published("meetings.invited") == 1


def test_a_changed_mind_takes_the_stand_in_back():
    row = AttendanceFactory()
    by = acting(row.member)
    answer_invitation(row, answer=Answer.DECLINED, stand_in=staff_of(row.meeting.unit), by=by)

    answer_invitation(row, answer=Answer.ACCEPTED, by=by)

    assert [one.member for one in row.meeting.attendances.all()] == [row.member]


def test_a_stand_in_is_a_colleague_who_is_not_invited():
    row = AttendanceFactory()
    invited = AttendanceFactory(meeting=row.meeting).member
    stranger = AttendanceFactory().member

    for wrong in (invited, stranger):
        assert wrong not in colleagues_of(row)
        with pytest.raises(DomainError):
            answer_invitation(row, answer=Answer.DECLINED, stand_in=wrong, by=acting(row.member))


def test_nobody_answers_once_the_meeting_is_open():
    row = AttendanceFactory(meeting__state=MeetingState.HELD)

    with pytest.raises(DomainError):
        answer_invitation(row, answer=Answer.ACCEPTED, by=acting(row.member))


def test_one_checks_in_on_the_day_and_twice_is_once(clock):
    now = clock(2026, 11, 20, 9, 0)
    today = AttendanceFactory(meeting__starts_at=now + timedelta(hours=3))
    tomorrow = AttendanceFactory(meeting__starts_at=now + timedelta(days=1))

    check_in(today, by=acting(today.member))
    check_in(today, by=acting(today.member))

    today.refresh_from_db()
    assert today.presence == Presence.CAME
    assert history_of(today) == ["attendance.checked_in"]
    with pytest.raises(DomainError):
        check_in(tomorrow, by=acting(tomorrow.member))


def test_the_secretary_marks_all_in_one_line_of_history():
    secretary = staff_of(MeetingFactory().unit)
    meeting = MeetingFactory(state=MeetingState.HELD, secretary=secretary)
    rows = [AttendanceFactory(meeting=meeting) for _ in range(2)]
    marks = {rows[0].pk: (Presence.CAME, ""), rows[1].pk: (Presence.ABSENT, "ลาป่วย")}

    mark_attendances(meeting, marks=marks, by=acting(secretary))
    again = mark_attendances(meeting, marks=marks, by=acting(secretary))

    assert [one.presence for one in meeting.attendances.order_by("pk")] == ["came", "absent"]
    assert again == []
    assert history_of(meeting) == ["meeting.attendance_marked"]


def test_marks_of_another_meeting_change_nothing():
    meeting = MeetingFactory(state=MeetingState.HELD)
    foreign = AttendanceFactory(meeting__state=MeetingState.HELD, invited_at=timezone.now())

    mark_attendances(meeting, marks={foreign.pk: (Presence.CAME, "")}, by=chair_of(meeting))

    foreign.refresh_from_db()
    assert foreign.presence == Presence.UNKNOWN
