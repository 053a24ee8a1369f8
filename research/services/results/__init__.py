"""What a survey found, as far as it may be shown: figures of five or more, never by subtraction.

Every figure stands on answers of at least `K` people. A question that too few of a group answered
is hidden in that group's view, together with the smallest other group, so that nothing hidden is
what remains when one view is taken from another. All figures come from one reading of the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from research.domain.figures import percent
from research.models import Population
from research.services.results.answers import AnswerSheet, answers_of
from research.services.results.dimensions import dimensions_of
from research.services.results.items import item_of
from research.services.results.reading import Reading, is_counted, read_answers
from research.services.results.shapes import Dimension, Finding, Group, Item, Part, Results

__all__ = [
    "AnswerSheet",
    "Dimension",
    "Group",
    "Item",
    "Part",
    "Reading",
    "Results",
    "answers_of",
    "is_counted",
    "read_answers",
    "results_of",
]

UNNAMED = ""
UNNAMED_LABEL = "กลุ่มที่แสดงแยกไม่ได้ รวมกัน"


def results_of(reading: Reading, view: str = "") -> Results:
    """Return what may be shown of this view; a view that may not be opened is that of all."""
    groups = _groups(reading)
    view = view if view in reading.answers.populations else ""
    parts = tuple(_parts(reading, view)) if reading.answers.is_shown else ()
    return Results(
        survey=reading.survey,
        view=view,
        answered=len(reading.of(view)),
        invited=reading.invited[view] if view else sum(reading.invited.values()),
        is_enough=reading.answers.is_shown,
        groups=groups,
        parts=parts,
        finding=_finding(parts),
    )


def _groups(reading: Reading) -> tuple[Group, ...]:
    """The populations in the office's order, and those that may not be shown apart, as one."""
    groups = [
        Group(
            key=str(value),
            label=str(label),
            invited=reading.invited[value],
            answered=reading.sizes[value],
            is_hidden=value in reading.answers.hidden,
        )
        for value, label in Population.choices
        if reading.invited[value] or reading.sizes[value] or value in reading.answers.hidden
    ]
    if reading.sizes[UNNAMED]:
        groups.append(Group(UNNAMED, UNNAMED_LABEL, 0, reading.sizes[UNNAMED], is_hidden=False))
    return tuple(groups)


def _parts(reading: Reading, view: str) -> Iterable[Part]:
    sheets = reading.of(view)
    number = 0
    for section in reading.sections:
        items = []
        for question in section.questions.all():
            number += 1
            items.append(item_of(reading, question, number, view, sheets))
        dimensions = tuple(dimensions_of(reading, section, items, view))
        ranked = {item.number: item for dimension in dimensions for item in dimension.items}
        yield Part(section, dimensions, tuple(ranked.get(item.number, item) for item in items))


def _finding(parts: Sequence[Part]) -> Finding | None:
    """Return the item with the lowest mean, and how many ticked below the middle."""
    items = [
        (item.scale.exact_mean / item.scale.points, item)
        for part in parts
        for item in part.items
        if item.scale and item.scale.exact_mean is not None
    ]
    if not items:
        return None
    _, item = min(items, key=lambda found: (found[0], found[1].number))
    assert item.scale is not None
    half = item.scale.points // 2
    low = sum(item.scale.counts[:half])
    labels = item.options.labels[:half]
    if item.options.is_reverse:
        labels = item.options.labels[::-1][:half]
    return Finding(item, percent(low, item.n, places=0), labels[::-1])
