"""The results as sheets of a workbook: figures, frequencies, texts, rows without a person."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from django.db import transaction

from members.services import Actor
from portal.audit.services import record
from portal.core.errors import DomainError, require
from portal.core.sheets import Sheet
from research.domain.questions import LIKERT, MULTIPLE, NO_OPINION, NO_OPINION_LABEL, TEXT
from research.domain.suppression import HIDDEN, safe_columns
from research.models import Population, Question, Survey
from research.policies import can_see_results
from research.services.results import (
    AnswerSheet,
    Dimension,
    Item,
    Reading,
    Results,
    results_of,
)

EVERYBODY = "ทุกกลุ่ม"
TOO_FEW = "คำตอบไม่ถึง 5 หรือหาได้จากการลบกัน จึงไม่แสดง"


@transaction.atomic
def note_export(survey: Survey, *, by: Actor) -> None:
    """The history says that the figures and rows of the survey left the portal."""
    require(can_see_results(by, survey))
    record("survey.exported", survey, by=by)


def sheets_of(reading: Reading, lines: Sequence[str]) -> list[Sheet]:
    """Return the sheets of everything that may be shown; DomainError below five answers."""
    if not reading.answers.is_shown:
        raise DomainError("มีคำตอบไม่ถึง 5 ชุด จึงไม่มีผลให้บันทึกเป็นไฟล์")
    views = [
        (label, results_of(reading, view))
        for view, label in (("", EVERYBODY), *Population.choices)
        if not view or view in reading.answers.populations
    ]
    return [
        Sheet("ค่าสถิติ", lines, FIGURES_HEAD, list(_figures(views))),
        Sheet("ความถี่", lines, FREQUENCIES_HEAD, list(_frequencies(views))),
        Sheet(
            "ข้อความ",
            [*lines, "เรียงสลับ ไม่ตรงกับลำดับของข้อมูลดิบ"],
            TEXTS_HEAD,
            list(_texts(views[0][1])),
        ),
        _raw(reading, lines),
    ]


# Figures ----------------------------------------------------------------------------------------

FIGURES_HEAD = (
    "กลุ่ม",
    "ตอน/ด้าน",
    "ข้อที่",
    "ข้อ",
    "n",
    "x̄",
    "S.D.",
    "มัธยฐาน",
    "ระดับ",
    "อันดับ",
    "เกณฑ์",
    "หมายเหตุ",
)


def _figures(views: Iterable[tuple[str, Results]]) -> Iterable[list[Any]]:
    for label, results in views:
        for dimension in results.dimensions:
            for item in dimension.items:
                yield [
                    label,
                    dimension.title,
                    item.number,
                    item.question.text,
                    *_item(item, dimension),
                ]
            yield [label, dimension.title, "", "รวม", *_total(dimension)]


def _item(item: Item, dimension: Dimension) -> list[Any]:
    if item.is_hidden or item.scale is None:
        return ["", "", "", "", "", "", "", TOO_FEW]
    note = "กลับคะแนนแล้ว" if item.options.is_reverse else ""
    scale = item.scale
    return [
        item.n,
        scale.mean.value,
        scale.sd.value,
        scale.median.value,
        item.level,
        item.rank,
        dimension.table.name,
        note or scale.mean.reason or scale.sd.reason,
    ]


def _total(dimension: Dimension) -> list[Any]:
    total = dimension.total
    if total is None:
        return ["", "", "", "", "", "", "", TOO_FEW]
    name = dimension.table.name
    note = "คะแนนรายคน ผู้ที่ตอบอย่างน้อยครึ่งหนึ่งของข้อ"
    return [total.n, total.mean.value, total.sd.value, "", dimension.level, "", name, note]


# Frequencies ------------------------------------------------------------------------------------

FREQUENCIES_HEAD = ("กลุ่ม", "ข้อที่", "ข้อ", "คำตอบ", "จำนวน", "ร้อยละ", "ร้อยละของทั้งหมด", "หมายเหตุ")


def _frequencies(views: Iterable[tuple[str, Results]]) -> Iterable[list[Any]]:
    for label, results in views:
        for part in results.parts:
            for item in part.items:
                if item.question.kind == TEXT:
                    continue
                start = [label, item.number, item.question.text]
                if item.is_hidden:
                    yield [*start, "", "", "", "", TOO_FEW]
                for line in (*item.lines, *item.missing):
                    figures = line.frequency
                    yield [
                        *start,
                        line.label,
                        figures.count,
                        figures.percent.value,
                        figures.percent_of_all.value,
                        "",
                    ]


TEXTS_HEAD = ("ข้อที่", "ข้อ", "ข้อความ", "จำนวน")


def _texts(results: Results) -> Iterable[list[Any]]:
    for part in results.parts:
        for item in part.items:
            if item.question.kind == TEXT and item.is_hidden:
                yield [item.number, item.question.text, TOO_FEW, ""]
            for text, count in item.texts:
                yield [item.number, item.question.text, text, count]


# Single rows ------------------------------------------------------------------------------------


def _raw(reading: Reading, lines: Sequence[str]) -> Sheet:
    """Rows without a name, a number or a time, sorted by what they say.

    What tells people apart (group, choices) is starred wherever fewer than five rows would share
    it; a scale is starred where its group's figures are hidden. Texts stand on their own sheet.
    """
    sheets = reading.answers.sheets
    questions = [question for question in reading.questions if question.kind != TEXT]
    labels = dict(Population.choices) | {"": HIDDEN}
    groups: list[Hashable] = [labels[sheet.population] for sheet in sheets]
    choices = [question for question in questions if question.kind != LIKERT]
    safe = safe_columns(
        [_words(question, sheets) for question in choices],
        given=groups,
    )
    found = dict(zip((question.key for question in choices), safe, strict=True))
    for question in questions:
        hidden = reading.hidden_for(question)
        shown = found.get(question.key) or _words(question, sheets)
        found[question.key] = [
            HIDDEN if sheet.population in hidden else value
            for sheet, value in zip(sheets, shown, strict=True)
        ]
    rows = zip(groups, *(found[question.key] for question in questions), strict=True)
    return Sheet(
        "ข้อมูลดิบ",
        [
            *lines,
            f"{HIDDEN} = ไม่แสดง เพราะมีผู้ตอบแบบเดียวกันไม่ถึง 5 คน",
            "มาตราส่วนเป็นคะแนนตามที่ตอบ ยังไม่กลับคะแนน",
            f"ว่าง = ไม่ตอบ · {NO_OPINION} = {NO_OPINION_LABEL}",
        ],
        ["กลุ่ม", *(f"{n}. {question.text}" for n, question in _numbered(reading, questions))],
        [list(row) for row in sorted(rows, key=repr)],
    )


def _numbered(reading: Reading, questions: Sequence[Question]) -> list[tuple[int, Question]]:
    numbers = {question.key: n for n, question in enumerate(reading.questions, start=1)}
    return [(numbers[question.key], question) for question in questions]


def _words(question: Question, sheets: Sequence[AnswerSheet]) -> list[Hashable]:
    """Return the answers to a question as the cells of its column show them."""
    choices = question.ask.options.choices
    values = [sheet.data.get(question.key) for sheet in sheets]
    return [_cell(question.kind, choices, value) for value in values]


def _cell(kind: str, choices: Sequence[str], value: Any) -> Hashable:
    if value is None or value == []:
        return ""
    if kind == LIKERT:
        return int(value)
    chosen = value if kind == MULTIPLE else [value]
    return " · ".join(choices[position] for position in chosen)
