"""The rows of a letter's board in ready words, each drawn once.

Whoever follows a letter comes back to its board, and finds nearly every row as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from documents.models import ArrivalState, Letter
from documents.services.following import Recipient
from documents.services.wording import Column, answer_words, state_of_arrival
from portal.core.templatetags.portal import mark
from portal.core.thaidates import short_date, short_datetime, short_time

LONGEST_CELL = 60
REMEMBERED = 10_000  # rows, of about two kilobytes each


class Cell(NamedTuple):
    """One answer in the table."""

    words: str
    is_number: bool


class Row(NamedTuple):
    """One recipient, as it is drawn."""

    pk: int
    name: str
    district: str
    kind: str
    word: str
    note: str
    received: str
    number: int | None
    cells: tuple[Cell, ...]
    phone: str


class Head(NamedTuple):
    """The head of a column of answers, and its sum."""

    label: str
    short: str
    is_number: bool
    sum: str


def heads_of(columns: Sequence[Column], sums: Mapping[str, str]) -> list[Head]:
    """Return the heads of these columns."""
    return [
        Head(column.label, _shortened(column.label), column.is_number, sums.get(column.key, ""))
        for column in columns
    ]


def rows_of(
    recipients: Sequence[Recipient], letter: Letter, columns: Sequence[Column], now: datetime
) -> list[Row]:
    """Return the rows of these recipients, with their answers in these columns."""
    return [_row(recipient, letter, columns, now) for recipient in recipients]


def draw_rows(rows: Iterable[Row]) -> SafeString:
    """Return the rows as HTML."""
    draw = _draw if settings.DEBUG else _drawn
    return SafeString("".join(map(draw, rows)))


def _draw(row: Row) -> SafeString:
    return mark("board_row", "documents/board_row.jinja", row=row)


_drawn = lru_cache(maxsize=REMEMBERED)(_draw)


def _row(recipient: Recipient, letter: Letter, columns: Sequence[Column], now: datetime) -> Row:
    kind, word = state_of_arrival(recipient, letter)
    at, due_at = recipient.received_at, recipient.due_at
    needs_call = recipient.state == ArrivalState.WAITING or recipient.is_overdue(now)
    return Row(
        recipient.pk,
        recipient.name,
        recipient.district,
        kind,
        word,
        _extended(due_at) if due_at and due_at != letter.due_at else "",
        _received(at) if at else "",
        recipient.number,
        _cells(recipient, columns) if columns else (),
        recipient.phone if needs_call else "",
    )


@lru_cache(maxsize=REMEMBERED)
def _received(at: datetime) -> str:
    """Say when, without the year: 18 พ.ย. 12.20 น."""
    return f"{short_date(at).rpartition(' ')[0]} {short_time(at)}"


@lru_cache(maxsize=REMEMBERED)
def _extended(due_at: datetime) -> str:
    return f"ขยายถึง {short_datetime(due_at)}"


def _cells(recipient: Recipient, columns: Sequence[Column]) -> tuple[Cell, ...]:
    answers = recipient.answers(columns)
    return tuple(
        Cell(_shortened(answer_words(column.kind, answer)), column.is_number)
        for column, answer in zip(columns, answers, strict=True)
    )


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_CELL else Truncator(words).chars(LONGEST_CELL)
