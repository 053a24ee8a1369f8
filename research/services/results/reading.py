"""The answers of a survey, read once, and which of its figures stay hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from research.domain.questions import LIKERT
from research.domain.suppression import K, hidden_groups
from research.models import Question, Section, Survey
from research.services.results.answers import Answers, answers_of

Data = Mapping[str, Any]


@dataclass
class Reading:
    """The answers of a survey, read once; the views are made from it."""

    survey: Survey
    answers: Answers
    invited: Counter[str]
    sections: list[Section]
    sizes: Counter[str] = field(init=False)
    _hidden_for: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.sizes = Counter(sheet.population for sheet in self.answers.sheets)

    @property
    def questions(self) -> list[Question]:
        return [question for section in self.sections for question in section.questions.all()]

    def of(self, view: str) -> list[Data]:
        """The sheets of one view; "" is everybody."""
        return [sheet.data for sheet in self.answers.sheets if view in {"", sheet.population}]

    def hidden_for(self, question: Question) -> frozenset[str]:
        """The groups in whose view this question may not be shown; the nameless are one group."""
        if question.key not in self._hidden_for:
            answered = Counter(
                sheet.population
                for sheet in self.answers.sheets
                if has_answer(question, sheet.data)
            )
            self._hidden_for[question.key] = hidden_groups(answered)
        return self._hidden_for[question.key]

    def is_hidden(self, question: Question, view: str) -> bool:
        if view:
            return view in self.hidden_for(question)
        return sum(has_answer(question, data) for data in self.of("")) < K


def has_answer(question: Question, data: Data) -> bool:
    """Answer whether the sheet holds something that counts for this question."""
    value = data.get(question.key)
    if question.kind == LIKERT:
        return bool(value)
    return value is not None and value not in ("", [])


def is_counted(survey: Survey) -> bool:
    """Answer whether the figures of the survey will never change again.

    They are shown from then on and not before: two looks at a survey that is still being answered
    could be taken from one another.
    """
    return survey.is_closed and not survey.invitations.unmarked().sealed().exists()


def read_answers(survey: Survey) -> Reading:
    """Read everything that the results of a survey are made of, in four queries."""
    sections = list(survey.sections.prefetch_related("questions"))
    invited = Counter(
        dict(
            survey.invitations.order_by()
            .values("population")
            .annotate(count=Count("pk"))
            .values_list("population", "count")
        )
    )
    return Reading(survey, answers_of(survey), invited, sections)
