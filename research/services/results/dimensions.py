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
from research.services.results.reading import Reading
from research.services.results.shapes import Dimension, Item

PersonScore = tuple[str, Fraction | None]


def dimensions_of(
    reading: Reading,
    section: Section,
    items: Sequence[Item],
    view: str,
) -> Iterable[Dimension]:
    """Scales with the same labels are one dimension; a section has seldom more than one."""
    kinds: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        if item.question.kind == LIKERT:
            kinds.setdefault(item.options.labels, []).append(item)
    for labels, scales in kinds.items():
        yield _dimension(reading, section, labels, scales, view)


def _dimension(
    reading: Reading,
    section: Section,
    labels: tuple[str, ...],
    items: Sequence[Item],
    view: str,
) -> Dimension:
    table = band_table(reading.survey.band_table, points=len(labels), levels=labels)
    means = [item.scale.exact_mean if item.scale else None for item in items]
    ranked = tuple(
        _ranked(item, mean, rank, table)
        for item, mean, rank in zip(items, means, ranks(means), strict=True)
    )
    questions = [item.question for item in items]
    total = _total(reading, questions, view)
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


def _person_scores(reading: Reading, questions: Sequence[Question]) -> list[PersonScore]:
    """Return population and score of everybody, in the order of the sheets."""
    scales = [(question.key, question.ask.options) for question in questions]
    items = [(key, options.points, options.is_reverse) for key, options in scales]
    return [
        (
            sheet.population,
            person_score(
                [
                    recode(sheet.data.get(key), points=points, is_reverse=is_reverse)
                    for key, points, is_reverse in items
                ]
            ),
        )
        for sheet in reading.answers.sheets
    ]


def _total(reading: Reading, questions: Sequence[Question], view: str) -> Scores | None:
    """Return the scores of the people of this view; None where they are hidden."""
    people = _person_scores(reading, questions)
    if _is_total_hidden(reading, questions, people, view):
        return None
    return scores(score for population, score in people if view in {"", population})


def _is_total_hidden(
    reading: Reading, questions: Sequence[Question], people: Iterable[PersonScore], view: str
) -> bool:
    """A dimension is shown where all its items are, and where five people have a score."""
    if not view and any(reading.is_hidden(question, view) for question in questions):
        return True
    scored = Counter(population for population, score in people if score is not None)
    also = frozenset[str]().union(*(reading.hidden_for(question) for question in questions))
    return scored.total() < K if not view else view in hidden_groups(scored, also=also)
