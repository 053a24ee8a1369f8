"""What a question may be, and what an answer to it may be: strict about what it reads.

An answer to one choice is the position of the choice, counted from 0; to several choices a sorted
list of positions; on a scale 1 to k, or NO_OPINION; a text is a text. What is not answered is left
out of the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.core.thaitext import one_line, tidy

SINGLE, MULTIPLE, LIKERT, TEXT = "single", "multiple", "likert", "text"

NO_OPINION = 0
NO_OPINION_LABEL = "ไม่มีความเห็น"
MAX_CHOICES = 30
MAX_LABEL = 200
MIN_POINTS, MAX_POINTS = 2, 10
MAX_TEXT = 4_000
AGREEMENT = ("น้อยที่สุด", "น้อย", "ปานกลาง", "มาก", "มากที่สุด")


class InvalidOptions(ValueError):
    """What stands in a question's options is no set of options; the text is Thai and safe."""


class InvalidAnswer(ValueError):
    """What was given is no answer to the question; the text is Thai and safe to show."""


@dataclass(frozen=True)
class Options:
    """What may be chosen: `choices`, or the `labels` of a scale from low (1) to high (k)."""

    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    is_reverse: bool = False
    has_no_opinion: bool = False

    @property
    def points(self) -> int:
        """How many points the scale has."""
        return len(self.labels)


@dataclass(frozen=True)
class Ask:
    """A question as far as answers are concerned."""

    key: str
    kind: str
    is_required: bool = False
    options: Options = field(default_factory=Options)


def read_options(kind: str, data: object) -> Options:
    """Return the options in untrusted JSON; anything odd is InvalidOptions."""
    if not isinstance(data, Mapping):
        raise InvalidOptions("ตัวเลือกของข้อนี้ไม่ถูกต้อง")
    allowed = {
        SINGLE: {"choices"},
        MULTIPLE: {"choices"},
        LIKERT: {"labels", "reverse", "no_opinion"},
        TEXT: set(),
    }.get(kind)
    if allowed is None or set(data) - allowed:
        raise InvalidOptions("ตัวเลือกของข้อนี้ไม่ถูกต้อง")
    if kind in {SINGLE, MULTIPLE}:
        return Options(choices=_labels(data.get("choices"), 2, MAX_CHOICES))
    if kind == LIKERT:
        return Options(
            labels=_labels(data.get("labels"), MIN_POINTS, MAX_POINTS),
            is_reverse=_flag(data.get("reverse", False)),
            has_no_opinion=_flag(data.get("no_opinion", False)),
        )
    return Options()


def clean_options(kind: str, data: object) -> dict[str, Any]:
    """Return the options as they are stored; InvalidOptions when they are none."""
    options = read_options(kind, data)
    if kind in {SINGLE, MULTIPLE}:
        return {"choices": list(options.choices)}
    if kind == LIKERT:
        return {
            "labels": list(options.labels),
            "reverse": options.is_reverse,
            "no_opinion": options.has_no_opinion,
        }
    return {}


def _labels(data: object, least: int, most: int) -> tuple[str, ...]:
    if not isinstance(data, Sequence) or isinstance(data, str | bytes):
        raise InvalidOptions("ตัวเลือกของข้อนี้ไม่ถูกต้อง")
    if not all(isinstance(one, str) for one in data):
        raise InvalidOptions("ตัวเลือกของข้อนี้ไม่ถูกต้อง")
    labels = [one_line(one) for one in data]
    if not least <= len(labels) <= most:
        raise InvalidOptions(f"ใส่ตัวเลือก {least} ถึง {most} ตัวเลือก")
    if not all(labels) or len(set(labels)) < len(labels):
        raise InvalidOptions("ตัวเลือกต้องไม่ว่างและไม่ซ้ำกัน")
    if any(len(label) > MAX_LABEL for label in labels):
        raise InvalidOptions(f"ตัวเลือกยาวได้ไม่เกิน {MAX_LABEL} ตัวอักษร")
    return tuple(labels)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidOptions("ตัวเลือกของข้อนี้ไม่ถูกต้อง")
    return value


def clean_answer(ask: Ask, given: Sequence[str]) -> Any:
    """Return the answer in what a form sent for this question; None when it is left empty.

    InvalidAnswer says in Thai what is wrong: a choice that is not offered, a text that is too
    long, or nothing where something is asked for.
    """
    given = [text for text in (tidy(one.replace("\x00", "")).strip() for one in given) if text]
    if not given:
        if ask.is_required:
            raise InvalidAnswer("ยังไม่ได้พิมพ์คำตอบ" if ask.kind == TEXT else "ยังไม่ได้เลือกคำตอบ")
        return None
    if ask.kind == TEXT:
        return _text(given[0])
    if ask.kind == MULTIPLE:
        return sorted({_position(one, ask.options) for one in given})
    if len(given) > 1:
        raise InvalidAnswer("เลือกได้ 1 ข้อ")
    if ask.kind == SINGLE:
        return _position(given[0], ask.options)
    return _point(given[0], ask.options)


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise InvalidAnswer(f"ยาว {len(text):,} ตัวอักษร พิมพ์ได้ไม่เกิน {MAX_TEXT:,}")
    return text


def _position(given: str, options: Options) -> int:
    position = _number(given)
    if not 0 <= position < len(options.choices):
        raise InvalidAnswer("ไม่มีตัวเลือกนี้แล้ว เลือกใหม่")
    return position


def _point(given: str, options: Options) -> int:
    point = _number(given)
    if point == NO_OPINION and options.has_no_opinion:
        return NO_OPINION
    if not 1 <= point <= options.points:
        raise InvalidAnswer("ไม่มีตัวเลือกนี้แล้ว เลือกใหม่")
    return point


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        raise InvalidAnswer("ไม่มีตัวเลือกนี้แล้ว เลือกใหม่")
    return int(given)
