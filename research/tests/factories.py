"""Surveys for tests, in the states named by their factories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from members.models import Member, Role, Unit
from members.services import Actor
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    SchoolFactory,
)
from portal.core.thaitext import normalise
from research.domain.questions import AGREEMENT
from research.models import (
    Answer,
    Population,
    Promise,
    Question,
    QuestionKind,
    Section,
    Survey,
    SurveyState,
)
from research.services.keys import make_key
from research.services.opening import open_survey

LIKERT_OPTIONS = {"labels": list(AGREEMENT), "reverse": False, "no_opinion": True}
CHOICE_OPTIONS = {"choices": ["ชาย", "หญิง", "ไม่ระบุ"]}


class SurveyFactory(DjangoModelFactory[Survey]):
    """An anonymous draft of a group that asks everybody of its office for two weeks."""

    class Meta:
        model = Survey

    owner_unit = factory.SubFactory(GroupFactory)
    office = factory.LazyAttribute(lambda survey: survey.owner_unit.office)
    author = factory.SubFactory(MemberFactory)
    title = factory.Sequence(lambda n: f"ความพึงพอใจต่อบริการของสำนักงาน ครั้งที่ {n + 1}")
    title_search = factory.LazyAttribute(lambda survey: normalise(survey.title))
    purpose = "นำผลไปปรับปรุงบริการ"
    is_anonymous = True
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
    created_at = factory.LazyFunction(timezone.now)
    saved_at = factory.LazyFunction(timezone.now)


class OpenSurveyFactory(SurveyFactory):
    """A survey that is out, without invitations; `open_with` makes a whole one by the services."""

    state = SurveyState.OPEN
    promise = factory.LazyAttribute(
        lambda survey: Promise.ANONYMOUS if survey.is_anonymous else Promise.NONE
    )
    public_key = factory.LazyAttribute(lambda survey: make_key() if survey.is_anonymous else "")
    opened_at = factory.LazyFunction(timezone.now)


class ClosedSurveyFactory(OpenSurveyFactory):
    state = SurveyState.CLOSED
    closed_at = factory.LazyFunction(timezone.now)


class SectionFactory(DjangoModelFactory[Section]):
    class Meta:
        model = Section

    survey = factory.SubFactory(SurveyFactory)
    title = factory.Sequence(lambda n: f"ด้านที่ {n + 1}")
    position = factory.Sequence(lambda n: n)


class QuestionFactory(DjangoModelFactory[Question]):
    """A required scale of five points with “no opinion”; `section=` or `survey=` places it."""

    class Meta:
        model = Question

    class Params:
        survey = None

    section = factory.Maybe(
        "survey",
        yes_declaration=factory.SubFactory(
            SectionFactory, survey=factory.SelfAttribute("..survey")
        ),
        no_declaration=factory.SubFactory(SectionFactory),
    )
    kind = QuestionKind.LIKERT
    text = factory.Sequence(lambda n: f"ข้อคำถามที่ {n + 1}")
    options = factory.LazyFunction(lambda: dict(LIKERT_OPTIONS))
    position = factory.Sequence(lambda n: n)


class AnswerFactory(DjangoModelFactory[Answer]):
    """One opened anonymous sheet."""

    class Meta:
        model = Answer

    survey = factory.SubFactory(OpenSurveyFactory)
    population = Population.TEACHERS
    data = factory.LazyFunction(dict)


def add_questions(survey: Survey) -> dict[str, Question]:
    """Give the survey two sections with one question of each kind, by its kind."""
    about = SectionFactory(survey=survey, title="ข้อมูลทั่วไป", position=1)
    views = SectionFactory(survey=survey, title="ด้านการสื่อสาร", position=2)
    return {
        "single": QuestionFactory(
            section=about, kind="single", options=dict(CHOICE_OPTIONS), text="เพศ", position=1
        ),
        "multiple": QuestionFactory(
            section=about,
            kind="multiple",
            options={"choices": ["LINE", "อีเมล", "เว็บไซต์"]},
            text="ท่านรับข่าวของสำนักงานทางใด",
            is_required=False,
            position=2,
        ),
        "likert": QuestionFactory(section=views, text="ได้รับหนังสือทันเวลา", position=1),
        "text": QuestionFactory(
            section=views, kind="text", options={}, text="ข้อเสนอแนะ", is_required=False, position=2
        ),
    }


def people(role: str, unit: Unit, count: int) -> list[Member]:
    """Return so many new members in posts of this role in the unit."""
    return [HoldingFactory(role=role, unit=unit).member for _ in range(count)]


def open_with(
    *, teachers: int = 0, directors: int = 0, staff: int = 0, **fields: Any
) -> tuple[Survey, Actor]:
    """Return a survey opened by the services, and its owner; only the people counted are asked."""
    owner = ActorFactory(role=Role.OFFICER)
    group = owner.holding.post.unit
    school = SchoolFactory(office=group.office)
    people(Role.TEACHER, school, teachers)
    people(Role.SCHOOL_DIRECTOR, school, directors)
    people(Role.OFFICER, group, staff - 1 if staff else 0)
    populations = [
        str(name)
        for name, count in (
            (Population.ADMINISTRATORS, directors),
            (Population.TEACHERS, teachers),
            (Population.STAFF, staff),
        )
        if count
    ]
    survey = SurveyFactory(owner_unit=group, populations=populations, **fields)
    add_questions(survey)
    return open_survey(survey, by=owner), owner
