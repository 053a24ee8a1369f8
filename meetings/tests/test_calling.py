"""Calling a meeting, inviting to it, changing and cancelling it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from meetings.models import Meeting, MeetingState
from meetings.services.calling import (
    PeopleChanged,
    cancel_meeting,
    change_meeting,
    choose_people,
    create_meeting,
    invite_people,
    restore_meeting,
    to_invite,
    withdraw_invitation,
)
from meetings.tests.factories import MeetingFactory, chair_of, staff_of
from members.models import Role
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    SchoolFactory,
    acting,
)
from portal.audit.tests.history import history_of
from portal.core.errors import Conflict, DomainError
from portal.outbox.tests.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def call(group, by, **fields):
    starts_at = timezone.now() + timedelta(days=2)
    said = {
        "title": "ประชุมกลุ่ม",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "chair": by.member,
    }
    return create_meeting(group, by=by, **{**said, **fields})


def test_a_meeting_is_called_for_the_own_unit():
    officer = ActorFactory()

    meeting = call(officer.holding.post.unit, officer)

    assert meeting.state == MeetingState.PLANNED
    assert meeting.invited_at is None
    assert history_of(meeting) == ["meeting.called"]
    with pytest.raises(PermissionDenied):
        call(GroupFactory(), officer)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR])
def test_everybody_of_a_school_calls_its_meetings(role):
    actor = ActorFactory(role=role, unit=SchoolFactory())

    assert call(actor.holding.post.unit, actor).unit == actor.holding.post.unit


def test_an_administrator_calls_none():
    actor = ActorFactory(role=Role.ADMINISTRATOR)

    with pytest.raises(PermissionDenied):
        call(actor.holding.post.unit, actor)


def test_the_same_form_twice_is_one_meeting():
    officer, key, starts_at = ActorFactory(), uuid4(), timezone.now()
    group, ends_at = officer.holding.post.unit, starts_at + timedelta(hours=1)

    first = call(group, officer, key=key, starts_at=starts_at, ends_at=ends_at)
    again = call(group, officer, key=key, starts_at=starts_at, ends_at=ends_at)

    assert first == again
    assert Meeting.objects.count() == 1
    with pytest.raises(Conflict):
        call(group, officer, key=key, starts_at=starts_at, ends_at=ends_at, title="อื่น")


def test_an_end_before_the_beginning_is_refused():
    officer = ActorFactory()
    now = timezone.now()

    with pytest.raises(DomainError):
        call(officer.holding.post.unit, officer, starts_at=now, ends_at=now)


def test_the_rule_means_groups_as_persons_and_a_school_as_its_director():
    meeting = MeetingFactory()
    office = meeting.unit.office
    colleague = staff_of(meeting.unit)
    school = SchoolFactory(office=office)
    head = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school).member
    HoldingFactory(role=Role.TEACHER, unit=school)
    guest = HoldingFactory(role=Role.TEACHER, unit=SchoolFactory(office=office)).member
    by = chair_of(meeting)

    rule = {"groups": [meeting.unit.pk], "units": [school.pk], "members": [guest.pk]}
    chosen = choose_people(meeting, rule=rule, by=by)

    assert set(to_invite(chosen)) == {meeting.chair, colleague, head, guest}


def test_a_school_that_meets_invites_all_its_people():
    school = SchoolFactory()
    teacher = staff_of(school, Role.TEACHER)
    meeting = MeetingFactory(unit=school, chair=teacher, rule={"groups": [school.pk]})
    clerk = staff_of(school, Role.SCHOOL_CLERK)

    assert set(to_invite(meeting)) == {teacher, clerk}


def test_people_are_frozen_when_they_are_invited_and_told_once():
    meeting = MeetingFactory(rule={})
    meeting.rule = {"groups": [meeting.unit.pk]}
    meeting.save(update_fields=["rule"])
    by = chair_of(meeting)

    made = invite_people(meeting, expected=[meeting.chair.pk], by=by)
    newcomer = staff_of(meeting.unit)

    assert [row.member for row in made] == [meeting.chair]
    assert made[0].capacity
    assert to_invite(Meeting.objects.get(pk=meeting.pk)) == [newcomer]
    assert published("meetings.invited") == 1
    with pytest.raises(PeopleChanged):
        invite_people(meeting, expected=[], by=by)


def test_whoever_was_invited_already_is_not_invited_again():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    invite_people(meeting, by=by)

    with pytest.raises(DomainError, match="ทุกคนที่เลือกได้รับเชิญแล้ว"):
        invite_people(meeting, by=by)
    assert meeting.attendances.count() == 1


def test_a_new_time_is_told_to_those_invited_and_a_new_title_is_not():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    change_meeting(meeting, by=by, place="ห้อง 2")
    before = published("meetings.changed")
    invite_people(meeting, by=by)

    change_meeting(meeting, by=by, title="ชื่อใหม่")
    after_title = published("meetings.changed")
    change_meeting(meeting, by=by, starts_at=meeting.starts_at - timedelta(hours=1))

    assert [before, after_title, published("meetings.changed")] == [0, 0, 1]


def test_only_who_keeps_a_meeting_changes_it():
    meeting = MeetingFactory()
    colleague = acting(staff_of(meeting.unit))
    head = acting(staff_of(meeting.unit, Role.GROUP_HEAD))

    with pytest.raises(PermissionDenied):
        change_meeting(meeting, by=colleague, title="อื่น")
    assert change_meeting(meeting, by=head, title="อื่น").title == "อื่น"


def test_a_cancelled_meeting_says_why_and_may_come_back():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    invite_people(meeting, by=by)
    with pytest.raises(DomainError):
        cancel_meeting(meeting, reason="  ", by=by)

    cancelled = cancel_meeting(meeting, reason="ประธานติดราชการ", by=by)
    restored = restore_meeting(meeting, by=by)

    assert cancelled.cancelled_words == "งดประชุม: ประธานติดราชการ"
    assert restored.state == MeetingState.PLANNED
    assert [published("meetings.cancelled"), published("meetings.changed")] == [1, 1]
    with pytest.raises(DomainError):
        restore_meeting(meeting, by=by)


def test_a_held_meeting_is_not_cancelled():
    meeting = MeetingFactory(state=MeetingState.HELD)

    with pytest.raises(DomainError):
        cancel_meeting(meeting, reason="สาย", by=chair_of(meeting))


def test_a_withdrawn_invitation_takes_its_stand_in_along():
    meeting = MeetingFactory()
    by = chair_of(meeting)
    (row,) = invite_people(meeting, by=by)
    other = staff_of(meeting.unit)
    meeting.attendances.create(member=other, stands_for=row, invited_at=timezone.now())

    withdraw_invitation(row, by=by)
    withdraw_invitation(row, by=by)

    assert meeting.attendances.count() == 0
