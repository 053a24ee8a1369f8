"""Registers on paper and in spreadsheets: forms 13, 14, 16, 17, and those of the other series."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from documents.exports import register_sheet, register_workbook
from documents.models import Arrival, ArrivalState, EntryCorrection, RegisterBook, Series
from documents.services.correcting import INCOMING_COLUMNS, shown
from documents.services.lines import CHUNK, COLUMNS, FORMS, Line, Span, chunks_of
from members.models import Member, UnitKind
from members.services import Actor
from portal.core.actors import SYSTEM
from portal.core.clock import bangkok, db_now
from portal.core.errors import DomainError
from portal.core.thaidates import long_date, short_datetime, short_time
from portal.files.domain.kinds import PDF
from portal.files.models import FileUse
from portal.files.services import attach, detach, files_of, store_bytes
from portal.outbox.models import OutboxMessage, OutboxState
from portal.outbox.services import checkpoint, publish
from portal.papers.domain import SlipPaper, TableCell, TableColumn, TablePaper, TableRow
from portal.papers.services import typeset, typeset_parts

PRINT_TOPIC = "documents.print_register"
PRINT = "print"
REGISTER, DELIVERY = "register", "delivery"  # the two papers of a book that the worker prints
OFFICE_REGISTRY = "งานสารบรรณกลาง"
MOST_AT_ONCE = CHUNK
MOST_PAGES = 450  # of one file; portal.files takes 500
ORDERS_KEPT = 2
DELIVERY_BOOK = "สมุดส่งหนังสือ"
DELIVERY_COLUMNS = (
    TableColumn(label="เลขทะเบียน", width=24),
    TableColumn(label="จาก", width=45),
    TableColumn(label="ถึง", width=48),
    TableColumn(label="หน่วยรับ", width=48),
    TableColumn(label="ผู้รับ", width=40),
    TableColumn(label="วันและเวลา", width=32),
    TableColumn(label="หมายเหตุ", width=30),
)
NOT_RECEIVED = {
    ArrivalState.WAITING: "ยังไม่ลงรับ",
    ArrivalState.REFUSED: "ส่งคืน",
    ArrivalState.RECALLED: "เรียกคืน",
    ArrivalState.SUPERSEDED: "มีฉบับใหม่แทน",
}


def is_long(count: int) -> bool:
    """Answer whether so many lines are left to the worker."""
    return count > MOST_AT_ONCE


# Forms 13 and 14 and their like ------------------------------------------------------------------


def made_by(member: Member | None, at: datetime) -> str:
    return f"พิมพ์เมื่อ {short_datetime(at)} โดย {member or 'ระบบ'}"


def register_paper(
    book: RegisterBook, lines: list[Line], *, span: Span, made: str, on: date | None = None
) -> TablePaper:
    """Return the paper of these lines, in the column order of the book's form."""
    form, title = FORMS.get(Series(book.series), ("", book.get_series_display()))
    return TablePaper(
        form=form,
        title=title,
        unit=book.unit.name,
        lines=[f"ปี {book.be_year} · {span.words()}"],
        columns=[TableColumn(label=one.label, width=one.width) for one in COLUMNS[book.series]],
        rows=[_row(line) for line in lines],
        made=made,
        date=on,
    )


def _row(line: Line) -> TableRow:
    cells = [
        TableCell(
            text=cell.text,
            was=[was or "(ว่าง)" for was in cell.was],
            notes=[note for note in cell.notes if note],
        )
        for cell in line.cells
    ]
    return TableRow(cells=cells, is_void=line.is_void)


def register_pdf(book: RegisterBook, span: Span, *, by: Actor) -> bytes:
    """Return the lines of the span as PDF; more than a thousand are the worker's."""
    now = db_now()
    lines = [line for chunk in chunks_of(book, span) for line in chunk]
    if is_long(len(lines)):
        raise DomainError(f"พิมพ์ทันทีได้ไม่เกิน {MOST_AT_ONCE:,} รายการ")
    made = made_by(by.member, now)
    return typeset(
        "register", register_paper(book, lines, span=span, made=made, on=bangkok(now).date()).data()
    )


@transaction.atomic
def order_print(
    book: RegisterBook, span: Span, *, paper: str = REGISTER, by: Actor
) -> OutboxMessage | None:
    """The worker prints the span, however long; the same order twice waits once."""
    if printing_of(book) is not None:
        raise DomainError("กำลังพิมพ์เล่มนี้อยู่ รอให้เสร็จก่อน")
    return publish(
        PRINT_TOPIC,
        book,
        by=by,
        paper=paper,
        first=span.first,
        last=span.last,
        from_on=span.from_on.isoformat() if span.from_on else None,
        to_on=span.to_on.isoformat() if span.to_on else None,
        made=0,
        total=0,
    )


