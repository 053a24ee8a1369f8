"""The scales of a section together: means, levels, ranks, and the scores of the people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from research.domain.bands import BandTable, band_table
from research.domain.charts import likert_chart
from research.domain.questions import LIKERT
from research.domain.scales import Scores, person_score, ranks, recode, scores
from research.domain.suppression import K, hidden_groups
from research.models import Question, Section
from research.services.results.reading import Data, Reading
from research.services.results.shapes import Dimension, Item


def dimensions_of(
    reading: Reading,
    section: Section,
    items: Sequence[Item],
    view: str,
    sheets: Sequence[Data],
) -> Iterable[Dimension]:
    """Scales with the same labels are one dimension; a section has seldom more than one."""
    kinds: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        if item.question.kind == LIKERT:
            kinds.setdefault(item.options.labels, []).append(item)
    for labels, scales in kinds.items():
        yield _dimension(reading, section, labels, scales, view, sheets)


def _dimension(
    reading: Reading,
    section: Section,
    labels: tuple[str, ...],
    items: Sequence[Item],
    view: str,
    sheets: Sequence[Data],
) -> Dimension:
    table = band_table(reading.survey.band_table, points=len(labels), levels=labels)
    means = [item.scale.exact_mean if item.scale else None for item in items]
    ranked = tuple(
        _ranked(item, mean, rank, table)
        for item, mean, rank in zip(items, means, ranks(means), strict=True)
    )
    questions = [item.question for item in items]
    total = None if _is_total_hidden(reading, questions, view) else _total(questions, sheets)
    shown = sorted(
        (item for item in ranked if item.scale),
        key=lambda item: (item.scale.exact_mean or Fraction(0) if item.scale else 0, item.number),
    )
    return Dimension(
        title=section.title,
        labels=labels,
        table=table,
        items=ranked,
        total=total,
        level=table.level(total.exact_mean) if total else "",
        chart=likert_chart([item.scale.counts for item in shown if item.scale]),
        sorted_items=tuple(shown),
    )


def _ranked(item: Item, mean: Fraction | None, rank: int | None, table: BandTable) -> Item:
    return replace(item, level=table.level(mean), rank=rank)


def _scores(questions: Sequence[Question], sheets: Iterable[Data]) -> list[Fraction | None]:
    scales = [(question.key, question.ask.options) for question in questions]
    return [
        person_score(
            [
                recode(data.get(key), points=options.points, is_reverse=options.is_reverse)
                for key, options in scales
            ]
        )
        for data in sheets
    ]


def _total(questions: Sequence[Question], sheets: Sequence[Data]) -> Scores:
    return scores(_scores(questions, sheets))


def _is_total_hidden(reading: Reading, questions: Sequence[Question], view: str) -> bool:
    """A dimension is shown where all its items are, and where five people have a score."""
    if not view and any(reading.is_hidden(question, view) for question in questions):
        return True
    people = _scores(questions, reading.of(""))
    scored = Counter(
        sheet.population
        for sheet, score in zip(reading.answers.sheets, people, strict=True)
        if score is not None
    )
    also = frozenset[str]().union(*(reading.hidden_for(question) for question in questions))
    return scored.total() < K if not view else view in hidden_groups(scored, also=also)
