"""Series: their meetings ahead, holidays, moves, pauses, numbers."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.models import CancelCause, Meeting, MeetingState, Rhythm, SeriesState
from meetings.services.calling import change_meeting
from meetings.services.holding import open_meeting
from meetings.services.recurring import (
    change_series,
    create_series,
    end_series,
    make_meetings,
    pause_series,
    resume_series,
)
from meetings.tasks import make_series
from meetings.tests.factories import AgendaItemFactory, SeriesFactory, staff_of
from members.tests.factories import ActorFactory, GroupFactory, HolidayFactory, acting
from portal.audit.tests.history import history_of
from portal.core.clock import bangkok
from portal.core.errors import DomainError
from portal.outbox.tests.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

NOW = (2026, 11, 20, 9, 0)  # a Friday
TUESDAYS = [date(2026, 11, 24) + timedelta(weeks=week) for week in range(8)]


@pytest.fixture
def series(clock):
    clock(*NOW)
    return SeriesFactory()


def days_of(series, **conditions):
    return [row.on for row in series.meetings.filter(**conditions).order_by("starts_at")]


def keeper(series):
    return acting(series.chair)


def test_the_meetings_of_eight_weeks_are_made_once(series):
    make_meetings(series)
    make_meetings(series)

    assert days_of(series) == TUESDAYS
    assert {bangkok(row.starts_at).time() for row in series.meetings.all()} == {time(9)}


def test_the_daily_job_makes_those_of_running_series_alone(series):
    paused = SeriesFactory(state=SeriesState.PAUSED)

    make_series(None)

    assert len(days_of(series)) == 8
    assert days_of(paused) == []


def test_a_holiday_is_said_and_not_met_on(series):
    HolidayFactory(office=series.unit.office, on=TUESDAYS[2], name="วันหยุดชดเชย")

    make_meetings(series)

    skipped = series.meetings.get(state=MeetingState.CANCELLED)
    assert skipped.on == TUESDAYS[2]
    assert skipped.cancelled_words == "งดเพราะวันหยุด: วันหยุดชดเชย"
    assert len(days_of(series, state=MeetingState.PLANNED)) == 7


def test_a_holiday_that_comes_later_cancels_and_one_that_goes_restores(series):
    make_meetings(series)
    holiday = HolidayFactory(office=series.unit.office, on=TUESDAYS[0])
    make_meetings(series)
    first = series.meetings.get(starts_at__date=TUESDAYS[0])
    then = first.state
    holiday.delete()

    make_meetings(series)

    first.refresh_from_db()
    assert then == MeetingState.CANCELLED
    assert first.state == MeetingState.PLANNED
    assert first.cancel_reason == ""


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    closed=st.sets(st.integers(0, 60), max_size=30),
    rhythm=st.sampled_from(list(Rhythm.values)),
    weekday=st.integers(0, 6),
)
def test_no_meeting_lies_on_a_holiday_and_no_turn_is_missing(clock, closed, rhythm, weekday):
    clock(*NOW)
    with transaction.atomic():
        series = SeriesFactory(rhythm=rhythm, weekday=weekday)
        holidays = {date(2026, 11, 20) + timedelta(days=days) for days in closed}
        for day in holidays:
            HolidayFactory(office=series.unit.office, on=day)

        make_meetings(series)

        planned = set(days_of(series, state=MeetingState.PLANNED))
        skipped = set(days_of(series, cancel_cause=CancelCause.HOLIDAY))
        assert not planned & holidays
        assert skipped <= holidays
        others = SeriesFactory(rhythm=rhythm, weekday=weekday)
        make_meetings(others)
        assert planned | skipped == set(days_of(others))
        transaction.set_rollback(True)


def test_whoever_is_to_come_within_a_week_is_invited(series):
    colleague = staff_of(series.unit)

    make_meetings(series)

    first, second = series.meetings.order_by("starts_at")[:2]
    assert {row.member for row in first.attendances.all()} == {series.chair, colleague}
    assert second.attendances.count() == 0
    assert published("meetings.invited") == 1


def test_another_time_moves_the_meetings_to_come_but_not_one_changed_by_hand(series):
    make_meetings(series)
    by_hand = series.meetings.get(starts_at__date=TUESDAYS[3])
    change_meeting(by_hand, by=keeper(series), place="ห้องสมุด")

    change_series(series, by=keeper(series), weekday=3, starts_time=time(13, 30))

    thursdays = [day + timedelta(days=2) for day in TUESDAYS]
    assert days_of(series) == [*thursdays[:3], TUESDAYS[3], *thursdays[4:]]
    assert published("meetings.changed") == 1  # only the first one was invited to


def test_a_pause_cancels_what_nobody_has_worked_on_and_resuming_brings_it_back(series):
    make_meetings(series)
    prepared = series.meetings.get(starts_at__date=TUESDAYS[1])
    AgendaItemFactory(meeting=prepared)

    pause_series(series, by=keeper(series))
    after_pause = days_of(series, state=MeetingState.PLANNED)
    resume_series(series, by=keeper(series))

    assert after_pause == [TUESDAYS[1]]
    assert days_of(series, state=MeetingState.PLANNED) == TUESDAYS
    assert history_of(series) == ["series.paused", "series.running"]


def test_an_end_is_for_good(series):
    make_meetings(series)

    end_series(series, by=keeper(series))

    assert days_of(series, state=MeetingState.PLANNED) == []
    with pytest.raises(DomainError):
        resume_series(series, by=keeper(series))
    with pytest.raises(DomainError):
        change_series(series, by=keeper(series), title="ใหม่")


def test_another_rhythm_keeps_the_turns_that_still_are(series):
    make_meetings(series)

    change_series(series, by=keeper(series), rhythm=Rhythm.LAST)
    monthly = days_of(series, state=MeetingState.PLANNED)
    change_series(series, by=keeper(series), rhythm=Rhythm.WEEKLY)

    assert monthly == [date(2026, 11, 24), date(2026, 12, 29)]
    assert days_of(series, state=MeetingState.PLANNED, slot__contains="W") == TUESDAYS


def test_a_series_ends_on_its_day(clock):
    clock(*NOW)
    series = SeriesFactory(until_on=TUESDAYS[1])

    make_meetings(series)

    assert days_of(series) == TUESDAYS[:2]


def test_storytellers_take_turns(clock):
    clock(*NOW)
    group = GroupFactory()
    tellers = [staff_of(group) for _ in range(2)]
    series = SeriesFactory(unit=group, rota=[member.pk for member in tellers])

    make_meetings(series)

    told = [row.storyteller for row in series.meetings.order_by("starts_at")[:4]]
    assert told == [*tellers, *tellers]


def test_numbers_have_no_holes_and_begin_anew_each_buddhist_year(series, clock):
    make_meetings(series)
    by = keeper(series)
    rows = list(series.meetings.order_by("starts_at"))
    clock(2027, 1, 31, 9)

    numbers = [open_meeting(rows[index], by=by).number_text for index in (0, 2, 5, 6)]

    assert [row.on.year for row in (rows[5], rows[6])] == [2026, 2027]
    assert numbers == ["ครั้งที่ 1/2569", "ครั้งที่ 2/2569", "ครั้งที่ 3/2569", "ครั้งที่ 1/2570"]


def test_only_people_of_the_unit_begin_a_series(clock):
    clock(*NOW)
    group = GroupFactory()
    officer, stranger = ActorFactory(unit=group), ActorFactory()
    fields = {
        "title": "ประชุมทุกวันอังคาร",
        "rhythm": Rhythm.WEEKLY,
        "weekday": 1,
        "starts_time": time(9),
        "minutes": 90,
        "from_on": date(2026, 11, 20),
        "chair": officer.member,
    }

    series = create_series(group, by=officer, **fields)

    assert days_of(series) == TUESDAYS
    with pytest.raises(PermissionDenied):
        create_series(group, by=stranger, **fields)
    assert Meeting.objects.exclude(series=series).count() == 0
