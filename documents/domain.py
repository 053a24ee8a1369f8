"""Pure rules of letters: numbers as text, the three plain lines, short forms and their answers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from portal.core.calendar import add_working_days
from portal.core.thaidates import BANGKOK, arabic_digits, parse_date
from portal.core.thaitext import normalise, tidy

NBSP = "\u00a0"
NUL = "\x00"  # PostgreSQL keeps none and looks for none
LONGEST_SEARCH = 200
MAX_QUESTIONS = 30
MAX_CHOICES = 30
MAX_PHOTOS = 10

QUESTION_KINDS = {
    "number": "ตัวเลข",
    "choice": "เลือกหนึ่งข้อ",
    "text": "ข้อความ",
    "yes_no": "ใช่ / ไม่ใช่",
    "date": "วันที่",
    "photos": "ภาพถ่าย",
}


def number_text(letter_code: str, number: int, *, is_circular: bool) -> str:
    """Return the letter's number as printed: `ศธ 04225/ว 1482`, with no-break spaces.

    No year and no padding (domain guide 1.5: the year is read from the date).
    """
    mark = f"ว{NBSP}" if is_circular else ""
    return f"{letter_code.strip()}/{mark}{number}".replace(" ", NBSP).lstrip("/")


def letter_number(kind: str, *, code: str, number: int, year: int) -> str:
    """Return the number of a letter of this kind as printed (domain guide 1.3 and 1.5).

    Orders and announcements count from 1 each year without an agency code: `12/2569`; so does a
    memo of a unit that has no code of its own.
    """
    if kind in {"order", "announce"} or (kind == "memo" and not code.strip()):
        return f"{number}/{year}"
    return number_text(code, number, is_circular=kind == "circular")


_PHRASES = {
    "inform": "อ่านเพื่อทราบ",
    "comply": "อ่านและถือปฏิบัติ",
    "act": "ดำเนินการตามหนังสือ",
    "report_by": "ดำเนินการและรายงานผล",
    "consider": "พิจารณา",
    "reply_form": "แจ้งการเข้าร่วม",
    "publish": "ประชาสัมพันธ์ต่อให้ทั่วถึง",
}
_RESPONSES = {
    "none": "",
    "acknowledge": "กดรับทราบ",
    "yes_no": "ตอบว่าเข้าร่วมหรือไม่",
    "form": "กรอกแบบสั้น",
    "file": "ส่งไฟล์",
    "text": "ตอบเป็นข้อความ",
}


def propose_lines(
    subject: str, *, action: str, response: str, due_text: str
) -> tuple[str, str, str]:
    """Propose the three plain lines (what is new, what to do, by when) from the set phrases."""
    what = re.sub(r"^(ขอให้|ขอความร่วมมือ|ประชาสัมพันธ์|แจ้ง|ขอเชิญ)\s*", "", subject.strip())
    parts = [part for part in (_PHRASES.get(action, ""), _RESPONSES.get(response, "")) if part]
    todo = " แล้ว".join(parts) if parts else "อ่านเพื่อทราบ"
    return (what or subject)[:200], todo, due_text or "ไม่มีกำหนด"


@dataclass(frozen=True)
class Cleaned:
    """Values that may be kept, and for each field that may not a sentence that says why."""

    values: Any
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        return not self.errors


def _text(raw: Any, limit: int) -> str:
    return " ".join(str(raw or "").split())[:limit]


def _lines(raw: Any) -> list[str]:
    """Return the distinct choices, typed one per line or given as a list."""
    rows = raw.splitlines() if isinstance(raw, str) else raw if isinstance(raw, list) else []
    texts = [_text(row, 120) for row in rows]
    return list(dict.fromkeys(text for text in texts if text))


def _number(raw: Any) -> float | int | None:
    text = arabic_digits(str(raw or "")).replace(",", "").strip()
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", text):
        return None
    return float(text) if "." in text else int(text)


def _clean_question(raw: dict[str, Any], position: int) -> tuple[dict[str, Any], str]:
    """Return one question made safe, and what is wrong with it (or nothing)."""
    kind = str(raw.get("kind", ""))
    question: dict[str, Any] = {
        "key": f"q{position}",
        "kind": kind,
        "label": _text(raw.get("label"), 200),
        "hint": _text(raw.get("hint"), 200),
        "required": bool(raw.get("required")),
    }
    if kind not in QUESTION_KINDS:
        return question, "เลือกชนิดของคำถาม"
    if not question["label"]:
        return question, "พิมพ์คำถาม"
    complete = {"choice": _add_choices, "number": _add_bounds}.get(kind)
    return question, complete(question, raw) if complete else ""


def _add_choices(question: dict[str, Any], raw: dict[str, Any]) -> str:
    choices = _lines(raw.get("choices"))
    question["choices"] = choices[:MAX_CHOICES]
    return "" if len(choices) > 1 else "ใส่ตัวเลือกอย่างน้อย 2 ข้อ บรรทัดละข้อ"


def _add_bounds(question: dict[str, Any], raw: dict[str, Any]) -> str:
    question["unit"] = _text(raw.get("unit"), 40)
    for bound in ("min", "max"):
        if (value := _number(raw.get(bound))) is not None:
            question[bound] = value
    is_crossed = "min" in question and "max" in question and question["min"] > question["max"]
    return "ค่าต่ำสุดต้องไม่มากกว่าค่าสูงสุด" if is_crossed else ""


def clean_questions(raw: Any) -> Cleaned:
    """Check the short form an office defines; keys become q1, q2, … in the order given.

    `raw` is a list of dicts `{kind, label, hint, required, choices, unit, min, max}` from outside.
    Rows without label and choices are dropped.
    """
    if not isinstance(raw, list):
        return Cleaned([], {"form": "แบบสั้นอ่านไม่ได้"})
    rows = [
        row for row in raw if isinstance(row, dict) and (row.get("label") or row.get("choices"))
    ]
    if len(rows) > MAX_QUESTIONS:
        return Cleaned(rows[:MAX_QUESTIONS], {"form": f"ถามได้ไม่เกิน {MAX_QUESTIONS} ข้อ"})
    questions, errors = [], {}
    for position, row in enumerate(rows, start=1):
        question, problem = _clean_question(row, position)
        questions.append(question)
        if problem:
            errors[question["key"]] = problem
    return Cleaned(questions, errors)


def _answer_number(question: dict[str, Any], raw: str) -> tuple[Any, str]:
    value = _number(raw)
    if value is None and raw.strip().replace(",", "").isdecimal():
        return raw, "ตัวเลขยาวเกิน 12 หลัก"
    if value is None:
        return raw, "ใส่ตัวเลข เช่น 2"
    if "min" in question and value < question["min"]:
        return raw, f"ใส่ตัวเลขตั้งแต่ {question['min']} ขึ้นไป"
    if "max" in question and value > question["max"]:
        return raw, f"ใส่ตัวเลขไม่เกิน {question['max']}"
    return value, ""


def _answer_choice(question: dict[str, Any], raw: str) -> tuple[Any, str]:
    return raw, "" if raw in question.get("choices", []) else "เลือกหนึ่งข้อจากรายการ"


def _answer_yes_no(question: dict[str, Any], raw: str) -> tuple[Any, str]:
    return raw, "" if raw in {"yes", "no"} else "เลือกใช่หรือไม่ใช่"


def _answer_date(question: dict[str, Any], raw: str) -> tuple[Any, str]:
    try:
        value: date = parse_date(raw)
    except ValueError:
        return raw, "ใส่วันที่ เช่น 20 พ.ย. 2569"
    return value.isoformat(), ""


def _answer_text(question: dict[str, Any], raw: str) -> tuple[Any, str]:
    return raw, "" if len(raw) <= 2000 else "ข้อความยาวเกิน 2,000 ตัวอักษร"


_ANSWERERS = {
    "number": _answer_number,
    "choice": _answer_choice,
    "yes_no": _answer_yes_no,
    "date": _answer_date,
    "text": _answer_text,
}


def clean_answers(questions: list[dict[str, Any]], raw: dict[str, str]) -> Cleaned:
    """Check the answers to a short form; what was typed stays in `values`, also when it is wrong.

    Photos are not looked at here: they are files.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for question in questions:
        key, kind = question["key"], question["kind"]
        if kind == "photos":
            continue
        typed = str(raw.get(key, "") or "").strip()
        if not typed:
            if question.get("required"):
                errors[key] = "ข้อนี้ต้องตอบ"
            values[key] = ""
            continue
        values[key], problem = _ANSWERERS[kind](question, typed)
        if problem:
            errors[key] = problem
    return Cleaned(values, errors)


