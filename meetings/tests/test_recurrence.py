"""On which days a series meets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.domain.recurrence import Slot, key_of, slots, storyteller_of

RHYTHMS = ("weekly", "first", "second", "third", "fourth", "last")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
TUESDAY = 1


def test_every_tuesday_of_a_month():
    found = slots("weekly", TUESDAY, date(2026, 12, 1), date(2026, 12, 31))

    assert [slot.on.day for slot in found] == [1, 8, 15, 22, 29]
    assert found[0] == Slot("2026-W49", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [("first", [3, 1]), ("second", [10, 8]), ("fourth", [24, 22]), ("last", [24, 29])],
)
def test_one_tuesday_of_each_month(rhythm, days):
    found = slots(rhythm, TUESDAY, date(2026, 11, 1), date(2026, 12, 31))

    assert [slot.on.day for slot in found] == days
    assert [slot.key for slot in found] == ["2026-11", "2026-12"]


def test_a_week_belongs_to_its_own_year():
    assert key_of("weekly", date(2027, 1, 1)) == "2026-W53"


def test_nothing_between_an_end_and_a_later_beginning():
    assert slots("weekly", TUESDAY, date(2026, 12, 31), date(2026, 12, 1)) == []


@given(rhythm=st.sampled_from(RHYTHMS), weekday=st.integers(0, 6), first=DAYS)
def test_turns_are_distinct_in_order_and_on_their_weekday(rhythm, weekday, first):
    last = first + timedelta(weeks=20)

    found = slots(rhythm, weekday, first, last)

    assert len({slot.key for slot in found}) == len(found)
    assert found == sorted(found, key=lambda slot: slot.on)
    assert all(slot.on.weekday() == weekday and first <= slot.on <= last for slot in found)
    if rhythm == "weekly":
        assert len(found) in {20, 21}


@given(rhythm=st.sampled_from(RHYTHMS), weekday=st.integers(0, 6), first=DAYS)
def test_a_turn_is_the_same_whenever_one_looks(rhythm, weekday, first):
    whole = slots(rhythm, weekday, first, first + timedelta(weeks=20))
    later = slots(rhythm, weekday, first + timedelta(weeks=3), first + timedelta(weeks=20))

    assert later == [slot for slot in whole if slot.on >= first + timedelta(weeks=3)]


def test_storytellers_take_turns():
    assert [storyteller_of([5, 9], held) for held in range(4)] == [5, 9, 5, 9]
    assert storyteller_of([], 3) is None
