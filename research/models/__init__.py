"""The tables of surveys."""

from research.models.answers import Answer, Intake, Invitation, NamedAnswer
from research.models.surveys import (
    BandTable,
    Population,
    Promise,
    Question,
    QuestionKind,
    Section,
    Survey,
    SurveyState,
)

__all__ = [
    "Answer",
    "BandTable",
    "Intake",
    "Invitation",
    "NamedAnswer",
    "Population",
    "Promise",
    "Question",
    "QuestionKind",
    "Section",
    "Survey",
    "SurveyState",
]