# Registers ---------------------------------------------------------------------------------------

MAX_NAMES = 2_000
_LIST_MARK = re.compile(r"^(?:[0-9๐-๙]{1,4}\s*[.)]|[-•*·])\s*")


def numbers_text(first: int, last: int, be_year: int) -> str:
    """Return a number, or a run of them, with its year: `12/2569`, `201–264/2569`."""
    run = str(first) if first == last else f"{first}–{last}"
    return f"{run}/{be_year}"


def clean_names(text: str) -> list[str]:
    """Return the names of a pasted list, a line each, without list numbers and empty lines.

    Of a line copied from a spreadsheet the cells are joined; a cell that is only a number is left
    out. A name twice is two names.
    """
    names = []
    for line in tidy(text).replace("\r\n", "\n").replace("\x00", "").split("\n"):
        cells = [cell.strip() for cell in line.split("\t")]
        words = " ".join(cell for cell in cells if not cell.strip(".").isdecimal())
        name = " ".join(_LIST_MARK.sub("", words.strip()).split())
        if name:
            names.append(name[:300])
    return names


def row_seal(columns: dict[str, Any]) -> str:
    """Return the fingerprint of a line of a register, equal for equal columns."""
    text = json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def duration_words(delta: timedelta) -> str:
    """Return how long it took, to the minute below a day: 2 ชั่วโมง 10 นาที, 1 วัน 3 ชั่วโมง."""
    minutes = max(1, round(delta.total_seconds() / 60))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((days, "วัน"), (hours, "ชั่วโมง"), (0 if days else minutes, "นาที"))
    return " ".join(f"{count:,} {unit}" for count, unit in parts if count)


