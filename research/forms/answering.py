"""What a respondent filled in: kept as it was sent, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from research.domain.questions import LIKERT, MULTIPLE, NO_OPINION, NO_OPINION_LABEL, SINGLE, TEXT
from research.models import Question, Section

PREFIX = "q"


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen; `number` stands at the right of a point of a scale."""

    value: str
    label: str
    is_chosen: bool
    number: str = ""


@dataclass(frozen=True)
class Row:
    """A question on the page: what was given, and what is wrong with it."""

    question: Question
    number: int
    given: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.question.key}"

    @property
    def is_text(self) -> bool:
        return self.question.kind == TEXT

    @property
    def is_multiple(self) -> bool:
        return self.question.kind == MULTIPLE

    @property
    def text(self) -> str:
        return self.given[0] if self.given else ""

    @property
    def choices(self) -> list[Choice]:
        """What is offered, a scale from its highest point down."""
        options = self.question.ask.options
        if self.question.kind in {SINGLE, MULTIPLE}:
            return [
                Choice(str(position), label, str(position) in self.given)
                for position, label in enumerate(options.choices)
            ]
        if self.question.kind != LIKERT:
            return []
        points = [
            Choice(str(point), options.labels[point - 1], str(point) in self.given, str(point))
            for point in range(options.points, 0, -1)
        ]
        if options.has_no_opinion:
            value = str(NO_OPINION)
            points.append(Choice(value, NO_OPINION_LABEL, value in self.given))
        return points

    @property
    def words(self) -> list[str]:
        """The answer in words, as the page before sending shows it; nothing for none."""
        if self.is_text:
            return [self.text.strip()] if self.text.strip() else []
        return [choice.label for choice in self.choices if choice.is_chosen]


@dataclass(frozen=True)
class Part:
    """A section of the survey with its rows."""

    section: Section
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class AnswerForm:
    """All rows of a survey, in order, filled with what was sent."""

    questions: Sequence[Question]
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> list[Part]:
        parts: list[tuple[Section, list[Row]]] = []
        for row in self.rows:
            if not parts or parts[-1][0].pk != row.question.section_id:
                parts.append((row.question.section, []))
            parts[-1][1].append(row)
        return [Part(section, tuple(rows)) for section, rows in parts]

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                question,
                number,
                tuple(self.given.get(question.key, ())),
                self.wrong.get(question.key, ""),
            )
            for number, question in enumerate(self.questions, 1)
        ]

    @property
    def wrong_rows(self) -> list[Row]:
        return [row for row in self.rows if row.error]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Name and value of everything that was given, to be carried on to the next page."""
        return [(row.name, value) for row in self.rows for value in row.given if value.strip()]


def given_in(data: QueryDict, questions: Sequence[Question]) -> dict[str, list[str]]:
    """Return what a form sent for these questions, by key; everything else is passed over."""
    return {one.key: data.getlist(f"{PREFIX}{one.key}") for one in questions}
