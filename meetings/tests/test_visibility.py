"""Who sees a meeting: both sides of the gate, and what the search keeps of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.models import Meeting, MeetingState
from meetings.services.calling import change_meeting
from meetings.tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    ResolutionFactory,
    SeriesFactory,
    TaskFactory,
    chair_of,
)
from members.models import Holding, Role
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.clock import today
from portal.core.resources import resource_for, scopes_of
from portal.outbox.models import OutboxMessage
from tests.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

POSTS = st.lists(
    st.tuples(
        st.integers(0, 3),  # who
        st.sampled_from(list(Role)),
        st.integers(0, 5),  # where
        st.sampled_from([(-9, None), (-9, -1), (-9, 0), (0, None), (1, None)]),  # from, to
    ),
    min_size=1,
    max_size=6,
)
PEOPLE = 4


def both_sides(thing, members):
    """Return who reads a thing by its list of readers, and who by asking the gate."""
    resource = resource_for(thing._meta.label_lower)
    readers = set(resource.readers(thing))
    finders = {m for m in members if resource.visible_to(m).filter(pk=thing.pk).exists()}
    return readers, finders


def a_world(posts, where, parts, shut_out):
    """One meeting in the unit with all that hangs on it, and everybody there is."""
    office, other = OfficeFactory(), OfficeFactory()
    units = [office, GroupFactory(office=office), GroupFactory(office=office)]
    units += [SchoolFactory(office=office), other, SchoolFactory(office=other)]
    members = [MemberFactory(is_active=number != shut_out) for number in range(PEOPLE)]
    for who, role, unit, (since, until) in posts:
        HoldingFactory(
            member=members[who],
            role=role,
            unit=units[unit],
            from_on=today() + timedelta(days=since),
            to_on=None if until is None else today() + timedelta(days=until),
        )
    chair, invited, assignee = (members[part] for part in parts)
    series = SeriesFactory(unit=units[where], chair=chair)
    meeting = MeetingFactory(
        unit=units[where],
        series=series,
        slot="2026-W01",
        chair=chair,
        state=MeetingState.HELD,
        people=[invited],
    )
    resolution = ResolutionFactory(meeting=meeting)
    task = TaskFactory(resolution=resolution, assignee=assignee)
    return [series, meeting, resolution.item, meeting.attendances.get(), resolution, task], members


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    posts=POSTS,
    where=st.integers(0, 5),
    parts=st.tuples(*[st.integers(0, PEOPLE - 1)] * 3),
    shut_out=st.integers(0, 9),
)
def test_readers_are_exactly_those_who_pass_the_gate(posts, where, parts, shut_out):
    with transaction.atomic():
        things, members = a_world(posts, where, parts, shut_out)

        for thing in things:
            readers, finders = both_sides(thing, members)
            assert readers == finders, thing._meta.label
        found = resource_for("meetings.meeting").find(things[1])
        for member in both_sides(things[1], members)[1]:
            assert scopes_of(member) & found.scopes

        transaction.set_rollback(True)


def test_a_reader_too_many_would_be_noticed():
    meeting = MeetingFactory()
    colleague = HoldingFactory(unit=meeting.unit).member

    readers, finders = both_sides(meeting, [meeting.chair])

    assert readers == {meeting.chair, colleague}
    assert finders == {meeting.chair}


def test_who_of_the_world_sees_a_meeting_of_the_group(world):
    meeting = MeetingFactory(
        unit=world.group, chair=world.members["officer"], people=[world.members["teacher"]]
    )

    seen = {
        role
        for role in ROLES
        if Meeting.objects.visible_to(world.members.get(role)).filter(pk=meeting.pk).exists()
    }

    assert seen == {"officer", "director", "deputy", "teacher"}


def test_who_left_the_unit_sees_its_meetings_no_more():
    meeting = MeetingFactory()
    holding = HoldingFactory(unit=meeting.unit)
    before = Meeting.objects.visible_to(holding.member).count()
    Holding.objects.filter(pk=holding.pk).update(to_on=today() - timedelta(days=1))

    assert [before, Meeting.objects.visible_to(holding.member).count()] == [1, 0]


def test_the_search_keeps_title_agenda_and_resolutions():
    meeting = MeetingFactory(title="ประชุมแผน")
    item = AgendaItemFactory(meeting=meeting, title="น้ำท่วม", discussion="โรงเรียนริมเล")
    ResolutionFactory(meeting=meeting, item=item, text="ปิดเรียนสองวัน")
    resource = resource_for("meetings.meeting")
    [row] = resource.with_parts(Meeting.objects.filter(pk=meeting.pk))

    found = resource.find(row)

    assert found.title == "ประชุมแผน"
    for words in ("น้ำท่วม", "โรงเรียนริมเล", "ปิดเรียนสองวัน"):
        assert words in found.body


def test_what_the_search_reads_asks_nothing_more(django_assert_num_queries):
    for _ in range(2):
        TaskFactory()
    AttendanceFactory(meeting=Meeting.objects.first())
    resource = resource_for("meetings.meeting")
    rows = list(resource.with_parts(Meeting.objects.all()))

    with django_assert_num_queries(0):
        for row in rows:
            resource.find(row)


def test_a_change_reaches_the_search():
    meeting = MeetingFactory()

    change_meeting(meeting, title="ชื่อใหม่", by=chair_of(meeting))

    message = OutboxMessage.objects.get(topic="search.refresh")
    assert message.subject_id == meeting.pk


# What waits --------------------------------------------------------------------------------------


def test_open_tasks_wait_by_their_day(django_assert_num_queries):
    task = TaskFactory()
    waiting = resource_for("meetings.task").waiting

    with django_assert_num_queries(1):
        [row] = waiting(task.assignee)

    assert row.subject == task.title
    assert row.url == task.get_absolute_url()
    assert waiting(MemberFactory()) == []


def test_a_meeting_waits_two_days_before_until_its_day_is_over(django_assert_num_queries, clock):
    now = clock(2026, 11, 20, 9, 0)
    waiting = resource_for("meetings.attendance").waiting
    member = MemberFactory()
    for days in (-1, 0, 1, 2, 3):
        starts_at = now + timedelta(days=days)
        MeetingFactory(title=f"อีก {days} วัน", starts_at=starts_at, people=[member])
    answered = MeetingFactory(title="ไม่ไป", starts_at=now, people=[member])
    answered.attendances.update(answer="declined")
    cancelled = MeetingFactory(
        title="งด", starts_at=now, people=[member], state=MeetingState.CANCELLED
    )

    with django_assert_num_queries(1):
        rows = waiting(member)

    assert [row.subject for row in rows] == ["อีก 0 วัน", "อีก 1 วัน", "อีก 2 วัน"]
    assert {row.deed for row in rows} == {"ตอบรับ"}
    member.attendances.filter(answer="none").update(answer="accepted")
    assert {row.deed for row in waiting(member)} == {"เปิดโน้ตหน้าเดียว"}
    assert cancelled.attendances.count() == 1
    assert timezone.is_aware(rows[0].due_at)
