"""Are the registers what they say? Every line against its book, its neighbours and its history."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from documents.domain import row_seal
from documents.models import EntryCorrection, EntryState, RegisterBook, RegisterEntry
from documents.services.correcting import CORRECTED, DATE_COLUMN, INCOMING_COLUMNS, correction_seal
from documents.services.registering import (
    REGISTERED,
    RESERVATION_USED,
    RESERVED,
    SEALED,
    VOIDED,
    lock_books,
    sealed_columns,
)
from portal.audit.models import AuditEntry
from portal.core.clock import be_year
from portal.core.thaidates import short_datetime

SUBJECT = "documents.registerentry"
BIRTHS = (REGISTERED, RESERVED)
COLUMNS = ("pk", "state", "run_head_id", "run_end", "void_reason", *SEALED)
CHUNK = 2_000


@dataclass(frozen=True)
class Doubt:
    """One thing in a register that is not as it should be, at its line when it has one."""

    number: int | None
    text: str

    def __str__(self) -> str:
        return f"เลข {self.number}: {self.text}" if self.number is not None else self.text


@dataclass
class Checked:
    """One book as it was found: from where to where, what is void or kept, and every doubt."""

    book: RegisterBook
    first: int = 0
    last: int = 0
    count: int = 0
    voids: int = 0
    reserved: int = 0
    corrections: int = 0
    sha256: str = ""
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.doubts


@dataclass
class Proof:
    """What the history says of one line."""

    at: datetime
    number: int
    seal: str
    was_reserved: bool = False
    was_used: bool = False
    was_voided: bool = False
    corrections: dict[int, str] = field(default_factory=dict)


def verify_books(books: QuerySet[RegisterBook]) -> Iterator[Checked]:
    """Look through these books, one after the other; nothing is changed."""
    for book in books.select_related("unit").order_by("unit", "be_year", "series"):
        yield verify_book(book)


def verify_book(book: RegisterBook) -> Checked:
    """Look through one book: no hole, no number twice, dates in order, every line = its history.

    Nobody waits for it. What looks wrong may be a deed half seen, so a book with doubts is looked
    at once more while nobody can take a number of it.
    """
    checked = _look(book)
    if checked.is_clean:
        return checked
    with transaction.atomic():
        lock_books({book.unit_id}, book.series)
        return _look(RegisterBook.objects.select_related("unit").get(pk=book.pk))


def verify_history(books: QuerySet[RegisterBook]) -> list[Doubt]:
    """Return a doubt for each line that the history knows and no register has: it was deleted."""
    births = AuditEntry.objects.filter(subject_type=SUBJECT, action__in=BIRTHS)
    lost = births.exclude(subject_id__in=RegisterEntry.objects.values("pk")).order_by("pk")
    names = {book.pk: str(book) for book in books.select_related("unit")}
    return [
        Doubt(data.get("number"), f"ประวัติมีบรรทัดนี้ แต่ไม่มีใน{names[data['book']]}")
        for data in lost.values_list("data", flat=True).iterator(chunk_size=CHUNK)
        if data.get("book") in names
    ]


# One book ----------------------------------------------------------------------------------------


def _look(book: RegisterBook) -> Checked:
    checked = Checked(book)
    entries = RegisterEntry.objects.filter(book=book)
    proofs, runs = _history(entries)
    corrections = _corrections(book)
    digest = hashlib.sha256()
    before: dict[str, Any] | None = None
    for row in entries.order_by("number", "pk").values(*COLUMNS).iterator(chunk_size=CHUNK):
        digest.update(_canonical(row))
        _count(checked, row, corrections.get(row["pk"], []))
        texts = [
            *_order_doubts(book, before, row),
            *_history_doubts(row, _proof_of(row, proofs, runs), corrections.get(row["pk"], [])),
        ]
        checked.doubts += [Doubt(row["number"], text) for text in texts]
        runs.pop(row["number"], None)
        before = row
    checked.sha256 = digest.hexdigest()
    checked.doubts += [Doubt(number, "อยู่ในชุดเลขตามประวัติ แต่ไม่มีบรรทัด") for number in sorted(runs)]
    checked.doubts += [Doubt(None, text) for text in _total_doubts(checked)]
    return checked


def _count(checked: Checked, row: dict[str, Any], corrections: list[EntryCorrection]) -> None:
    checked.first = checked.first or row["number"]
    checked.last = row["number"]
    checked.count += 1
    checked.voids += row["state"] == EntryState.VOID
    checked.reserved += row["state"] == EntryState.RESERVED
    checked.corrections += len(corrections)


def _canonical(row: dict[str, Any]) -> bytes:
    """Return a line as it is hashed for the sign-off: all columns as they stand now."""
    columns = sealed_columns({name: row[name] for name in SEALED})
    now = [columns, row["state"], row["void_reason"], row["run_end"]]
    return json.dumps(now, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _total_doubts(checked: Checked) -> Iterator[str]:
    book = checked.book
    if checked.count == 0:
        if book.last_number:
            yield f"ออกเลขถึง {book.last_number} แล้ว แต่ไม่มีบรรทัดเลย"
        return
    if checked.last != book.last_number:
        yield f"เลขสุดท้ายในทะเบียนคือ {checked.last} แต่ตัวนับอยู่ที่ {book.last_number}"
    wanted = checked.last - book.start_number + 1
    if checked.count != wanted:
        yield f"มี {checked.count} บรรทัด แต่ควรมี {wanted}"


def _order_doubts(
    book: RegisterBook, before: dict[str, Any] | None, row: dict[str, Any]
) -> Iterator[str]:
    """Say what is wrong between this line, the one before it and its book."""
    expected = before["number"] + 1 if before else book.start_number
    if row["number"] > expected:
        gap = f"{expected}" if row["number"] == expected + 1 else f"{expected}–{row['number'] - 1}"
        yield f"ก่อนหน้านี้ขาดเลข {gap}"
    elif before and row["number"] == before["number"]:
        yield "เลขซ้ำ"
    elif row["number"] < expected:
        yield f"เลขต่ำกว่าเลขเริ่มต้น {book.start_number}"
    if before and row["registered_at"] < before["registered_at"]:
        yield f"ลงทะเบียนเมื่อ {short_datetime(row['registered_at'])} ก่อนเลขที่มาก่อน"
    if be_year(row["registered_at"]) != book.be_year:
        yield f"ลงทะเบียนเมื่อ {short_datetime(row['registered_at'])} ไม่ใช่ปี {book.be_year}"
    if row["state"] == EntryState.VOID and not row["void_reason"].strip():
        yield "ยกเลิกโดยไม่มีเหตุผล"


# Against the history -----------------------------------------------------------------------------


def _history(
    entries: QuerySet[RegisterEntry],
) -> tuple[dict[int, Proof], dict[int, Proof]]:
    """Return what the history says of the lines, and of lines of a run by their number."""
    proofs: dict[int, Proof] = {}
    runs: dict[int, Proof] = {}
    rows = AuditEntry.objects.filter(
        subject_type=SUBJECT, subject_id__in=entries.values("pk")
    ).order_by("pk")
    for pk, action, at, data in rows.values_list("subject_id", "action", "at", "data").iterator(
        chunk_size=CHUNK
    ):
        if action in BIRTHS and pk not in proofs:
            proofs[pk] = Proof(at, data["number"], data["row"], was_reserved=action == RESERVED)
            for place, seal in enumerate(data.get("rows", []), start=1):
                number = data["number"] + place
                runs[number] = Proof(at, number, seal)
            continue
        proof = proofs.get(pk) or proofs.setdefault(pk, Proof(at, 0, ""))
        if action == RESERVATION_USED:
            proof.seal, proof.was_used = data["row"], True
        elif action == VOIDED:
            for voided in data.get("entries", [pk]):  # of a run: its lines, by one deed
                proofs.setdefault(voided, Proof(at, 0, "")).was_voided = True
        elif action == CORRECTED:
            proof.corrections[data["correction"]] = data["seal"]
    return proofs, runs


def _proof_of(
    row: dict[str, Any], proofs: dict[int, Proof], runs: dict[int, Proof]
) -> Proof | None:
    """Return what the history says of a line: a line of a run was written with its first one."""
    proof = proofs.get(row["pk"])
    born = runs.get(row["number"]) if row["run_head_id"] else None
    if born is None:
        return proof if proof and proof.seal else None
    if proof:
        born.was_voided, born.corrections = proof.was_voided, proof.corrections
    return born


def _corrections(book: RegisterBook) -> dict[int, list[EntryCorrection]]:
    found: dict[int, list[EntryCorrection]] = defaultdict(list)
    rows = EntryCorrection.objects.filter(entry__book=book).order_by("pk")
    for one in rows.iterator(chunk_size=CHUNK):
        found[one.entry_id].append(one)
    return found


def _history_doubts(
    row: dict[str, Any], proof: Proof | None, corrections: list[EntryCorrection]
) -> Iterator[str]:
    """Say where a line and the history differ; its corrections are undone, from new to old."""
    if proof is None:
        yield "ไม่มีประวัติการลงทะเบียน"
        return
    if proof.number != row["number"]:
        yield f"ประวัติบอกว่าเป็นเลข {proof.number}"
    if proof.at != row["registered_at"]:
        yield f"ประวัติบอกว่าลงทะเบียนเมื่อ {short_datetime(proof.at)}"
    original = dict(row)
    yield from _correction_doubts(original, proof, corrections)
    if row_seal(sealed_columns({name: original[name] for name in SEALED})) != proof.seal:
        yield "ข้อความในบรรทัดไม่ตรงกับที่ลงทะเบียนไว้ และไม่มีการแก้ไขที่อธิบายได้"
    yield from _state_doubts(row["state"], proof)


def _correction_doubts(
    original: dict[str, Any], proof: Proof, corrections: list[EntryCorrection]
) -> Iterator[str]:
    """Undo the corrections in `original`; say which do not fit the line or the history."""
    for one in reversed(corrections):
        if one.column not in INCOMING_COLUMNS:
            yield f"มีการแก้ไขช่องที่แก้ไม่ได้ ({one.column})"
            continue
        if _kept(original[one.column]) != one.new_value:
            yield f"ช่อง{INCOMING_COLUMNS[one.column]}ไม่ตรงกับการแก้ไขครั้งล่าสุด"
        original[one.column] = _value(one.column, one.old_value)
        seal = correction_seal(one.column, one.old_value, one.new_value, one.reason)
        if proof.corrections.get(one.pk) != seal:
            yield f"การแก้ไขช่อง{INCOMING_COLUMNS[one.column]}ไม่ตรงกับประวัติ"
    known = {one.pk for one in corrections}
    if set(proof.corrections) - known:
        yield "ประวัติมีการแก้ไขที่ไม่มีในทะเบียน"


def _state_doubts(state: str, proof: Proof) -> Iterator[str]:
    if state == EntryState.VOID and not proof.was_voided:
        yield "ยกเลิกโดยไม่มีประวัติ"
    elif state != EntryState.VOID and proof.was_voided:
        yield "ประวัติบอกว่ายกเลิกแล้ว"
    elif state == EntryState.USED and proof.was_reserved and not proof.was_used:
        yield "ใช้เลขที่จองโดยไม่มีประวัติ"
    elif state == EntryState.RESERVED and (proof.was_used or not proof.was_reserved):
        yield "เลขที่ใช้แล้วกลับเป็นเลขจอง"


def _kept(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _value(column: str, kept: str) -> Any:
    if column == DATE_COLUMN:
        return date.fromisoformat(kept) if kept else None
    return kept
