"""What the board says: states, deadlines and answers in the office's words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from documents.models import (
    ArrivalState,
    Letter,
    LetterOrigin,
    ResponseKind,
    ResponseState,
)
from portal.core.clock import bangkok
from portal.core.thaidates import long_date, parse_date, short_date, short_datetime, short_time

YES_NO_WORDS = {"yes": "ใช่", "no": "ไม่ใช่"}
COMING_WORDS = {"yes": "เข้าร่วม", "no": "ไม่เข้าร่วม"}


class Received(Protocol):
    """What of a recipient says in which state it is."""

    @property
    def state(self) -> str: ...
    @property
    def response_state(self) -> str: ...
    @property
    def opened_at(self) -> datetime | None: ...
    @property
    def is_late(self) -> bool: ...


def state_of_arrival(arrival: Received, *, expects_answer: bool) -> tuple[str, str]:
    """Return kind and word of a recipient's state; the word is empty when the kind says it."""
    if arrival.state == ArrivalState.WAITING:
        return ("opened", "") if arrival.opened_at else ("unopened", "")
    if arrival.state != ArrivalState.RECEIVED:
        return str(arrival.state), ""
    if not expects_answer:
        return "received", ""
    if arrival.response_state == ResponseState.ANSWERED and arrival.is_late:
        return "late", "ตอบหลังกำหนด"
    return str(arrival.response_state), ""


def reference_to(letter: Letter) -> str:
    """Return how a letter of the system is referred to (domain guide 1.3)."""
    is_outside = letter.origin == LetterOrigin.OUTSIDE
    if letter.is_decree:
        return f"{letter.get_kind_display()}{letter.issuer.name} ที่ {letter.number_text}"
    dated = f" ลงวันที่ {long_date(letter.dated_on)}" if letter.dated_on else ""
    if letter.is_memo:
        return f"บันทึกข้อความ{letter.owner_unit.name} ที่ {letter.number_text}{dated}"
    return (
        f"หนังสือ{letter.sender if is_outside else letter.issuer.name} ที่ {letter.number_text}{dated}"
    )


def overdue_words(due_at: datetime, now: datetime) -> str:
    """Say how late it is: เกินกำหนด 2 วัน; on the day itself since when."""
    days = (bangkok(now).date() - bangkok(due_at).date()).days
    return f"เกินกำหนด {days} วัน" if days else f"เกินกำหนดตั้งแต่ {short_time(due_at)}"


def deadline_of(letter: Letter, *, is_open: bool, now: datetime) -> tuple[str, str]:
    """Return kind and words of the letter's deadline, for the chip on its board."""
    if letter.due_at is None:
        return "", ""
    due_at = letter.due_at
    days = (bangkok(due_at).date() - bangkok(now).date()).days
    if due_at < now:
        if is_open:
            return "overdue", overdue_words(due_at, now)
        return "due", f"ครบกำหนดแล้วเมื่อ {short_date(due_at)}"
    if days <= 1:
        return "soon", f"ครบกำหนด{'พรุ่งนี้' if days else 'วันนี้'} {short_time(due_at)}"
    return "due", f"ครบกำหนด {short_datetime(due_at)}"


class Column(NamedTuple):
    """One column of answers: a question of the short form, or the whole answer."""

    key: str
    label: str
    kind: str

    @property
    def is_number(self) -> bool:
        return self.kind == "number"


def columns_of(letter: Letter) -> list[Column]:
    """Return what the recipients' answers have for columns."""
    if letter.response_kind == ResponseKind.FORM:
        return [
            Column(question["key"], _heading(question), question["kind"])
            for question in letter.questions
            if question["kind"] != "photos"
        ]
    if letter.response_kind == ResponseKind.YES_NO:
        return [Column("answer", "การเข้าร่วม", "coming")]
    if letter.response_kind == ResponseKind.TEXT:
        return [Column("", "คำตอบ", "text")]
    return []


def _heading(question: dict[str, Any]) -> str:
    unit = question.get("unit")
    return f"{question['label']} ({unit})" if unit else str(question["label"])


def answer_words(kind: str, value: Any) -> str:
    """Return one answer in words; nothing for no answer."""
    if value in ("", None):
        return ""
    if kind == "number":
        return number_words(value)
    if kind == "yes_no":
        return YES_NO_WORDS.get(value, str(value))
    if kind == "coming":
        return COMING_WORDS.get(value, str(value))
    if kind == "date":
        return _date_words(str(value))
    return str(value)


def number_words(value: float) -> str:
    """Return 144000.0 as 144,000 and 2.5 as 2.5."""
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.4f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value):,}"


def _date_words(value: str) -> str:
    try:
        return short_date(parse_date(value))
    except ValueError:
        return value