@dataclass(frozen=True)
class Course:
    """How one letter went at its recipient: when it came, was received and first answered."""

    arrived_at: datetime
    received_at: datetime | None = None
    answered_at: datetime | None = None
    due_at: datetime | None = None
    asks: bool = False
    is_report: bool = False


@dataclass(frozen=True)
class Figures:
    """What a unit's letters of some time say of its desk; None where there is nothing to say."""

    letters: int
    received_in_time: int | None
    answered_in_time: int | None
    usual_receipt: timedelta | None
    usual_answer: timedelta | None
    reports: int


def _share(good: int, of: int) -> int | None:
    return round(100 * good / of) if of else None


def _usual(times: Iterable[timedelta]) -> timedelta | None:
    rows = [time.total_seconds() for time in times]
    return timedelta(seconds=median(rows)) if rows else None


def figures_of(
    courses: Collection[Course], *, now: datetime, since: datetime, holidays: Collection[date] = ()
) -> Figures:
    """Return the shares in percent and the median times; `reports` counts from `since` on.

    A letter counts as received in time within one working day of its arrival, and is judged when
    that day is over or it was received; an answer is judged by the deadline the recipient had.
    """

    def limit(course: Course) -> datetime:
        at = course.arrived_at.astimezone(BANGKOK)
        return datetime.combine(add_working_days(at.date(), 1, holidays), at.time(), tzinfo=BANGKOK)

    receipts = [(one.received_at, limit(one)) for one in courses]
    judged = [(at, end) for at, end in receipts if at or end < now]
    due = [
        (one.answered_at, one.due_at)
        for one in courses
        if one.asks and one.due_at and (one.answered_at or one.due_at < now)
    ]
    return Figures(
        letters=len(courses),
        received_in_time=_share(
            sum(at is not None and at <= end for at, end in judged), len(judged)
        ),
        answered_in_time=_share(sum(at is not None and at <= end for at, end in due), len(due)),
        usual_receipt=_usual(
            one.received_at - one.arrived_at for one in courses if one.received_at
        ),
        usual_answer=_usual(one.answered_at - one.arrived_at for one in courses if one.answered_at),
        reports=sum(one.is_report and one.arrived_at >= since for one in courses),
    )


# Looking for letters ------------------------------------------------------------------------------


class Sought(NamedTuple):
    """What somebody looks for among letters: words of a subject, any part of a number."""

    text: str
    part: str  # of a number, which is written with no-break spaces; in capitals when it has any
    number: int | None
    has_case: bool  # Thai has none, and needs no comparing in capitals


def sought(words: str) -> Sought:
    """Return what was typed as it is looked for."""
    text = normalise(words.replace(NUL, "")[:LONGEST_SEARCH])
    number = int(text) if text.isdecimal() and len(text) < 9 else None
    part, has_case = text.replace(" ", NBSP), text.upper() != text.lower()
    return Sought(text, part.upper() if has_case else part, number, has_case)
