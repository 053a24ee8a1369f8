"""The rows of a draft's page: questions of the short form, and references.

They are named `q-0-label`, `ref-0-text`, …, with their number in `q-count` and `ref-count`, so that
plain submit buttons (`action` = `q:add`, `q:up:2`, `ref:remove:0`) do all that a script could.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from documents.domain import MAX_QUESTIONS, clean_answers, clean_questions

MAX_REFERENCES = 20
QUESTION_PARTS = ("kind", "label", "hint", "required", "choices", "unit", "min", "max")
REFERENCE_PARTS = ("text", "letter")
PARTS = {"q": QUESTION_PARTS, "ref": REFERENCE_PARTS}
MOST_ROWS = {"q": MAX_QUESTIONS, "ref": MAX_REFERENCES}
NUL = "\x00"  # no text of ours, and PostgreSQL keeps none
NEW_ROWS = {"q": {"kind": "number", "required": "on"}, "ref": {}}

Row = dict[str, str]


@dataclass(frozen=True)
class QuestionRow:
    """One question as the page shows it, with what is wrong with it."""

    index: int
    typed: Row
    problem: str = ""

    @property
    def number(self) -> int:
        return self.index + 1


@dataclass(frozen=True)
class ReferenceRow:
    """One reference as the page shows it."""

    index: int
    text: str
    letter: str = ""

    @property
    def number(self) -> int:
        return self.index + 1


def read_rows(data: Mapping[str, Any], prefix: str) -> list[Row]:
    """Return the rows as they were typed."""
    try:
        count = int(data.get(f"{prefix}-count", 0))
    except ValueError:
        count = 0
    return [
        {
            part: str(data.get(f"{prefix}-{index}-{part}", "")).replace(NUL, "")
            for part in PARTS[prefix]
        }
        for index in range(min(count, MOST_ROWS[prefix]))
    ]


def id_in(text: str) -> int:
    """Return the id of a letter in what was posted; 0, which no letter has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def write_rows(data: QueryDict, prefix: str, rows: Iterable[Row]) -> None:
    """Put the rows back among what was typed, numbered anew."""
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        del data[name]
    count = 0
    for index, row in enumerate(rows):
        count += 1
        for part in PARTS[prefix]:
            data[f"{prefix}-{index}-{part}"] = row.get(part, "")
    data[f"{prefix}-count"] = str(count)


def change_rows(data: QueryDict, prefix: str, deed: str, place: str) -> None:
    """Do what a button of a row says: add, remove, up, down; nonsense changes nothing."""
    rows = read_rows(data, prefix)
    index = int(place) if place.isdecimal() else -1
    if deed == "add" and len(rows) < MOST_ROWS[prefix]:
        rows.append(dict(NEW_ROWS[prefix]))
    elif 0 <= index < len(rows):
        row = rows.pop(index)
        if deed in {"up", "down"}:
            rows.insert(max(0, index + (1 if deed == "down" else -1)), row)
    write_rows(data, prefix, rows)


def question_as_typed(question: Mapping[str, Any]) -> Row:
    """Return a stored question as the controls of its row show it."""
    typed = {part: str(question.get(part, "")) for part in QUESTION_PARTS}
    return typed | {
        "required": "on" if question.get("required") else "",
        "choices": "\n".join(question.get("choices", [])),
    }


def question_rows(typed: list[Row]) -> list[QuestionRow]:
    """Return the questions for the page; an empty row is not wrong, it is only empty."""
    errors = clean_questions(typed).errors
    rows, position = [], 0
    for index, row in enumerate(typed):
        is_kept = bool(clean_questions([row]).values)
        position += is_kept
        rows.append(QuestionRow(index, row, errors.get(f"q{position}", "") if is_kept else ""))
    return rows


def bound_problems(typed: list[Row]) -> list[str]:
    """Name every smallest or largest value that is no number: it could not be kept."""
    question = [{"key": "bound", "kind": "number"}]
    return [
        f"คำถามข้อ {index}: ค่าต่ำสุดและค่าสูงสุดใส่เป็นตัวเลข เช่น 0"
        for index, row in enumerate(typed, start=1)
        if row["kind"] == "number"
        and any(clean_answers(question, {"bound": row[part]}).errors for part in ("min", "max"))
    ]
