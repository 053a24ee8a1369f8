"""The answers of a survey as far as they may be read: five at least, no group by subtraction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from research.domain.suppression import K, hidden_groups
from research.models import Answer, NamedAnswer, Population, Survey


@dataclass(frozen=True)
class AnswerSheet:
    """One answer sheet; `population` is empty where its group may not be shown apart."""

    population: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """All that may be shown: no sheets at all below five; `hidden` populations have no name."""

    sheets: tuple[AnswerSheet, ...] = ()
    hidden: frozenset[str] = frozenset()

    @property
    def is_shown(self) -> bool:
        return bool(self.sheets)

    @property
    def populations(self) -> list[str]:
        """The populations that may be shown apart, in the office's order."""
        present = {sheet.population for sheet in self.sheets}
        return [str(one.value) for one in Population if one.value in present]


def answers_of(survey: Survey) -> Answers:
    """Return the opened answers as far as they may be shown, in an order that says nothing."""
    if survey.is_anonymous:
        answers = Answer.objects.filter(survey=survey).order_by("pk")
        rows = list(answers.values_list("population", "data"))
    else:
        named = NamedAnswer.objects.filter(invitation__survey=survey).order_by("pk")
        rows = list(named.values_list("invitation__population", "data"))
    hidden = hidden_groups(Counter(population for population, _ in rows))
    if len(rows) < K:
        return Answers(hidden=hidden - {""})
    sheets = (AnswerSheet("" if name in hidden else name, data) for name, data in rows)
    return Answers(sheets=tuple(sheets), hidden=hidden - {""})
