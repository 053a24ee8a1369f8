"""From the data of a paper to the words that are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from portal.core.thaidates import long_date
from portal.core.thaidates import thai_digits as every_thai_digit
from portal.core.thaitext import tidy
from portal.papers.domain.lines import pieces

# A file's name and hash must stay exactly as they are, whatever the digits around them.
VERBATIM_FIELDS = frozenset({"file_name", "sha256"})
CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\ue000-\uf8ff]"
)
LATIN_WORD = re.compile(r"([0-9@:/._%+\-]*[A-Za-z][A-Za-z0-9@:/._%+\-]*)")
UNDATED = datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=7)))


def printable(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of one paper with every text clean, in the digits it asks for, cut into pieces."""
    wants_thai = bool(data.get("thai_numerals", True))
    return {
        key: clean(value) if key in VERBATIM_FIELDS else _printable(value, wants_thai=wants_thai)
        for key, value in data.items()
    }


def _printable(value: Any, *, wants_thai: bool) -> Any:
    if isinstance(value, str):
        text = clean(value)
        return pieces(thai_digits(text) if wants_thai else text)
    if isinstance(value, date):
        return _printable(long_date(value), wants_thai=wants_thai)
    if isinstance(value, Mapping):
        return {key: _printable(item, wants_thai=wants_thai) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_printable(item, wants_thai=wants_thai) for item in value if item != ""]
    return value


def clean(text: str) -> str:
    """The text in one spelling, its lines ended by a line feed, without signs that nobody sees."""
    lines = "\n".join(tidy(text).replace("\t", " ").splitlines())
    return CONTROL.sub("", lines).replace("\u2011", "-")


def thai_digits(text: str) -> str:
    """Arabic digits become Thai ones, except in Latin words: A4, COVID-19, addresses on the web."""
    parts = LATIN_WORD.split(text)
    parts[::2] = map(every_thai_digit, parts[::2])
    return "".join(parts)


def made_at(data: Mapping[str, Any]) -> datetime:
    """When the paper says it was made: at the receipt, or on the letter's day.

    The clock is not asked, so the same data always give the same file.
    """
    moment = data.get("received_at") or data.get("date")
    if isinstance(moment, datetime):
        return moment.astimezone(UNDATED.tzinfo).replace(microsecond=0)  # a PDF counts seconds
    if isinstance(moment, date):
        return datetime.combine(moment, time(), tzinfo=UNDATED.tzinfo)
    return UNDATED
