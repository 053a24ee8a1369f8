"""The rows of the inbox in ready words, for the template of Jinja2 that draws them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from documents.models import ArrivalState, ResponseState, Succession, number_words
from documents.services.desk import Line
from members.models import label_of
from portal.core.templatetags.portal import (
    neardate,
    overdue_words,
    thaidatetime,
    thaitime,
)

BUCKETS = {
    0: ("เกินกำหนด", "late"),
    1: ("ครบกำหนดวันนี้", "soon"),
    2: ("ครบกำหนดพรุ่งนี้", "soon"),
    3: ("ยังไม่ลงรับ", ""),
    4: ("รอตอบ", ""),
    5: ("ลงรับแล้ววันนี้", ""),
}
GIVEN = frozenset({ResponseState.ANSWERED, ResponseState.ACCEPTED})
LEFT = frozenset({ArrivalState.REFUSED, ArrivalState.RECALLED, ArrivalState.SUPERSEDED})


class Row(NamedTuple):
    """One letter, with the arrivals of it that lie in the same group, as it is drawn."""

    letter: int
    first: int
    ids: str
    unit_ids: str
    arrivals: int
    subject: str
    urgency: int
    meta: str
    note: str
    places: str
    is_unread: bool
    to_receive: bool
    state: str
    state_text: str
    deed: str


@dataclass
class Group:
    """The rows below one heading."""

    title: str
    tone: str
    rows: list[Row] = field(default_factory=list)


def group_rows(lines: Iterable[Line], *, by_need: bool, now: datetime) -> list[Group]:
    """Put the page's arrivals under their headings; one letter is one row in each."""
    rows: dict[tuple[int, int, str], list[Line]] = {}
    for line in lines:
        bucket = line.bucket if by_need else -1
        rows.setdefault((bucket, line.letter_id, line.state), []).append(line)
    groups: dict[int, Group] = {}
    for (bucket, _, _), together in rows.items():
        title, tone = BUCKETS.get(bucket, ("", ""))
        group = groups.setdefault(bucket, Group(title, tone))
        group.rows.append(_row(together, tone, now))
    return list(groups.values())


def _row(lines: list[Line], tone: str, now: datetime) -> Row:
    first = lines[0]
    to_receive = first.state == ArrivalState.WAITING
    is_unread = any(line.opened_at is None and line.state == ArrivalState.WAITING for line in lines)
    state, text = _standing(first, tone, is_unread=is_unread, now=now)
    return Row(
        letter=first.letter_id,
        first=first.pk,
        ids=" ".join(str(line.pk) for line in lines),
        unit_ids=" ".join(str(line.unit_id) for line in lines),
        arrivals=len(lines),
        subject=_subject(first),
        urgency=first.urgency,
        meta=_meta(first),
        note=_note(first) if first.is_open and first.line_do else "",
        places=_places(lines),
        is_unread=is_unread,
        to_receive=to_receive,
        state=state,
        state_text=text,
        deed=_deed(first, to_receive=to_receive),
    )


def _places(lines: list[Line]) -> str:
    *others, last = (label_of(line.unit_name, line.unit_short_name) for line in lines)
    return f"{', '.join(others)} และ {last}" if others else last


def _meta(line: Line) -> str:
    """Say number and sender, what it replaces, and why it was taken back."""
    words = [
        number_words(line.kind, line.number_text),
        label_of(line.sender_name, line.sender_short_name),
    ]
    if line.succeeds is not None:
        verb = "ยกเลิก" if line.succession == Succession.CANCELS else "แทน"
        words.append(f"{verb} ที่ {line.succeeds}")
    if line.state == ArrivalState.RECALLED:
        words.append(f"เรียกคืน {neardate(line.recalled_at)} เหตุผล: {line.recall_reason}")
    return " · ".join(words)


def _subject(line: Line) -> str:
    """Return the letter's subject; of one that was taken back only that it was."""
    return "หนังสือถูกเรียกคืน" if line.state == ArrivalState.RECALLED else line.subject


def _note(line: Line) -> str:
    by = f"ภายใน {neardate(line.due_at)}" if line.due_at else line.line_by
    return " · ".join([line.line_new, line.line_do, *([by] if by else [])])


def _deed(line: Line, *, to_receive: bool) -> str:
    if to_receive:
        return "receive"
    if not line.is_open:
        return ""
    return "mend" if line.response_state == ResponseState.RETURNED else "answer"


def _standing(line: Line, tone: str, *, is_unread: bool, now: datetime) -> tuple[str, str]:
    """Return kind and words of the row's state (components/state.html)."""
    if line.state in LEFT:
        return line.state, ""
    if not line.is_open:
        return _done(line)
    if line.response_state == ResponseState.RETURNED:
        return "returned", ""
    if line.due_at is not None and (tone or line.state != ArrivalState.WAITING):
        return _due(line.due_at, tone, now)
    if is_unread:
        arrived = neardate(line.arrived_at)
        return "unopened", f"มา {arrived}" if arrived[0].isdigit() else f"มา{arrived}"
    return ("opened", "") if line.state == ArrivalState.WAITING else ("none", "")


def _due(due_at: datetime, tone: str, now: datetime) -> tuple[str, str]:
    if tone == "late":
        return "overdue", overdue_words(due_at, now)
    return ("soon", neardate(due_at)) if tone == "soon" else ("due", thaidatetime(due_at))


def _done(line: Line) -> tuple[str, str]:
    if line.number is None:
        return "acknowledged", ""
    if line.response_state in GIVEN:
        return line.response_state, ""
    return "received", f"เลขรับ {line.number} · {thaitime(line.received_at)}"
