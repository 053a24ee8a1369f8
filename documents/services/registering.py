"""Register books: the next number, gapless, in its year; and the first number of a book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

from documents.domain import row_seal
from documents.models import EntryState, Letter, LetterKind, RegisterBook, RegisterEntry, Series
from documents.policies import can_set_start_number
from members.models import CircularSeries, Unit
from members.services import Actor
from portal.audit.services import record
from portal.core.actors import SystemActor
from portal.core.clock import bangkok, be_year, db_now
from portal.core.errors import DomainError, require
from portal.core.locks import lock_on, locked_at

# One statement for both engines (SQLite has no GREATEST), so that the book is held a moment less.
RAISE = """
UPDATE documents_registerbook
SET last_number =
    CASE WHEN last_number + 1 > start_number THEN last_number + 1 ELSE start_number END
WHERE unit_id = %s AND series = %s AND be_year = %s
RETURNING id, last_number
"""
MAX_START_NUMBER = 999_999
REGISTERED = "register.entry_registered"
RESERVED = "register.number_reserved"
RESERVATION_USED = "register.reservation_used"
VOIDED = "register.entry_voided"
SEALED = (
    "book_id",
    "number",
    "registered_at",
    "letter_id",
    "letter_number",
    "letter_dated_on",
    "from_text",
    "to_text",
    "subject",
    "remarks",
)


@dataclass(frozen=True)
class TakenNumber:
    """A number of a book, held until the transaction ends, and the moment of the deed.

    `reserved` is the line that kept the number, when it was taken on an earlier day.
    """

    book_id: int
    number: int
    at: datetime
    reserved: RegisterEntry | None = None

    @property
    def dated_on(self) -> date:
        """The day of the number: what it stands on is dated so."""
        return bangkok(self.reserved.registered_at if self.reserved else self.at).date()


OWN_SERIES = {
    LetterKind.MEMO: Series.MEMO,
    LetterKind.ORDER: Series.ORDER,
    LetterKind.ANNOUNCEMENT: Series.ANNOUNCEMENT,
}


def series_of(kind: str, issuer: Unit) -> str:
    """Return the series that numbers letters of this kind of an office or a school.

    Circulars have their own unless the issuer chose one for all letters (clause 32).
    """
    if kind == LetterKind.CIRCULAR and issuer.circular_series == CircularSeries.SEPARATE:
        return Series.CIRCULAR
    return OWN_SERIES.get(LetterKind(kind), Series.OUT)


def lock_books(units: set[int], series: str) -> None:
    """Queue for the books of these units, always in the same order."""
    for unit_id in sorted(units):
        lock_on(_queue(unit_id, series))


def _queue(unit_id: int, series: str) -> str:
    return f"book:{unit_id}:{series}"


def take_number(unit_id: int, series: str) -> TakenNumber:
    """Return the next number of the unit's book of this year, raised in the caller's transaction.

    The lock stands for unit and series, and the clock is read after it: so the year is the
    year in which the number was really taken, numbers and times have one order, and nobody
    computes while waiting (docs/decisions/0002). Nothing slow may follow before the commit.
    """
    now = locked_at(_queue(unit_id, series))
    year = be_year(now)
    taken = _raise(unit_id, series, year)
    if taken is None:
        RegisterBook.objects.get_or_create(unit_id=unit_id, series=series, be_year=year)
        taken = _raise(unit_id, series, year)
    if taken is None:
        raise RuntimeError("a register book cannot vanish")
    book_id, number = taken
    return TakenNumber(book_id, number, now)


def _raise(unit_id: int, series: str, year: int) -> tuple[int, int] | None:
    """Raise the book's last number in one statement; None when there is no such book yet."""
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [unit_id, series, year])
        row: tuple[int, int] | None = cursor.fetchone()
    return row


def write_entry(
    taken: TakenNumber, *, by: Actor, letter: Letter | None = None, **columns: object
) -> RegisterEntry:
    """The line of the register that owns the number is written (columns as in forms 13 and 14).

    The line of a letter says the letter's own number, date and subject. The history keeps the
    line's fingerprint, by which `verify_registers` knows a line changed by hand.
    """
    if letter is not None:
        columns |= {
            "letter": letter,
            "letter_number": letter.number_text,
            "letter_dated_on": letter.dated_on,
            "subject": letter.subject,
            "subject_search": letter.subject_search,
        }
    entry = taken.reserved
    if entry is None:
        entry = RegisterEntry(
            book_id=taken.book_id,
            number=taken.number,
            registered_at=taken.at,
            registered_by=by.member,
            holding=by.holding,
            **columns,
        )
        entry.save(force_insert=True)
        action = RESERVED if entry.state == EntryState.RESERVED else REGISTERED
    else:
        entry.state = EntryState.USED
        for name, value in columns.items():
            setattr(entry, name, value)
        entry.save(update_fields=["state", *columns])
        action = RESERVATION_USED
    record(
        action,
        entry,
        by=by,
        at=taken.at,
        book=entry.book_id,
        number=entry.number,
        row=seal_of(entry),
    )
    return entry


def seal_of(entry: RegisterEntry) -> str:
    """Return the fingerprint of a line: its number, its time and every column of the form."""
    return row_seal(sealed_columns({name: getattr(entry, name) for name in SEALED}))


def sealed_columns(row: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that a fingerprint is made of, as JSON says them on either database."""
    return row | {
        "registered_at": row["registered_at"].astimezone(UTC).isoformat(),
        "letter_dated_on": row["letter_dated_on"].isoformat() if row["letter_dated_on"] else "",
    }


@transaction.atomic
def void_entry(entry: RegisterEntry, *, reason: str, by: Actor | SystemActor) -> RegisterEntry:
    """The line stays in its book with its number, void for this reason; nobody uses it again.

    Whoever calls has asked for the right; a line that is void already stays as it is.
    """
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่ยกเลิกเลข")
    locked = RegisterEntry.objects.lock(entry.pk)
    if locked.state == EntryState.VOID:
        return locked
    before, locked.state = locked.state, EntryState.VOID
    locked.void_reason = reason.strip()[:500]
    locked.voided_at = db_now()
    locked.voided_by = by.member
    locked.save(update_fields=["state", "void_reason", "voided_at", "voided_by"])
    record(
        VOIDED,
        locked,
        by=by,
        at=locked.voided_at,
        state=[before, EntryState.VOID],
        number=locked.number,
        reason=locked.void_reason,
    )
    return locked


@transaction.atomic
def set_start_number(
    unit: Unit, *, series: str, be_year_of_book: int, start_number: int, by: Actor | SystemActor
) -> RegisterBook:
    """The book begins at `start_number`: once, before its first entry, for a move in mid-year."""
    require(can_set_start_number(by, unit))
    if not 1 <= start_number <= MAX_START_NUMBER:
        raise DomainError(f"เลขเริ่มต้นต้องอยู่ระหว่าง 1 ถึง {MAX_START_NUMBER:,}")
    lock_books({unit.pk}, series)
    book, _ = RegisterBook.objects.get_or_create(unit=unit, series=series, be_year=be_year_of_book)
    if book.last_number:
        raise DomainError("ทะเบียนเล่มนี้ออกเลขไปแล้ว จึงตั้งเลขเริ่มต้นไม่ได้")
    if book.start_number != 1:
        raise DomainError(f"ตั้งเลขเริ่มต้นไว้แล้วที่ {book.start_number} ตั้งได้ครั้งเดียว")
    book.start_number = start_number
    book.save(update_fields=["start_number"])
    record("register.start_set", book, by=by, start_number=[1, start_number])
    return book
