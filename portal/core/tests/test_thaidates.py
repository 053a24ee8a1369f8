"""Dates as typed and as shown."""

from datetime import UTC, date, datetime, time

import pytest

from portal.core.thaidates import (
    BANGKOK,
    arabic_digits,
    day_bounds,
    long_date,
    near,
    near_date,
    parse_date,
    parse_datetime,
    parse_time,
    short_date,
    short_datetime,
    short_time,
    thai_digits,
    weekday_date,
)

DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "20 พ.ย. 2569",
        "20 พ.ย. 69",
        "20พ.ย.2569",
        "20 พย 2569",
        "20 พ.ย 2569",
        "20 พฤศจิกายน 2569",
        "20 พฤศจิกายน พ.ศ. 2569",
        "๒๐ พฤศจิกายน ๒๕๖๙",
        "20\u00a0พ.ย.\u00a02569",
        "  20   พ.ย.  2569 ",
        "วันศุกร์ที่ 20 พฤศจิกายน 2569",
        "วันที่ 20 พ.ย. 2569",
        "20 พ.ย. 2026",
        "20 พ.ย. ค.ศ. 2026",
        "20/11/2569",
        "20/11/69",
        "20-11-2026",
        "20.11.2569",
        "๒๐/๑๑/๒๕๖๙",
        "2026-11-20",
        "2569-11-20",
        "2026/11/20",
    ],
)
def test_every_way_to_type_a_date_is_understood(typed):
    assert parse_date(typed) == DAY


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "พรุ่งนี้",
        "20 พ.ย.",
        "31/02/2569",
        "29 ก.พ. 2569",
        "20/13/2569",
        "20/11/569",
        "20/11/0069",
        "20 xx 2569",
        "2569",
        "20 พ.ย. 2569 16.30",
        "11/20/2026",
    ],
)
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        parse_date(typed)


def test_the_leap_day_is_that_of_the_christian_year():
    assert parse_date("29 ก.พ. 2567") == date(2024, 2, 29)


@pytest.mark.parametrize("day", [date(2026, month, 9) for month in range(1, 13)])
def test_what_is_shown_can_be_typed_again(day):
    assert parse_date(short_date(day)) == day
    assert parse_date(long_date(day)) == day
    assert parse_date(weekday_date(day)) == day
    assert parse_date(thai_digits(long_date(day))) == day


@pytest.mark.parametrize(
    "typed", ["16.30", "16:30", "16.30 น.", "16.30น.", "๑๖.๓๐ น.", "เวลา 16.30 น.", "16:30:00"]
)
def test_every_way_to_type_a_time_is_understood(typed):
    assert parse_time(typed) == time(16, 30)


def test_a_full_hour_needs_no_minutes_but_the_word():
    assert parse_time("9 น.") == time(9, 0)


@pytest.mark.parametrize("typed", ["", "16", "24.00", "16.60", "16.3", "บ่ายสามโมง", "25:00 น."])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        parse_time(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "20 พ.ย. 2569 16.30 น.",
        "20 พ.ย. 2569 เวลา 16.30 น.",
        "20 พ.ย. 2569, 16:30",
        "20/11/2569 16.30",
        "2026-11-20T16:30",
        "2026-11-20 16:30:00",
        "๒๐ พฤศจิกายน ๒๕๖๙ เวลา ๑๖.๓๐ น.",
    ],
)
def test_a_moment_is_a_date_and_a_time_in_bangkok(typed):
    assert parse_datetime(typed) == MOMENT


def test_a_moment_without_a_time_takes_the_given_one_or_is_refused():
    assert parse_datetime("20 พ.ย. 2569", default_time=time(16, 30)) == MOMENT
    with pytest.raises(ValueError, match="no time"):
        parse_datetime("20 พ.ย. 2569")


def test_moments_are_shown_on_the_clock_of_bangkok():
    late = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)

    assert short_date(late) == "1 ม.ค. 2570"
    assert short_time(late) == "00.00 น."
    assert short_datetime(MOMENT) == "20 พ.ย. 2569 16.30 น."
    assert long_date(MOMENT) == "20 พฤศจิกายน 2569"
    assert weekday_date(DAY) == "วันศุกร์ที่ 20 พฤศจิกายน 2569"


def test_near_days_have_names():
    now = datetime(2026, 11, 20, 23, 59, tzinfo=BANGKOK)

    assert near(MOMENT, now) == "วันนี้ 16.30 น."
    assert near(datetime(2026, 11, 21, 0, 1, tzinfo=BANGKOK), now) == "พรุ่งนี้ 00.01 น."
    assert near(datetime(2026, 11, 19, 8, 0, tzinfo=BANGKOK), now) == "เมื่อวาน 08.00 น."
    assert near(datetime(2026, 11, 23, 8, 0, tzinfo=BANGKOK), now) == "23 พ.ย. 2569 08.00 น."
    assert near_date(date(2026, 11, 21), DAY) == "พรุ่งนี้"
    assert near_date(date(2026, 11, 25), DAY) == "25 พ.ย. 2569"


def test_digits_go_both_ways():
    assert thai_digits("ศธ 04225/ว 123") == "ศธ ๐๔๒๒๕/ว ๑๒๓"
    assert arabic_digits("ศธ ๐๔๒๒๕/ว ๑๒๓") == "ศธ 04225/ว 123"


def test_a_day_in_bangkok_begins_at_17_utc_of_the_day_before():
    first, after = day_bounds(DAY)

    assert first == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert after == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
