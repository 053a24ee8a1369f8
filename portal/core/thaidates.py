"""Dates and times as the office writes and reads them; stored Gregorian, shown Buddhist.

Pure functions without Django, so that every layer, the papers and the `domain` modules may use
them. Whatever is written here with an ordinary space is shown on pages with a no-break space by
the template filters of `portal.core.templatetags.portal`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")
BE_OFFSET = 543
LAST_CE_YEAR = 2400

MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
NEAR_DAYS = {-1: "เมื่อวาน", 0: "วันนี้", 1: "พรุ่งนี้"}

_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

_MONTH_NUMBERS = {
    name.replace(".", ""): number
    for names in (MONTHS, SHORT_MONTHS)
    for number, name in enumerate(names, start=1)
}
_PREFIX = re.compile(r"^(?:วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์)(?:ที่)?|วันที่|ที่)\s*")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{2}|[0-9]{4})")
_NAMED_MONTH = re.compile(
    r"([0-9]{1,2})\s*[-/]?\s*([ก-ฮะ-์.]+?)\s*[-/]?\s*(พ\.?ศ\.?|ค\.?ศ\.?)?\s*([0-9]{2}|[0-9]{4})"
)
_TIME = re.compile(r"(?:เวลา\s*)?([0-9]{1,2})(?:[.:]([0-9]{2}))?(?:[.:][0-9]{2})?\s*(น\.?|นาฬิกา)?")
_DATE_THEN_TIME = re.compile(
    r"(.*[0-9])(?:T|\s*,?\s*เวลา\s*|\s*,\s*|\s+)([0-9]{1,2}(?:[.:][0-9]{2}){1,2}(?:\s*น\.?)?)"
)


# Writing -----------------------------------------------------------------------------------------


def thai_digits(text: object) -> str:
    """Return the text with Thai numerals: ศธ ๐๔๒๒๕/ว ๑๒๓."""
    return str(text).translate(_TO_THAI)


def arabic_digits(text: object) -> str:
    """Return the text with Arabic numerals."""
    return str(text).translate(_TO_ARABIC)


def short_date(day: date) -> str:
    """Return 20 พ.ย. 2569; of a moment, its day in Bangkok."""
    day = _bangkok_day(day)
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year + BE_OFFSET}"


def long_date(day: date) -> str:
    """Return 20 พฤศจิกายน 2569, as at the head of a letter."""
    day = _bangkok_day(day)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + BE_OFFSET}"


def weekday_date(day: date) -> str:
    """Return วันศุกร์ที่ 20 พฤศจิกายน 2569, as in the body of a letter."""
    day = _bangkok_day(day)
    return f"วัน{WEEKDAYS[day.weekday()]}ที่ {long_date(day)}"


def short_time(moment: datetime | time) -> str:
    """Return 16.30 น., of a moment on the clock of Bangkok."""
    if isinstance(moment, datetime):
        moment = _in_bangkok(moment)
    return f"{moment.hour:02}.{moment.minute:02} น."


def short_datetime(moment: datetime) -> str:
    """Return 20 พ.ย. 2569 16.30 น."""
    return f"{short_date(moment)} {short_time(moment)}"


def near(moment: datetime, now: datetime) -> str:
    """Return วันนี้, พรุ่งนี้ or เมื่อวาน with the time, and any other day with its date."""
    days = (_bangkok_day(moment) - _bangkok_day(now)).days
    if days in NEAR_DAYS:
        return f"{NEAR_DAYS[days]} {short_time(moment)}"
    return short_datetime(moment)


def near_date(day: date, today: date) -> str:
    """Return วันนี้, พรุ่งนี้ or เมื่อวาน, and any other day as its date."""
    day = _bangkok_day(day)
    return NEAR_DAYS.get((day - _bangkok_day(today)).days) or short_date(day)


# Reading -----------------------------------------------------------------------------------------


def parse_date(text: str) -> date:
    """Return the day that a person typed, in Buddhist or Christian years, with any digits.

    Understood are 20 พ.ย. 2569, 20 พฤศจิกายน 69, 20/11/2569, 20-11-2026, 2026-11-20 and the same
    with Thai digits, a weekday or “พ.ศ.”. A year after 2400 is Buddhist, and so are two digits.
    Anything else raises ValueError.
    """
    plain = _PREFIX.sub("", _plain(text))
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = found.groups()
        return date(_ce_year(year), int(month), int(day))
    if found := _DAY_FIRST.fullmatch(plain):
        day, month, year = found.groups()
        return date(_ce_year(year), int(month), int(day))
    if found := _NAMED_MONTH.fullmatch(plain):
        day, name, era, year = found.groups()
        number = _MONTH_NUMBERS.get(name.replace(".", ""))
        if number:
            return date(_ce_year(year, era or ""), number, int(day))
    raise ValueError(f"not a date: {text!r}")


def parse_time(text: str) -> time:
    """Return the time that a person typed: 16.30, 16:30, 16.30 น., 9 น.; else raise ValueError."""
    found = _TIME.fullmatch(_plain(text))
    if not found or not (found[2] or found[3]):
        raise ValueError(f"not a time: {text!r}")
    return time(int(found[1]), int(found[2] or 0))


def parse_datetime(text: str, *, default_time: time | None = None) -> datetime:
    """Return the moment in Bangkok that a person typed: a date, then a time.

    Without a time it is `default_time` of that day; when there is none, ValueError is raised.
    """
    plain = _plain(text)
    found = _DATE_THEN_TIME.fullmatch(plain)
    if found:
        return datetime.combine(parse_date(found[1]), parse_time(found[2]), tzinfo=BANGKOK)
    if default_time is None:
        raise ValueError(f"no time in {text!r}")
    return datetime.combine(parse_date(plain), default_time, tzinfo=BANGKOK)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of the day in Bangkok and the first moment after it."""
    return (
        datetime.combine(day, time.min, tzinfo=BANGKOK),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=BANGKOK),
    )


# -------------------------------------------------------------------------------------------------


def _in_bangkok(moment: datetime) -> datetime:
    """Return the moment on the office's wall clock; one without a zone is there already."""
    return moment.astimezone(BANGKOK) if moment.tzinfo else moment


def _bangkok_day(day: date) -> date:
    return _in_bangkok(day).date() if isinstance(day, datetime) else day


def _plain(text: str) -> str:
    """Arabic digits, and every run of white space (no-break ones, too) as one space."""
    return " ".join(arabic_digits(text).split())


def _ce_year(digits: str, era: str = "") -> int:
    """Return the Christian year of what was typed."""
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if era.startswith("ค") else 2500
    is_buddhist = era.startswith("พ") or (not era and year > LAST_CE_YEAR) or year >= 2500
    year -= BE_OFFSET if is_buddhist else 0
    if not 1800 <= year < 2300:
        raise ValueError(f"no year of ours: {digits}")
    return year
