"""Meetings for tests: explicit by name, one unit unless another is asked for."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from meetings.models import (
    AgendaItem,
    Attendance,
    Heading,
    Meeting,
    MeetingState,
    Resolution,
    Rhythm,
    Series,
    Task,
    Weekday,
)
from members.models import Member, Role
from members.services import Actor
from members.tests.factories import GroupFactory, HoldingFactory, acting


class SeriesFactory(DjangoModelFactory[Series]):
    """Every Tuesday at nine, of a group whose member keeps it."""

    class Meta:
        model = Series

    unit = factory.SubFactory(GroupFactory)
    title = "ประชุมกลุ่มนิเทศ"
    rhythm = Rhythm.WEEKLY
    weekday = Weekday.TUESDAY
    starts_time = time(9)
    minutes = 120
    place = "ห้องประชุมกลุ่ม"
    from_on = date(2026, 11, 1)
    chair = factory.LazyAttribute(lambda series: staff_of(series.unit))
    created_by = factory.SelfAttribute("chair")
    created_at = factory.LazyFunction(timezone.now)
    rule = factory.LazyAttribute(lambda series: {"groups": [series.unit.pk]})


class MeetingFactory(DjangoModelFactory[Meeting]):
    """A meeting of a group in an hour; `people=[…]` are invited."""

    class Meta:
        model = Meeting
        skip_postgeneration_save = True

    unit = factory.SubFactory(GroupFactory)
    title = factory.Sequence(lambda n: f"ประชุมกลุ่มงาน {n + 1}")
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=2))
    place = "ห้องประชุมลำปำ"
    chair = factory.LazyAttribute(lambda meeting: staff_of(meeting.unit))
    created_by = factory.SelfAttribute("chair")
    created_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def people(self: Meeting, create: bool, extracted: list[Member] | None, **kwargs: Any) -> None:
        for member in extracted or []:
            AttendanceFactory(meeting=self, member=member)


class AttendanceFactory(DjangoModelFactory[Attendance]):
    """Somebody who is invited."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    member = factory.LazyAttribute(lambda row: staff_of(row.meeting.unit))
    invited_at = factory.LazyFunction(timezone.now)


class AgendaItemFactory(DjangoModelFactory[AgendaItem]):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    heading = Heading.CONSIDER
    position = factory.Sequence(lambda n: n + 1)
    title = "แผนนิเทศภาคเรียนที่ 2"


class ResolutionFactory(DjangoModelFactory[Resolution]):
    """What was resolved in a meeting that is open."""

    class Meta:
        model = Resolution

    meeting = factory.SubFactory(MeetingFactory, state=MeetingState.HELD)
    item = factory.LazyAttribute(lambda row: AgendaItemFactory(meeting=row.meeting))
    number = factory.LazyAttribute(lambda row: row.meeting.resolutions.count() + 1)
    text = "เห็นชอบแผนนิเทศ ให้แจ้งโรงเรียนภายในสัปดาห์นี้"
    made_at = factory.LazyFunction(timezone.now)
    made_by = factory.SelfAttribute("meeting.chair")


class TaskFactory(DjangoModelFactory[Task]):
    """Somebody's task, due in a week."""

    class Meta:
        model = Task

    resolution = factory.SubFactory(ResolutionFactory)
    title = "แจ้งปฏิทินนิเทศถึงโรงเรียน"
    assignee = factory.SelfAttribute("resolution.meeting.chair")
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))
    given_at = factory.LazyFunction(timezone.now)
    given_by = factory.SelfAttribute("resolution.meeting.chair")


def staff_of(unit: Any, role: str = Role.OFFICER) -> Member:
    """Return a new member with a post in the unit."""
    member: Member = HoldingFactory(role=role, unit=unit).member
    return member


def chair_of(meeting: Meeting) -> Actor:
    """Return who keeps the meeting, acting."""
    return acting(meeting.chair)
