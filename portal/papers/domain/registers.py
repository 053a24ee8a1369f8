"""The registers on paper: tables over many pages, a receipt slip, the sign-off of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """One column: its head and its width in millimetres; a sheet has 267 of them."""

    label: str
    width: float


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """What stands in a cell; `was` is struck through above it, `notes` stand small beneath it."""

    text: str = ""
    was: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One line; of a void one everything but the number is struck through."""

    cells: Sequence[TableCell]
    is_void: bool = False


@dataclass(frozen=True, kw_only=True)
class TablePaper:
    """A register as it is printed: A4 lying, its head and the head of its table on every page.

    form        "แบบที่ 13"; empty for what has no form of the regulation
    lines       below the title: year, numbers, dates
    made        at the foot of every page: who printed it, and when
    first_page  the number of its first page, when it is a part of a longer paper
    pages       how many pages the longer paper has; 0: as many as this one
    """

    title: str
    unit: str
    columns: Sequence[TableColumn]
    rows: Sequence[TableRow]
    form: str = ""
    lines: Sequence[str] = ()
    made: str = ""
    first_page: int = 1
    pages: int = 0
    date: date | None = None
    thai_numerals: bool = True

    def data(self) -> dict[str, Any]:
        """The same as plain data for `typeset`."""
        return asdict(self) | {"date": self.date or ""}


@dataclass(frozen=True, kw_only=True)
class SlipPaper:
    """ใบรับหนังสือ (form 17): which letter, to whom, received when and by whom."""

    unit: str
    number: str
    to: str
    subject: str
    received_on: str
    received_time: str
    receiver: str
    register_number: str = ""
    date: date | None = None
    thai_numerals: bool = True

    def data(self) -> dict[str, Any]:
        """The same as plain data for `typeset`."""
        return asdict(self) | {"date": self.date or ""}


@dataclass(frozen=True, kw_only=True)
class ClosedBook:
    """One register of the year that was signed off, in figures and with its fingerprint."""

    name: str
    first: str
    last: str
    count: str
    voids: str
    corrections: str
    verdict: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ClosingPaper:
    """The sign-off of a unit's registers of one year."""

    unit: str
    year: str
    books: Sequence[ClosedBook]
    closed: str
    note: str = ""
    made: str = ""
    date: date | None = None
    thai_numerals: bool = True

    def data(self) -> dict[str, Any]:
        """The same as plain data for `typeset`."""
        return asdict(self) | {"date": self.date or ""}


TABLE_FIELDS = frozenset(field.name for field in fields(TablePaper))
SLIP_FIELDS = frozenset(field.name for field in fields(SlipPaper))
CLOSING_FIELDS = frozenset(field.name for field in fields(ClosingPaper))
