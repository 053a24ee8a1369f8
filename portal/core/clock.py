"""One clock for leases, years and deadlines: the database's, read in Asia/Bangkok."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import connection

from portal.core.thaidates import BANGKOK, BE_OFFSET

__all__ = ["BANGKOK", "BE_OFFSET", "bangkok", "be_year", "db_now", "midnight", "today"]


def db_now() -> datetime:
    """Return the database's wall clock as an aware UTC time, moved by CLOCK_SHIFT_SECONDS.

    On PostgreSQL this is `clock_timestamp()`, read at the moment of the call and not at the start
    of the transaction, so that a time read after a lock is later than every time read before it.
    SQLite lives in this process, so its clock is ours.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            now: datetime = cursor.fetchone()[0]
    else:
        now = datetime.now(UTC)
    return shifted(now)


def shifted(now: datetime) -> datetime:
    """Return a time of the real clock, moved by CLOCK_SHIFT_SECONDS as the whole house is."""
    return now + timedelta(seconds=settings.CLOCK_SHIFT_SECONDS)


def bangkok(moment: datetime) -> datetime:
    """Return the same moment on the office's wall clock."""
    return moment.astimezone(BANGKOK)


def now_here() -> datetime:
    """Return the time by this process's clock, moved by CLOCK_SHIFT_SECONDS: for what is shown.

    It needs no question to the database; `/readyz` watches that the two clocks agree. What is
    kept, numbered or decided has the time of `db_now`.
    """
    return shifted(datetime.now(UTC))


def today() -> date:
    """Return today's date in Bangkok, by this process's clock."""
    return bangkok(now_here()).date()


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins in Bangkok."""
    return datetime.combine(day, time(), tzinfo=BANGKOK)


def be_year(moment: datetime) -> int:
    """Return the Buddhist year of a moment, as the office's wall clock shows it."""
    return bangkok(moment).year + BE_OFFSET