def printing_of(book: RegisterBook) -> OutboxMessage | None:
    """Return the print of the book that is not finished, if there is one."""
    waiting = OutboxMessage.objects.filter(
        topic=PRINT_TOPIC,
        subject_id=book.pk,
        state__in=[OutboxState.WAITING, OutboxState.LEASED],
    )
    return waiting.order_by("-pk").first()


def prints_of(book: RegisterBook) -> list[FileUse]:
    """Return the finished prints of the book, the newest order first."""
    return sorted(files_of(book, PRINT), key=lambda use: (-_order_of(use), use.position))


def print_register(message: OutboxMessage) -> None:
    """The book has its print, in volumes; a second run of the same order makes no second one."""
    book = RegisterBook.objects.select_related("unit").get(pk=message.subject_pk)
    span = _span_of(message.data)
    if any(_order_of(use) == message.pk for use in files_of(book, PRINT)):
        return
    now = db_now()
    is_delivery = message.data.get("paper") == DELIVERY
    parts = (_delivery_parts if is_delivery else _register_parts)(
        book, span, made_by(message.member, now), bangkok(now).date()
    )
    pdfs = typeset_parts(
        "register",
        len(parts),
        lambda place: parts[place]().data(),
        most_pages=MOST_PAGES,
        progress=lambda done, total: _tell(message, done, total),
    )
    stored = [store_bytes(pdf, by=SYSTEM, media_type=PDF) for pdf in pdfs]
    with transaction.atomic():
        for number, one in enumerate(stored, start=1):
            volume = f" ตอน {number} จาก {len(stored)}" if len(stored) > 1 else ""
            title = f"{DELIVERY_BOOK} {book}" if is_delivery else str(book)
            name = f"{title} {span.words()}{volume} · {message.pk}.pdf"
            attach(one, book, role=PRINT, name=name, position=number, by=SYSTEM)
        _take_away_old(book)


def _register_parts(
    book: RegisterBook, span: Span, made: str, on: date
) -> list[Callable[[], TablePaper]]:
    """Return what makes the paper of each thousand lines, when its turn comes."""
    firsts = [chunk[0].entry.number for chunk in chunks_of(book, span)]
    lasts = [*(number - 1 for number in firsts[1:]), span.last]

    def part(first: int, last: int | None) -> TablePaper:
        piece = Span(first, last, span.from_on, span.to_on)
        lines = [line for chunk in chunks_of(book, piece) for line in chunk]
        return register_paper(book, lines, span=span, made=made, on=on)

    return [partial(part, first, last) for first, last in zip(firsts, lasts, strict=True)]


def _order_of(use: FileUse) -> int:
    """Return by which order a print was made; its name ends with it."""
    return int(use.name.removesuffix(".pdf").rsplit(" ", 1)[-1])


def _take_away_old(book: RegisterBook) -> None:
    """Only the last orders keep their prints."""
    prints = files_of(book, PRINT)
    kept = sorted({_order_of(use) for use in prints})[-ORDERS_KEPT:]
    for use in prints:
        if _order_of(use) not in kept:
            detach(use, by=SYSTEM)


def _tell(message: OutboxMessage, done: int, total: int) -> None:
    checkpoint(message, made=done, total=total)


def _span_of(data: dict[str, Any]) -> Span:
    def day(name: str) -> date | None:
        return date.fromisoformat(data[name]) if data.get(name) else None

    return Span(data.get("first"), data.get("last"), day("from_on"), day("to_on"))


# Form 16 -----------------------------------------------------------------------------------------


def delivered(book: RegisterBook, span: Span) -> QuerySet[Arrival]:
    """Return the arrivals of the letters that this send register numbered within the span."""
    return (
        Arrival.objects.filter(letter__register_entries__in=span.of(book).values("pk"))
        .select_related("letter", "unit", "member", "received_by")
        .order_by("letter__number", "unit__sort_order", "unit__name", "pk")
    )


def _delivery_parts(
    book: RegisterBook, span: Span, made: str, on: date
) -> list[Callable[[], TablePaper]]:
    """Return what makes the paper of each thousand recipients, when its turn comes."""
    ids = list(delivered(book, span).values_list("pk", flat=True))

    def part(start: int) -> TablePaper:
        arrivals = list(delivered(book, span).filter(pk__in=ids[start : start + CHUNK]))
        return delivery_paper(book, arrivals, span=span, made=made, on=on)

    return [partial(part, start) for start in range(0, len(ids), CHUNK)]


def delivery_pdf(book: RegisterBook, span: Span, *, by: Actor) -> bytes:
    """Return form 16 of the span as PDF; more than a thousand recipients are the worker's."""
    now = db_now()
    arrivals = list(delivered(book, span)[: MOST_AT_ONCE + 1])
    if is_long(len(arrivals)):
        raise DomainError(
            f"{DELIVERY_BOOK}มีบรรทัดละหนึ่งผู้รับ พิมพ์ทันทีได้ไม่เกิน {MOST_AT_ONCE:,} บรรทัด"
            f" กด สั่งพิมพ์{DELIVERY_BOOK}"
        )
    made = made_by(by.member, now)
    paper = delivery_paper(book, arrivals, span=span, made=made, on=bangkok(now).date())
    return typeset("register", paper.data())


