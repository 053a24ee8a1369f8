"""Working days: Monday to Friday without the office's holidays. Pure functions without Django."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from portal.core.thaidates import BANGKOK

MORNING = time(7, 0)
END_OF_DAY = time(16, 30)
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def end_of_day(day: date) -> datetime:
    """Return the moment at which the office closes on this day."""
    return datetime.combine(day, END_OF_DAY, tzinfo=BANGKOK)


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Answer whether the office is open on this day."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """Return the working day `count` working days after `day` (before it when negative).

    With 0 it is `day` itself, or the next working day when the office is closed on it.
    """
    if count == 0:
        while not is_working_day(day, holidays):
            day += ONE_DAY
        return day
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


def next_working_morning(
    now: datetime, holidays: Collection[date] = (), *, at: time = MORNING
) -> datetime:
    """Return the next moment after `now` at which a working day in Bangkok is at `at`."""
    here = now.astimezone(BANGKOK)
    day = here.date() if here.time() < at else here.date() + ONE_DAY
    return datetime.combine(add_working_days(day, 0, holidays), at, tzinfo=BANGKOK)
