"""Closed surveys with answers, for the tests of their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from members.models import Unit
from research.models import Answer, Invitation, Population, Question, Survey
from research.services.results import Reading, Results, read_answers, results_of
from research.tests.factories import ClosedSurveyFactory, SectionFactory, add_questions, people

TEACHERS = Population.TEACHERS.value
STAFF = Population.STAFF.value
HEADS = Population.ADMINISTRATORS.value


def found_survey(**fields: Any) -> tuple[Survey, dict[str, Question]]:
    """Return a closed survey with one question of each kind, and its questions by kind."""
    survey = ClosedSurveyFactory(**fields)
    return survey, add_questions(survey)


def answer(survey: Survey, population: str, sheets: Sequence[Mapping[str, Any]]) -> None:
    """Write opened sheets of one population."""
    Answer.objects.bulk_create(
        Answer(survey=survey, population=population, data=dict(sheet)) for sheet in sheets
    )


def ticked(survey: Survey, question: Question, **points: Sequence[int | None]) -> None:
    """Write sheets with this one question answered, by population; None leaves it blank."""
    for population, values in points.items():
        answer(
            survey,
            population,
            [{} if value is None else {question.key: value} for value in values],
        )


def invite(survey: Survey, unit: Unit, count: int, population: str = TEACHERS) -> None:
    """Ask so many new members of the unit."""
    for member in people("teacher", unit, count):
        Invitation.objects.create(
            survey=survey,
            member=member,
            population=population,
            token_hash=f"{survey.pk}-{member.pk}",
        )


def read(survey: Survey) -> Reading:
    return read_answers(Survey.objects.get(pk=survey.pk))


def view_of(survey: Survey, view: str = "") -> Results:
    return results_of(read(survey), view)


def scale_section(survey: Survey) -> Any:
    """Return a new section for scales."""
    return SectionFactory(survey=survey, title="การเรียนรู้ในงาน", position=9)