def delivery_paper(
    book: RegisterBook, arrivals: Sequence[Arrival], *, span: Span, made: str, on: date
) -> TablePaper:
    """Return สมุดส่งหนังสือ (form 16) of these recipients: what was sent, who received it, when."""
    letters = {arrival.letter_id for arrival in arrivals}
    entries = {entry.letter_id: entry for entry in span.of(book).filter(letter__in=letters)}
    rows = []
    for arrival in arrivals:
        entry = entries[arrival.letter_id]
        texts = (
            str(entry.number),
            entry.from_text,
            arrival.letter.addressee or entry.to_text,
            str(arrival.member) if arrival.member else arrival.unit.name,
            receiver_of(arrival),
            short_datetime(arrival.received_at) if arrival.received_at else "",
            NOT_RECEIVED.get(ArrivalState(arrival.state), ""),
        )
        rows.append(TableRow(cells=[TableCell(text=text) for text in texts]))
    return TablePaper(
        form="แบบที่ 16",
        title=DELIVERY_BOOK,
        unit=book.unit.name,
        lines=[f"{book.get_series_display()} ปี {book.be_year} · {span.words()}"],
        columns=DELIVERY_COLUMNS,
        rows=rows,
        made=made,
        date=on,
    )


def receiver_of(arrival: Arrival) -> str:
    """Say who received it; a school learns that the office's registry did, and no name."""
    if arrival.received_by is None:
        return ""
    if arrival.letter.is_from_school and arrival.unit.kind == UnitKind.OFFICE:
        return OFFICE_REGISTRY
    return str(arrival.received_by)


# Form 17 -----------------------------------------------------------------------------------------


def receipt_slip(arrival: Arrival) -> bytes:
    """Return ใบรับหนังสือ (form 17) of a received letter; always the same for one receipt."""
    if arrival.received_at is None:
        raise DomainError("ยังไม่ลงรับ จึงยังไม่มีใบรับ")
    letter = arrival.letter
    paper = SlipPaper(
        unit=arrival.unit.name,
        number=letter.number_text,
        to=letter.addressee or arrival.unit.name,
        subject=letter.subject,
        received_on=long_date(arrival.received_at),
        received_time=short_time(arrival.received_at),
        receiver=receiver_of(arrival),
        register_number=str(arrival.entry.number) if arrival.entry else "",
        date=arrival.received_at.date(),
    )
    return typeset("receipt_slip", paper.data())


# Spreadsheets ------------------------------------------------------------------------------------


def register_xlsx(books: Sequence[RegisterBook], span: Span, *, by: Actor) -> bytes:
    """Return these registers as a workbook: a sheet each, and one of all corrections."""
    made = made_by(by.member, db_now())
    sheets = [
        register_sheet(
            # A sheet's name has 31 characters at most: (ว) alone says that they are circulars.
            title=f"{book.get_series_display().replace('หนังสือเวียน ', '')} {book.be_year}",
            lines=[book.unit.name, f"{book} · {span.words()}", made],
            head=[*(one.label for one in COLUMNS[book.series]), "ลงทะเบียนเมื่อ"],
            rows=_sheet_rows(book, span),
        )
        for book in books
    ]
    corrections = register_sheet(
        title="การแก้ไข",
        lines=[made],
        head=["ทะเบียน", "เลข", "ช่อง", "เดิม", "แก้เป็น", "เหตุผล", "ผู้แก้", "เมื่อ"],
        rows=_correction_rows(books, span),
    )
    return register_workbook([*sheets, corrections])


def _sheet_rows(book: RegisterBook, span: Span) -> Iterator[tuple[list[Any], bool]]:
    """Give every line in the order of the form; old words and reasons stand among the remarks."""
    for chunk in chunks_of(book, span):
        for line in chunk:
            first, *middle, last = line.cells
            before = [f"{one.column.label}เดิม “{was}”" for one in line.cells for was in one.was]
            remarks = " · ".join(part for part in (last.text, *last.notes, *before) if part)
            texts = [cell.text for cell in middle]
            registered_at = short_datetime(line.entry.registered_at)
            yield [int(first.text), *texts, remarks, registered_at], line.is_void


def _correction_rows(books: Sequence[RegisterBook], span: Span) -> Iterator[tuple[list[Any], bool]]:
    for book in books:
        rows = EntryCorrection.objects.filter(entry__in=span.of(book).values("pk"))
        for one in rows.select_related("entry", "made_by").order_by("entry__number", "pk"):
            cells = [
                str(book),
                one.entry.number,
                INCOMING_COLUMNS.get(one.column, one.column),
                shown(one.column, one.old_value),
                shown(one.column, one.new_value),
                one.reason,
                str(one.made_by),
                short_datetime(one.made_at),
            ]
            yield cells, False
