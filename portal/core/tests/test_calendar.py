"""Working days of an office."""

from datetime import date, datetime, time

from portal.core.calendar import (
    add_working_days,
    is_working_day,
    next_working_morning,
)
from portal.core.thaidates import BANGKOK

FRIDAY = date(2026, 12, 4)
SATURDAY = date(2026, 12, 5)
MONDAY_CLOSED = date(2026, 12, 7)
TUESDAY = date(2026, 12, 8)
HOLIDAYS = frozenset({MONDAY_CLOSED})


def test_weekends_and_holidays_are_no_working_days():
    assert is_working_day(FRIDAY, HOLIDAYS)
    assert not is_working_day(SATURDAY, HOLIDAYS)
    assert not is_working_day(MONDAY_CLOSED, HOLIDAYS)
    assert is_working_day(MONDAY_CLOSED)


def test_working_days_are_counted_over_weekend_and_holiday():
    assert add_working_days(FRIDAY, 1, HOLIDAYS) == TUESDAY
    assert add_working_days(TUESDAY, -1, HOLIDAYS) == FRIDAY
    assert add_working_days(SATURDAY, 0, HOLIDAYS) == TUESDAY
    assert add_working_days(FRIDAY, 0, HOLIDAYS) == FRIDAY
    assert add_working_days(FRIDAY, 5, HOLIDAYS) == date(2026, 12, 14)


def test_the_next_morning_is_today_only_before_it():
    early = datetime(2026, 12, 4, 6, 59, tzinfo=BANGKOK)
    on_time = datetime(2026, 12, 4, 7, 0, tzinfo=BANGKOK)

    assert next_working_morning(early, HOLIDAYS) == on_time
    assert next_working_morning(on_time, HOLIDAYS) == datetime(2026, 12, 8, 7, 0, tzinfo=BANGKOK)
    assert next_working_morning(early, HOLIDAYS, at=time(8, 30)) == datetime(
        2026, 12, 4, 8, 30, tzinfo=BANGKOK
    )
