"""One question as its results show it: how often each answer was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from research.domain.questions import LIKERT, MULTIPLE, NO_OPINION_LABEL, TEXT
from research.domain.scales import Frequency, frequency, tally
from research.models import Question
from research.services.results.reading import Data, Reading
from research.services.results.shapes import Item, Line


def item_of(
    reading: Reading,
    question: Question,
    number: int,
    view: str,
    sheets: Sequence[Data],
) -> Item:
    if reading.is_hidden(question, view):
        return Item(number, question, is_hidden=True)
    values = [data.get(question.key) for data in sheets]
    if question.kind == LIKERT:
        return _scale_item(question, number, values)
    if question.kind == TEXT:
        written = Counter(str(value) for value in values if value)
        texts = tuple((text, written[text]) for text in _shuffled(question, written))
        return Item(number, question, n=written.total(), rows=len(values), texts=texts)
    return _choice_item(question, number, values)


def _scale_item(question: Question, number: int, values: Sequence[Any]) -> Item:
    options = question.ask.options
    ticked = tally(values, points=options.points)
    lines = [
        Line(label, line) for label, line in zip(options.labels, ticked.frequencies, strict=True)
    ]
    missing = []
    if options.has_no_opinion:
        missing.append(Line(NO_OPINION_LABEL, _of_all(ticked.no_opinion, ticked.rows)))
    return Item(
        number,
        question,
        n=ticked.n,
        rows=ticked.rows,
        lines=tuple(reversed(lines)),
        missing=(*missing, Line("ไม่ตอบ", _of_all(ticked.blank, ticked.rows))),
        scale=ticked.reversed() if options.is_reverse else ticked,
    )


def _choice_item(question: Question, number: int, values: Sequence[Any]) -> Item:
    answered = [value for value in values if value is not None and value != []]
    chosen = Counter(
        position
        for value in answered
        for position in (value if question.kind == MULTIPLE else [value])
    )
    n, rows = len(answered), len(values)
    return Item(
        number,
        question,
        n=n,
        rows=rows,
        lines=tuple(
            Line(label, frequency(chosen[position], n=n, rows=rows))
            for position, label in enumerate(question.ask.options.choices)
        ),
        missing=(Line("ไม่ตอบ", _of_all(rows - n, rows)),),
    )


def _of_all(count: int, rows: int) -> Frequency:
    return frequency(count, n=0, rows=rows)


def _shuffled(question: Question, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in an order that says nothing, and is another one for every question."""
    return tuple(sorted(texts, key=lambda text: sha256(f"{question.key}:{text}".encode()).digest()))
