"""Two workers, two windows, one meeting."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from meetings.models import Meeting, Resolution, Series
from meetings.services.agenda import add_item
from meetings.services.calling import create_meeting, invite_people
from meetings.services.holding import open_meeting
from meetings.services.recurring import make_meetings
from meetings.services.resolving import add_resolution
from meetings.tests.factories import (
    AgendaItemFactory,
    MeetingFactory,
    SeriesFactory,
    chair_of,
)
from members.tests.factories import ActorFactory
from portal.core.errors import DomainError

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

THREADS = 8


def test_workers_that_make_the_same_weeks_make_each_once(race):
    series = SeriesFactory()

    race(THREADS, lambda number: make_meetings(Series.objects.get(pk=series.pk)))

    slots = list(series.meetings.values_list("slot", flat=True))
    assert len(slots) == len(set(slots))
    assert len(slots) in {8, 9}


def test_meetings_that_open_at_once_are_numbered_without_holes(race):
    series = SeriesFactory()
    now = timezone.now() - timedelta(minutes=5)
    rows = [
        MeetingFactory(
            unit=series.unit, series=series, slot=f"2026-W{n:02d}", starts_at=now,
            chair=series.chair,
        )
        for n in range(1, THREADS + 1)
    ]  # fmt: skip
    by = chair_of(rows[0])

    race(THREADS, lambda number: open_meeting(rows[number], by=by))

    numbers = Meeting.objects.filter(series=series).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, THREADS + 1))


def test_resolutions_at_once_are_numbered_without_holes(race):
    item = AgendaItemFactory(meeting__state="held")
    by = chair_of(item.meeting)

    race(THREADS, lambda number: add_resolution(item, text=f"มติ {number}", by=by))

    numbers = Resolution.objects.filter(meeting=item.meeting).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, THREADS + 1))


def test_items_at_once_stand_one_after_the_other(race):
    meeting = MeetingFactory()
    by = chair_of(meeting)

    race(THREADS, lambda number: add_item(meeting, heading=5, title=f"เรื่อง {number}", by=by))

    positions = meeting.agenda_items.values_list("position", flat=True)
    assert sorted(positions) == list(range(1, THREADS + 1))


def test_an_invitation_sent_from_many_windows_is_sent_once(race):
    meeting = MeetingFactory()
    by = chair_of(meeting)

    def send(number):
        try:
            return len(invite_people(meeting, expected=[meeting.chair_id], by=by))
        except DomainError:
            return 0

    assert sorted(race(THREADS, send)) == [0] * (THREADS - 1) + [1]
    assert meeting.attendances.count() == 1


def test_the_same_form_from_many_windows_is_one_meeting(race):
    officer, key = ActorFactory(), uuid4()
    now = timezone.now()

    def call(number):
        return create_meeting(
            officer.holding.post.unit,
            title="ประชุมกลุ่ม",
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            chair=officer.member,
            key=key,
            by=officer,
        ).pk

    assert len(set(race(THREADS, call))) == 1
    assert Meeting.objects.count() == 1
