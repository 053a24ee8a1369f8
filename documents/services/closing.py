"""The end of a register's year: what is open, what is void, is it whole; and the sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from documents.models import (
    SHELF_ORDER,
    Arrival,
    ArrivalState,
    EntryState,
    RegisterBook,
    RegisterEntry,
    Series,
)
from documents.policies import can_keep_register
from documents.services.printing import made_by
from documents.services.registering import lock_books
from documents.services.verifying import Checked, verify_book
from members.models import Unit
from members.services import Actor
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core.clock import bangkok, be_year, db_now
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.thaidates import short_datetime
from portal.papers.domain import ClosedBook, ClosingPaper
from portal.papers.services import typeset

CLOSED = "register.closed"
MOST_SHOWN = 50


@dataclass(frozen=True)
class BookYear:
    """One register of the year, with what somebody still has to look at."""

    checked: Checked
    voids: list[RegisterEntry]
    reserved: list[RegisterEntry]

    @property
    def book(self) -> RegisterBook:
        return self.checked.book


@dataclass(frozen=True)
class YearEnd:
    """A unit's registers of one Buddhist year."""

    unit: Unit
    be_year: int
    books: list[BookYear]
    waiting: list[RegisterEntry]
    waiting_count: int

    @property
    def is_clean(self) -> bool:
        return all(one.checked.is_clean for one in self.books)

    @property
    def is_closed(self) -> bool:
        return bool(self.books) and all(one.book.closed_at for one in self.books)

    @property
    def closed_by(self) -> RegisterBook | None:
        """The book signed off last, for the name and the day."""
        closed = [one.book for one in self.books if one.book.closed_at]
        return max(closed, key=lambda book: book.closed_at or 0, default=None)


def books_of_year(unit: Unit, be_year_of_books: int) -> QuerySet[RegisterBook]:
    books = RegisterBook.objects.filter(unit=unit, be_year=be_year_of_books)
    return books.select_related("unit", "closed_by").order_by(SHELF_ORDER)


def year_end(unit: Unit, be_year_of_books: int) -> YearEnd:
    """Look through all registers of the unit's year."""
    books = list(books_of_year(unit, be_year_of_books))
    entries = RegisterEntry.objects.filter(book__in=books).exclude(state=EntryState.USED)
    odd = list(entries.select_related("reservation__holder", "voided_by").order_by("number"))
    waiting = _not_acted_on(books)
    return YearEnd(
        unit=unit,
        be_year=be_year_of_books,
        books=[
            BookYear(
                checked=verify_book(book),
                voids=[row for row in odd if row.book_id == book.pk and row.state == "void"],
                reserved=[row for row in odd if row.book_id == book.pk and row.state == "reserved"],
            )
            for book in books
        ],
        waiting=list(waiting.order_by("number")[:MOST_SHOWN]),
        waiting_count=waiting.count(),
    )


def _not_acted_on(books: Sequence[RegisterBook]) -> QuerySet[RegisterEntry]:
    """Return the received letters of the year on which something is still to do (clause 50)."""
    incoming = [book.pk for book in books if book.series == Series.IN]
    received = Arrival.objects.filter(entry__book__in=incoming, state=ArrivalState.RECEIVED)
    open_matters = Q(matter__isnull=False) & ~Q(matter__state__in=["answered", "closed"])
    unanswered = received.filter(Q(is_open=True) | open_matters)
    return RegisterEntry.objects.filter(pk__in=unanswered.values("entry"))


@transaction.atomic(durable=True)
def close_year(
    unit: Unit, be_year_of_books: int, *, note: str = "", key: UUID | None, by: Actor
) -> list[RegisterBook]:
    """The unit's registers of a past year are signed off: nothing in them is corrected any more.

    The history keeps the fingerprint of every book. Refused while a number is still reserved, and
    while anything in a book is in doubt.
    """
    require(can_keep_register(by, unit))
    if be_year_of_books >= be_year(db_now()):
        raise DomainError("ปิดได้เฉพาะทะเบียนของปีที่ผ่านมาแล้ว")
    with once(by, key, {"close": unit.pk, "year": be_year_of_books}) as done:
        books = list(books_of_year(unit, be_year_of_books))
        if done.is_repeat:
            return books
        wanted = [book for book in books if book.closed_at is None]
        if not wanted:
            raise DomainError("ปีนี้ไม่มีทะเบียนที่ยังไม่ปิด")
        for book in sorted(wanted, key=lambda one: one.series):
            lock_books({unit.pk}, book.series)
            _close(book, note=note, by=by)
        done.result = {"books": [book.pk for book in wanted]}
    return books


def _close(book: RegisterBook, *, note: str, by: Actor) -> None:
    checked = verify_book(book)
    if checked.reserved:
        raise DomainError(f"{book} ยังมีเลขที่จองไว้ {checked.reserved} เลข ใช้หรือคืนก่อนปิด")
    if checked.doubts:
        raise DomainError(f"{book} ยังปิดไม่ได้ {checked.doubts[0]}")
    book.closed_at, book.closed_by, book.closing_note = db_now(), by.member, note.strip()[:500]
    book.save(update_fields=["closed_at", "closed_by", "closing_note"])
    record(
        CLOSED,
        book,
        by=by,
        at=book.closed_at,
        count=checked.count,
        last=checked.last,
        sha256=checked.sha256,
    )


def closing_hashes(books: Sequence[RegisterBook]) -> dict[int, str]:
    """Return the fingerprints that the history kept when these books were closed."""
    rows = AuditEntry.objects.filter(
        subject_type=RegisterBook._meta.label_lower,
        subject_id__in=[book.pk for book in books],
        action=CLOSED,
    )
    found: dict[int, str] = {}
    for pk, data in rows.order_by("pk").values_list("subject_id", "data"):
        kept: dict[str, Any] = data
        found[pk] = str(kept["sha256"])
    return found


def closing_paper(found: YearEnd, *, by: Actor) -> bytes:
    """Return the sign-off of the year for printing; only of a year that is closed."""
    last = found.closed_by
    if not found.is_closed or last is None or last.closed_at is None:
        raise DomainError("ยังไม่ได้ปิดทะเบียนปีนี้")
    hashes = closing_hashes([one.book for one in found.books])
    paper = ClosingPaper(
        unit=found.unit.name,
        year=str(found.be_year),
        closed=f"ปิดทะเบียนเมื่อ {short_datetime(last.closed_at)} โดย {last.closed_by}",
        note=last.closing_note,
        books=[_closed_book(one.checked, hashes.get(one.book.pk, "")) for one in found.books],
        made=made_by(by.member, db_now()),
        date=bangkok(last.closed_at).date(),
    )
    return typeset("register_closing", paper.data())


def _closed_book(checked: Checked, sha256: str) -> ClosedBook:
    """Say whether the book is still as it was when it was closed."""
    is_same = checked.is_clean and checked.sha256 == sha256
    return ClosedBook(
        name=checked.book.get_series_display(),
        first=f"{checked.first:,}",
        last=f"{checked.last:,}",
        count=f"{checked.count:,}",
        voids=f"{checked.voids:,}",
        corrections=f"{checked.corrections:,}",
        verdict="ครบถ้วน ตรงกับวันปิด" if is_same else "ไม่ตรงกับวันที่ปิด",
        sha256=sha256,
    )
