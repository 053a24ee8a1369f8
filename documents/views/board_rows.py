"""The rows of a letter's board in ready bytes, each drawn once.

Whoever follows a letter comes back to its board, and finds nearly every row as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.text import Truncator

from documents.models import ArrivalState, Letter
from documents.services.following import Recipient
from documents.services.wording import Column, answer_words, state_of_arrival
from portal.core.templatetags.portal import mark
from portal.core.thaidates import short_date, short_datetime, short_time

LONGEST_CELL = 60
REMEMBERED = 10_000  # rows, of about one kilobyte each


class Demand(NamedTuple):
    """What a letter wants of each recipient, as far as the rows of its board show it."""

    expects_answer: bool
    due_at: datetime | None
    columns: tuple[Column, ...]


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


def draw_rows(
    recipients: Iterable[Recipient], letter: Letter, columns: Sequence[Column], now: datetime
) -> bytes:
    """Return the rows of these recipients as HTML in bytes, with their answers in these columns."""
    demand = Demand(letter.expects_answer, letter.due_at, tuple(columns))
    draw = _draw if settings.DEBUG else _drawn
    return b"".join([draw(one, demand, needs_call(one, now)) for one in recipients])


def needs_call(recipient: Recipient, now: datetime) -> bool:
    """Answer whether the row has a button to telephone: nothing received, or nothing in time."""
    return recipient.state == ArrivalState.WAITING or recipient.is_overdue(now)


def _draw(recipient: Recipient, demand: Demand, is_called: bool) -> bytes:
    row = _row(recipient, demand, is_called=is_called)
    return mark("board_row", "documents/board_row.jinja", row=row).encode()


_drawn = lru_cache(maxsize=REMEMBERED)(_draw)


def _row(recipient: Recipient, demand: Demand, *, is_called: bool) -> Row:
    kind, word = state_of_arrival(recipient, expects_answer=demand.expects_answer)
    at, due_at = recipient.received_at, recipient.due_at
    return Row(
        recipient.pk,
        recipient.name,
        recipient.district,
        kind,
        word,
        f"ขยายถึง {short_datetime(due_at)}" if due_at and due_at != demand.due_at else "",
        _received(at) if at else "",
        recipient.number,
        _cells(recipient, demand.columns),
        recipient.phone if is_called else "",
    )


def _received(at: datetime) -> str:
    """Say when, without the year: 18 พ.ย. 12.20 น."""
    return f"{short_date(at).rpartition(' ')[0]} {short_time(at)}"


def _cells(recipient: Recipient, columns: Sequence[Column]) -> tuple[Cell, ...]:
    answers = recipient.answers(columns)
    return tuple(
        Cell(_shortened(answer_words(column.kind, answer)), column.is_number)
        for column, answer in zip(columns, answers, strict=True)
    )


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_CELL else Truncator(words).chars(LONGEST_CELL)
