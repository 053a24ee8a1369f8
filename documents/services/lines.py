"""The lines of a register as the forms show them: on the screen, on paper and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, prefetch_related_objects

from documents.models import EntryCorrection, EntryState, RegisterBook, RegisterEntry, Series
from documents.services.calling import call_remarks
from documents.services.correcting import Corrected, corrections_of, note_of, shown
from portal.core.clock import BANGKOK
from portal.core.prepared import prepared
from portal.core.thaidates import day_bounds, short_date, short_time

CHUNK = 1_000
NAMES_SHOWN = 50


class Column(NamedTuple):
    """One column of a form: which field, its head, and its width on paper in millimetres."""

    name: str
    label: str
    width: float


def _letters(first: str) -> tuple[Column, ...]:
    """Forms 13 and 14, in the order of the regulation."""
    return (
        Column("number", first, 22),
        Column("letter_number", "ที่", 32),
        Column("letter_dated_on", "ลงวันที่", 25),
        Column("from_text", "จาก", 39),
        Column("to_text", "ถึง", 41),
        Column("subject", "เรื่อง", 55),
        Column("action_text", "การปฏิบัติ", 30),
        Column("remarks", "หมายเหตุ", 23),
    )


def _decrees(owner: str) -> tuple[Column, ...]:
    return (
        Column("number", "เลขทะเบียน", 24),
        Column("letter_number", "เลขที่", 28),
        Column("letter_dated_on", "ลงวันที่", 27),
        Column("subject", "เรื่อง", 90),
        Column("from_text", owner, 58),
        Column("remarks", "หมายเหตุ", 40),
    )


OUTGOING = _letters("เลขทะเบียนส่ง")
COLUMNS: dict[str, tuple[Column, ...]] = {
    Series.IN: _letters("เลขทะเบียนรับ"),
    Series.OUT: OUTGOING,
    Series.CIRCULAR: OUTGOING,
    Series.MEMO: OUTGOING,
    Series.ORDER: _decrees("ผู้ลงนาม / เจ้าของเรื่อง"),
    Series.ANNOUNCEMENT: _decrees("ผู้ลงนาม / เจ้าของเรื่อง"),
    Series.CERTIFICATE: (
        Column("number", "เลขทะเบียน", 24),
        Column("letter_number", "เลขที่", 28),
        Column("letter_dated_on", "ลงวันที่", 27),
        Column("to_text", "ออกให้แก่", 60),
        Column("subject", "เรื่อง", 60),
        Column("from_text", "ผู้ลงนาม", 38),
        Column("remarks", "หมายเหตุ", 30),
    ),
    Series.AWARD: (
        Column("number", "เลขทะเบียน", 24),
        Column("letter_number", "เลขที่", 28),
        Column("to_text", "ชื่อผู้ได้รับ", 62),
        Column("subject", "งานหรือกิจกรรม", 60),
        Column("letter_dated_on", "ลงวันที่", 27),
        Column("from_text", "ผู้ลงนาม", 36),
        Column("remarks", "หมายเหตุ", 30),
    ),
}
FORMS = {
    Series.IN: ("แบบที่ 13", "ทะเบียนหนังสือรับ"),
    Series.OUT: ("แบบที่ 14", "ทะเบียนหนังสือส่ง"),
    Series.CIRCULAR: ("แบบที่ 14", "ทะเบียนหนังสือส่ง (หนังสือเวียน)"),
    Series.MEMO: ("แบบที่ 14", "ทะเบียนบันทึกข้อความ"),
}


class Cell(NamedTuple):
    """What stands in one column of a line: the words now, those before, and remarks on it."""

    column: Column
    text: str
    was: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Words(NamedTuple):
    """A line as it is drawn: its cells, and what they lead to."""

    entry: int
    letter: int | None
    is_void: bool
    is_reserved: bool
    run_count: int
    run_end: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Line:
    """One line of a register with its cells in the order of the form."""

    entry: RegisterEntry
    cells: tuple[Cell, ...]

    @property
    def words(self) -> Words:
        entry = self.entry
        return Words(
            entry=entry.pk,
            letter=entry.letter_id,
            is_void=self.is_void,
            is_reserved=self.is_reserved,
            run_count=self.run_count,
            run_end=entry.run_end,
            cells=self.cells,
        )

    @property
    def is_void(self) -> bool:
        return self.entry.state == EntryState.VOID

    @property
    def is_reserved(self) -> bool:
        return self.entry.state == EntryState.RESERVED

    @property
    def run_count(self) -> int:
        """How many numbers were taken together; 0 for a single one."""
        return self.entry.run_end - self.entry.number + 1 if self.entry.run_end else 0


@dataclass(frozen=True)
class Span:
    """Which lines of a book: by number, by day, or all."""

    first: int | None = None
    last: int | None = None
    from_on: date | None = None
    to_on: date | None = None

    def of(self, book: RegisterBook) -> QuerySet[RegisterEntry]:
        """Return the lines of the book within it, the first number first."""
        wanted: dict[str, Any] = {"number__gte": self.first, "number__lte": self.last}
        if self.from_on:
            wanted["registered_at__gte"] = datetime.combine(self.from_on, time(), tzinfo=BANGKOK)
        if self.to_on:
            wanted["registered_at__lt"] = day_bounds(self.to_on)[1]
        given = {name: value for name, value in wanted.items() if value is not None}
        return RegisterEntry.objects.filter(book=book, **given).order_by("number")

    def words(self) -> str:
        """Return it as the head of a paper says it."""
        parts = []
        if self.first is not None or self.last is not None:
            last = f" ถึง {self.last:,}" if self.last is not None else " เป็นต้นไป"
            parts.append(f"เลข {self.first or 1:,}{last}")
        if self.from_on or self.to_on:
            since = f"ตั้งแต่ {short_date(self.from_on)} " if self.from_on else ""
            parts.append(f"{since}{f'ถึง {short_date(self.to_on)}' if self.to_on else 'เป็นต้นไป'}")
        return " · ".join(parts) or "ทั้งเล่ม"


def lines_of(book: RegisterBook, entries: Iterable[RegisterEntry]) -> list[Line]:
    """Return these entries as lines: one question for their corrections, one for the calls."""
    rows = list(entries)
    found, called = corrections_of(rows), call_remarks(book, rows)
    columns = COLUMNS[book.series]
    return [line_of(row, found.get(row.pk, []), columns, called.get(row.pk, [])) for row in rows]


def line_of(
    entry: RegisterEntry,
    corrected: Iterable[Corrected],
    columns: Iterable[Column],
    called: Iterable[str] = (),
) -> Line:
    """Return one line; what no column of the form shows stands in its last one."""
    by_column = {one.column: one for one in corrected}
    cells = [
        Cell(column, text_of(entry, column.name), _was(by_column.get(column.name)))
        for column in columns
    ]
    when = (short_date(entry.registered_at), short_time(entry.registered_at))
    cells[0] = Cell(cells[0].column, cells[0].text, cells[0].was, when)
    if notes := (*_notes(entry, by_column.values()), *called):
        cells[-1] = cells[-1]._replace(notes=notes)
    return Line(entry, tuple(cells))


def _was(corrected: Corrected | None) -> tuple[str, ...]:
    if corrected is None:
        return ()
    return tuple(shown(corrected.column, value) for value in corrected.was)


def text_of(entry: RegisterEntry, name: str) -> str:
    value = getattr(entry, name)
    if isinstance(value, date):
        return short_date(value)
    return str(value) if value is not None else ""


def _notes(entry: RegisterEntry, corrected: Iterable[Corrected]) -> Iterator[str]:
    if entry.state == EntryState.VOID:
        when = f" ({short_date(entry.voided_at)})" if entry.voided_at else ""
        yield f"ยกเลิก: {entry.void_reason}{when}"
    elif entry.state == EntryState.RESERVED:
        kept = entry.reservation
        yield f"จองไว้ ใช้ภายใน {short_date(kept.expires_on)} โดย {kept.holder}"
    for one in corrected:
        yield from (note_of(correction) for correction in one.notes)


def with_parts(entries: QuerySet[RegisterEntry]) -> QuerySet[RegisterEntry]:
    """Return the entries with what their lines read."""
    return entries.select_related("letter", "reservation__holder")


def page_of(book: RegisterBook, *, after: int | None, size: int) -> list[RegisterEntry]:
    """Return up to `size` lines of the book, the last number first, behind a number.

    What numbers are reserved for is asked when there are any: one question more, or two.
    """
    rows = _page(book.pk, () if after is None else (after,), size=size)
    reserved = [row for row in rows if row.state == EntryState.RESERVED]
    if reserved:
        prefetch_related_objects(reserved, "reservation__holder")
    return rows


@prepared
def _page(book: int, after: tuple[int, ...], *, size: int) -> QuerySet[RegisterEntry]:
    rows = RegisterEntry.objects.filter(book=book, run_head__isnull=True)
    for number in after:
        rows = rows.filter(number__lt=number)
    return rows.annotate(
        is_corrected=Exists(EntryCorrection.objects.filter(entry=OuterRef("pk")))
    ).order_by("-number")[:size]


def books_beside(pk: int, units: Iterable[int]) -> list[RegisterBook]:
    """Return a book and those of its unit and series, of these units only: newest year first."""
    return _books(pk, tuple(units))


@prepared
def _books(pk: int, units: tuple[int, ...]) -> QuerySet[RegisterBook]:
    same = RegisterBook.objects.filter(pk=pk)
    found = RegisterBook.objects.filter(
        unit__in=same.values("unit"), series__in=same.values("series")
    )
    return found.filter(unit__in=units).select_related("unit").order_by("-be_year")


def chunks_of(book: RegisterBook, span: Span) -> Iterator[list[Line]]:
    """Give the lines of the span a thousand at a time: three questions for each thousand."""
    after = 0
    while True:
        rows = list(with_parts(span.of(book).filter(number__gt=after))[:CHUNK])
        if not rows:
            return
        yield lines_of(book, rows)
        after = rows[-1].number


class Name(NamedTuple):
    """One number of a run, and for whom it was taken."""

    number: int
    to_text: str


def names_in(run: Iterable[RegisterEntry]) -> tuple[Name, ...]:
    """Return the lines of a run as they are drawn in its first one."""
    return tuple(Name(entry.number, entry.to_text) for entry in run)


def names_of(
    book: RegisterBook, entries: Iterable[RegisterEntry]
) -> dict[int, list[RegisterEntry]]:
    """Return the first lines of the runs that begin with these entries: one question, or none."""
    heads = {row.pk: row for row in entries if row.run_end}
    if not heads:
        return {}
    found: dict[int, list[RegisterEntry]] = {pk: [row] for pk, row in heads.items()}
    rest = book.entries.filter(
        run_head__in=list(heads), number__lt=F("run_head__number") + NAMES_SHOWN
    )
    for row in rest.order_by("number"):
        if row.run_head_id is not None:
            found[row.run_head_id].append(row)
    return found
