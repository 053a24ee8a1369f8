"""On which days a series meets. Pure functions without Django."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

WEEKLY = "weekly"
# Which of the weekdays of a month; 4 never falls out, 5 is the last one.
WEEK_OF_MONTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 5}


@dataclass(frozen=True)
class Slot:
    """One turn of a series: its day, and the week or month of which it is the turn."""

    key: str
    on: date


def key_of(rhythm: str, day: date) -> str:
    """Return the turn to which a day belongs: 2026-W47 of a week, 2026-11 of a month."""
    if rhythm == WEEKLY:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}"


def is_turn(rhythm: str, weekday: int, day: date) -> bool:
    """Answer whether a series of this rhythm meets on the day."""
    if day.weekday() != weekday:
        return False
    if rhythm == WEEKLY:
        return True
    if rhythm == "last":
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == WEEK_OF_MONTH[rhythm]


def slots(rhythm: str, weekday: int, first: date, last: date) -> list[Slot]:
    """Return every turn from `first` up to and with `last`; none when they are the wrong way."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    found = []
    while day <= last:
        if is_turn(rhythm, weekday, day):
            found.append(Slot(key_of(rhythm, day), day))
        day += timedelta(days=7)
    return found


def storyteller_of(rota: Collection[int], held: int) -> int | None:
    """Return whose turn it is to tell a story after `held` turns; None without a rota."""
    return list(rota)[held % len(rota)] if rota else None
