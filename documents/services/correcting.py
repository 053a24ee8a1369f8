"""A slip in a register put right: the old words stay, with the reason (guide 2.10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from documents.models import EntryCorrection, EntryState, RegisterEntry, Series
from documents.policies import can_keep_register
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import body_hash, once
from portal.core.thaidates import short_date
from portal.core.thaitext import normalise, tidy

CORRECTED = "register.entry_corrected"
COLUMNS = {
    "from_text": "จาก",
    "to_text": "ถึง",
    "subject": "เรื่อง",
    "remarks": "หมายเหตุ",
}
INCOMING_COLUMNS = {"letter_number": "ที่", "letter_dated_on": "ลงวันที่", **COLUMNS}
DATE_COLUMN = "letter_dated_on"
LIMITS = {"letter_number": 80, "from_text": 300, "to_text": 300, "subject": 500, "remarks": 500}


class CorrectedMeanwhile(Conflict):
    """Somebody corrected the same column after the page was opened."""

    def __init__(self, label: str, value: str) -> None:
        super().__init__(f"มีคนแก้ช่อง “{label}” ไปแล้วหลังจากท่านเปิดหน้านี้ ตรวจทั้งสองข้อความแล้วเลือก")
        self.value = value


@dataclass(frozen=True)
class Corrected:
    """One column of a line as it was put right: every earlier value, the first one first."""

    column: str
    was: list[str]
    notes: list[EntryCorrection] = field(default_factory=list)


def columns_of(entry: RegisterEntry) -> dict[str, str]:
    """Return the columns of this line that may be put right, with their labels.

    A number, its time and its book never change; what stands on an own letter is not typed here.
    """
    return INCOMING_COLUMNS if entry.book.series == Series.IN else COLUMNS


def value_of(entry: RegisterEntry, column: str) -> str:
    """Return what a column says now, as a correction keeps it: a day as 2026-11-20."""
    value: Any = getattr(entry, column)
    return value.isoformat() if isinstance(value, date) else value or ""


def shown(column: str, value: str) -> str:
    """Return a kept value as people read it."""
    if column == DATE_COLUMN and value:
        return short_date(date.fromisoformat(value))
    return value


@transaction.atomic
def correct_entry(
    entry: RegisterEntry,
    *,
    column: str,
    value: str,
    reason: str,
    seen: str | None = None,
    key: UUID | None = None,
    by: Actor,
) -> RegisterEntry:
    """The column says the new value; the old one stays readable, with the reason, for ever.

    The letter itself is not changed. `seen` is what the writer had before their eyes: when the
    line says something else by now, CorrectedMeanwhile is raised and nothing is written.
    """
    with once(by, key, {"correct": entry.pk, "column": column, "to": value}) as done:
        locked = RegisterEntry.objects.select_related("book__unit").lock(entry.pk)
        if done.is_repeat:
            return locked
        require(can_keep_register(by, locked.book.unit))
        labels = columns_of(locked)
        if column not in labels:
            raise DomainError("ช่องนี้แก้ไม่ได้ เลขทะเบียนและเวลาที่ลงไม่เปลี่ยน")
        _require_open(locked)
        old, new = value_of(locked, column), clean_value(column, value)
        if seen is not None and seen != old:
            raise CorrectedMeanwhile(labels[column], old)
        if not reason.strip():
            raise DomainError("บอกเหตุผลที่แก้")
        if new == old:
            raise DomainError("ข้อความใหม่เหมือนเดิม ไม่มีอะไรต้องแก้")
        _write(locked, column, new)
        correction = EntryCorrection.objects.create(
            entry=locked,
            column=column,
            old_value=old,
            new_value=new,
            reason=tidy(reason).strip()[:300],
            made_at=db_now(),
            made_by=by.member,
        )
        record(
            CORRECTED,
            locked,
            by=by,
            at=correction.made_at,
            column=column,
            correction=correction.pk,
            seal=correction_seal(column, old, new, correction.reason),
        )
        done.result = {"correction": correction.pk}
    return locked


def correction_seal(column: str, old: str, new: str, reason: str) -> str:
    """Return the fingerprint by which the history knows a correction."""
    return body_hash([column, old, new, reason])[:32]


def clean_value(column: str, value: str) -> str:
    """Return the value as it is kept: one line of tidy text within its length, or a day."""
    text = " ".join(tidy(value).replace("\x00", "").split())
    if column == DATE_COLUMN:
        if not text:
            return ""
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise DomainError("ใส่วันที่ เช่น 20 พ.ย. 2569") from error
    limit = LIMITS.get(column, 500)
    if len(text) > limit:
        raise DomainError(f"ยาวเกินไป {len(text) - limit:,} ตัวอักษร ใส่ได้ไม่เกิน {limit:,} ตัวอักษร")
    if not text and column == "subject":
        raise DomainError("ใส่เรื่อง")
    return text


def _require_open(entry: RegisterEntry) -> None:
    if entry.book.closed_at is not None:
        raise DomainError("ทะเบียนปีนี้ปิดแล้ว แก้ไม่ได้อีก")
    if entry.state != EntryState.USED:
        raise DomainError(f"เลข {entry.number} {entry.get_state_display()} จึงไม่มีอะไรให้แก้")


def _write(entry: RegisterEntry, column: str, value: str) -> None:
    fields = [column]
    if column == DATE_COLUMN:
        entry.letter_dated_on = date.fromisoformat(value) if value else None
    else:
        setattr(entry, column, value)
    if column == "subject":
        entry.subject_search = normalise(value)
        fields.append("subject_search")
    entry.save(update_fields=fields)


def corrections_of(entries: Iterable[RegisterEntry]) -> dict[int, list[Corrected]]:
    """Return what was put right in these lines, by the line's pk: one query, or none."""
    corrected = [entry.pk for entry in entries if getattr(entry, "is_corrected", True)]
    if not corrected:
        return {}
    rows = EntryCorrection.objects.filter(entry__in=corrected)
    found: dict[int, dict[str, Corrected]] = defaultdict(dict)
    for row in rows.select_related("made_by").order_by("pk"):
        columns = found[row.entry_id]
        one = columns.setdefault(row.column, Corrected(row.column, []))
        one.was.append(row.old_value)
        one.notes.append(row)
    return {pk: list(columns.values()) for pk, columns in found.items()}


def note_of(correction: EntryCorrection) -> str:
    """Return a correction in one sentence; the old words stand struck through beside it."""
    label = INCOMING_COLUMNS.get(correction.column, correction.column)
    by_whom = f"{correction.made_by} {short_date(correction.made_at)}"
    return f"แก้{label}: {correction.reason} ({by_whom})"
