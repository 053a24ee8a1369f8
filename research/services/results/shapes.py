"""What may be shown of a survey: groups, questions, dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from research.domain.bands import BandTable
from research.domain.charts import Chart, tones
from research.domain.figures import Figure, percent
from research.domain.questions import LIKERT, TEXT, Options
from research.domain.scales import Frequency, Scores, Tally
from research.domain.suppression import K
from research.models import Question, Section, Survey

SHOWN_TEXTS = 20


@dataclass(frozen=True)
class Group:
    """A population in the results: how many were asked, and what of it may be said."""

    key: str
    label: str
    invited: int
    answered: int
    is_hidden: bool

    @property
    def rate(self) -> Figure:
        """Who answered, of hundred who were asked; nothing of a small or hidden group."""
        return percent(self.answered, 0 if self.is_hidden or self.invited < K else self.invited)


@dataclass(frozen=True)
class Line:
    """One answer that could be chosen, and how often it was."""

    label: str
    frequency: Frequency


@dataclass(frozen=True)
class Item:
    """One question in one view; when hidden it has nothing but its words.

    `texts` are what people wrote, each once, with how many wrote just this.
    """

    number: int
    question: Question
    is_hidden: bool = False
    n: int = 0
    rows: int = 0
    lines: tuple[Line, ...] = ()
    missing: tuple[Line, ...] = ()
    scale: Tally | None = None
    level: str = ""
    rank: int | None = None
    texts: tuple[tuple[str, int], ...] = ()

    @property
    def first_texts(self) -> tuple[tuple[str, int], ...]:
        return self.texts[:SHOWN_TEXTS]

    @property
    def more_texts(self) -> tuple[tuple[str, int], ...]:
        return self.texts[SHOWN_TEXTS:]

    @cached_property
    def options(self) -> Options:
        return self.question.ask.options


@dataclass(frozen=True)
class Dimension:
    """The scales of a section: the items with their means, and the score of the people."""

    title: str
    labels: tuple[str, ...]
    table: BandTable
    items: tuple[Item, ...]
    total: Scores | None
    level: str
    chart: Chart
    sorted_items: tuple[Item, ...]

    @property
    def bars(self) -> list[tuple[Item, Any]]:
        """The items from the lowest mean up, each with its bar."""
        return list(zip(self.sorted_items, self.chart.bars, strict=True))

    @property
    def key(self) -> list[tuple[int, str]]:
        """The colour of each point and its words, from low to high."""
        return list(zip(tones(len(self.labels)), self.labels, strict=True))

    @property
    def has_no_opinion(self) -> bool:
        return any(item.options.has_no_opinion for item in self.items)

    @property
    def columns(self) -> int:
        """How many columns its table of frequencies has beside the items."""
        return len(self.labels) + self.has_no_opinion + 1

    @property
    def has_reverse(self) -> bool:
        return any(item.options.is_reverse for item in self.items)


@dataclass(frozen=True)
class Part:
    """A section of the survey with what was found."""

    section: Section
    dimensions: tuple[Dimension, ...]
    items: tuple[Item, ...]

    @property
    def others(self) -> list[Item]:
        """What is no scale: choices and texts."""
        return [item for item in self.items if item.question.kind != LIKERT]

    @property
    def has_texts(self) -> bool:
        return any(item.question.kind == TEXT for item in self.items)


@dataclass(frozen=True)
class Finding:
    """The lowest item of all, in words."""

    item: Item
    low_percent: Figure
    low_labels: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """Everything that may be shown of one view: of all, or of one population."""

    survey: Survey
    view: str
    answered: int
    invited: int
    is_enough: bool
    groups: tuple[Group, ...]
    parts: tuple[Part, ...] = ()
    finding: Finding | None = None

    @property
    def rate(self) -> Figure:
        return percent(self.answered, self.invited)

    @property
    def shown_groups(self) -> list[Group]:
        """The groups whose view may be opened."""
        return [group for group in self.groups if group.key and group.answered]

    @property
    def dimensions(self) -> list[Dimension]:
        return [dimension for part in self.parts for dimension in part.dimensions]
