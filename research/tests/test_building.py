"""Drafts are built through services: rights, states, order, copies."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory
from portal.audit.models import AuditEntry
from portal.core.errors import Conflict, DomainError
from portal.outbox.models import OutboxMessage
from research.models import Question, Section, Survey
from research.services import building, ending
from research.tests.factories import (
    ClosedSurveyFactory,
    OpenSurveyFactory,
    QuestionFactory,
    SectionFactory,
    SurveyFactory,
    add_questions,
    open_with,
)
from research.tests.findings import answer, found_survey

pytestmark = pytest.mark.django_db

SCALE = {"labels": ["น้อย", "มาก"], "reverse": False, "no_opinion": False}


@pytest.fixture
def owner():
    return ActorFactory(role=Role.OFFICER, unit=GroupFactory())


@pytest.fixture
def draft(owner):
    return SurveyFactory(owner_unit=owner.holding.post.unit)


@pytest.fixture
def stranger(draft):
    """An officer of another group of the same office."""
    return ActorFactory(role=Role.OFFICER, unit=GroupFactory(office=draft.office))


def texts(survey):
    """The questions in order, with their sections."""
    return [
        (section.title, [question.text for question in section.questions.all()])
        for section in survey.sections.all()
    ]


def history(survey):
    rows = AuditEntry.objects.filter(subject_type="research.survey", subject_id=survey.pk)
    return list(rows.order_by("pk").values_list("action", flat=True))


# The head ---------------------------------------------------------------------------------------


def test_the_head_is_saved_with_a_higher_version(draft, owner):
    saved = building.save_survey(
        draft, version=1, changes={"title": " ความ พึงพอใจ ", "band_table": "0.80"}, by=owner
    )

    assert (saved.title, saved.band_table, saved.version) == ("ความ พึงพอใจ", "0.80", 2)
    assert Survey.objects.matching("พึงพอใจ").get() == draft
    assert OutboxMessage.objects.filter(topic="search.refresh").exists()


def test_a_page_older_than_the_draft_changes_nothing(draft, owner):
    building.save_survey(draft, version=1, changes={"title": "ของเขา"}, by=owner)

    with pytest.raises(Conflict):
        building.save_survey(draft, version=1, changes={"title": "ของเรา"}, by=owner)

    assert Survey.objects.get(pk=draft.pk).title == "ของเขา"


def test_only_fields_of_the_head_are_taken(draft, owner):
    with pytest.raises(ValueError, match="state"):
        building.save_survey(draft, version=1, changes={"state": "open"}, by=owner)


# Sections and questions -------------------------------------------------------------------------


def test_sections_and_questions_are_added_at_the_end(draft, owner):
    first = building.add_section(draft, title="ตอนหนึ่ง", by=owner)
    building.add_section(draft, title="ตอนสอง", by=owner)
    for text in ("ก", "ข"):
        building.add_question(first, kind="likert", text=text, options=SCALE, by=owner)

    assert texts(draft) == [("ตอนหนึ่ง", ["ก", "ข"]), ("ตอนสอง", [])]


def test_a_question_moves_inside_its_section_and_over_its_end(draft, owner):
    first = SectionFactory(survey=draft, title="หนึ่ง", position=1)
    second = SectionFactory(survey=draft, title="สอง", position=2)
    a, b = (QuestionFactory(section=first, text=text) for text in "กข")
    QuestionFactory(section=second, text="ค")

    building.move_question(a, step=1, by=owner)
    assert texts(draft) == [("หนึ่ง", ["ข", "ก"]), ("สอง", ["ค"])]

    building.move_question(Question.objects.get(pk=a.pk), step=1, by=owner)
    assert texts(draft) == [("หนึ่ง", ["ข"]), ("สอง", ["ก", "ค"])]

    building.move_question(Question.objects.get(pk=a.pk), step=-1, by=owner)
    assert texts(draft) == [("หนึ่ง", ["ข", "ก"]), ("สอง", ["ค"])]

    building.move_question(Question.objects.get(pk=b.pk), step=-1, by=owner)
    assert texts(draft) == [("หนึ่ง", ["ข", "ก"]), ("สอง", ["ค"])], "at the top it stays"


def test_sections_move_and_go_with_their_questions(draft, owner):
    add_questions(draft)
    second = draft.sections.get(title="ด้านการสื่อสาร")

    building.move_section(second, step=-1, by=owner)
    assert [title for title, _ in texts(draft)] == ["ด้านการสื่อสาร", "ข้อมูลทั่วไป"]

    building.remove_section(second, by=owner)
    assert texts(draft) == [("ข้อมูลทั่วไป", ["เพศ", "ท่านรับข่าวของสำนักงานทางใด"])]


def test_options_that_are_none_are_refused_in_words(draft, owner):
    section = SectionFactory(survey=draft)

    with pytest.raises(DomainError, match="2 ถึง 30"):
        building.add_question(
            section, kind="single", text="เพศ", options={"choices": ["ชาย"]}, by=owner
        )


@pytest.mark.parametrize("state", [OpenSurveyFactory, ClosedSurveyFactory])
def test_a_survey_that_is_out_is_not_changed(owner, state):
    survey = state(owner_unit=owner.holding.post.unit)
    section = SectionFactory(survey=survey)
    question = QuestionFactory(section=section)

    for deed in (
        lambda: building.save_survey(survey, version=1, changes={"title": "ใหม่"}, by=owner),
        lambda: building.set_schools(survey, rule={"all_schools": True}, by=owner),
        lambda: building.discard_survey(survey, by=owner),
        lambda: building.add_section(survey, title="ใหม่", by=owner),
        lambda: building.save_section(section, title="ใหม่", by=owner),
        lambda: building.move_section(section, step=1, by=owner),
        lambda: building.remove_section(section, by=owner),
        lambda: building.add_question(section, kind="text", text="ใหม่", options={}, by=owner),
        lambda: building.save_question(question, text="ใหม่", options=SCALE, by=owner),
        lambda: building.move_question(question, step=1, by=owner),
        lambda: building.remove_question(question, by=owner),
    ):
        with pytest.raises(DomainError, match="แก้ไม่ได้"):
            deed()


def test_another_group_may_do_nothing(draft, stranger):
    section = SectionFactory(survey=draft)
    question = QuestionFactory(section=section)

    for deed in (
        lambda: building.save_survey(draft, version=1, changes={"title": "ใหม่"}, by=stranger),
        lambda: building.discard_survey(draft, by=stranger),
        lambda: building.add_section(draft, title="ใหม่", by=stranger),
        lambda: building.remove_section(section, by=stranger),
        lambda: building.add_question(section, kind="text", text="ใหม่", options={}, by=stranger),
        lambda: building.remove_question(question, by=stranger),
        lambda: ending.publish_summary(draft, by=stranger),
        lambda: ending.remind_survey(draft, by=stranger),
        lambda: building.copy_survey(
            draft, owner_unit=draft.owner_unit, title="สำเนา", by=stranger
        ),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_a_draft_is_thrown_away_and_the_history_keeps_its_title(draft, owner):
    add_questions(draft)
    pk = draft.pk

    building.discard_survey(draft, by=owner)

    assert not Survey.objects.filter(pk=pk).exists()
    assert not Question.objects.exists()
    entry = AuditEntry.objects.get(action="survey.discarded")
    assert (entry.subject_id, entry.data["title"]) == (pk, draft.title)


# Copies -----------------------------------------------------------------------------------------


def test_a_copy_asks_the_same_and_leaves_dates_and_answers_behind(owner):
    source = ClosedSurveyFactory(owner_unit=owner.holding.post.unit, band_table="0.80")
    add_questions(source)
    answer(source, "teachers", [{}] * 6)
    key = uuid4()

    copies = [
        building.copy_survey(
            source, owner_unit=source.owner_unit, title="รอบสอง", key=key, by=owner
        )
        for _ in range(2)
    ]

    copy = Survey.objects.get(pk=copies[0].pk)
    assert copies[0] == copies[1], "the same form sent twice"
    assert texts(copy) == texts(source)
    assert (copy.state, copy.band_table, copy.closes_at) == ("draft", "0.80", None)
    assert not copy.answers.exists()
    assert Section.objects.filter(survey=copy).count() == 2


# After opening ----------------------------------------------------------------------------------


def test_a_later_end_is_kept_and_the_worker_closes_then():
    survey, owner = open_with(teachers=5)
    later = survey.closes_at + timedelta(days=3)

    ending.extend_survey(survey, closes_at=later, by=owner)

    assert Survey.objects.get(pk=survey.pk).closes_at == later
    due = OutboxMessage.objects.filter(topic="research.close_survey", due_at=later)
    assert due.count() == 1
    assert history(survey)[-1] == "survey.extended"


@pytest.mark.parametrize("days", [-20, -1, 0])
def test_an_end_that_is_not_later_is_refused(days):
    survey, owner = open_with(teachers=5)

    with pytest.raises(DomainError, match="หลังวันปิดรับเดิม"):
        ending.extend_survey(survey, closes_at=survey.closes_at + timedelta(days=days), by=owner)


def test_a_reminder_goes_once_a_day_to_those_without_a_mark():
    survey, owner = open_with(teachers=6)
    first = survey.invitations.first()
    first.has_participated = True
    first.save(update_fields=["has_participated"])
    planned = OutboxMessage.objects.filter(topic="research.survey_reminder").count()

    assert ending.remind_survey(survey, by=owner) == 5
    with pytest.raises(DomainError, match="วันละครั้ง"):
        ending.remind_survey(survey, by=owner)

    reminders = OutboxMessage.objects.filter(topic="research.survey_reminder")
    assert reminders.count() == planned + 1
    assert history(survey).count("survey.reminded") == 1


def test_nobody_is_reminded_of_a_closed_survey(owner):
    survey = ClosedSurveyFactory(owner_unit=owner.holding.post.unit)

    with pytest.raises(DomainError, match="ไม่ได้เปิดรับ"):
        ending.remind_survey(survey, by=owner)


def test_a_summary_is_published_and_taken_back(owner):
    survey, _ = found_survey(owner_unit=owner.holding.post.unit)
    answer(survey, "teachers", [{}] * 5)
    teacher = ActorFactory(role=Role.TEACHER, unit=GroupFactory(office=survey.office)).member
    assert survey not in Survey.objects.visible_to(teacher)

    for _ in range(2):
        ending.publish_summary(survey, by=owner)
    assert survey in Survey.objects.visible_to(teacher)
    assert history(survey).count("survey.summary_published") == 1

    for _ in range(2):
        ending.withdraw_summary(survey, by=owner)
    assert survey not in Survey.objects.visible_to(teacher)
    assert history(survey).count("survey.summary_withdrawn") == 1


def test_a_summary_of_another_office_stays_there(owner):
    survey, _ = found_survey(owner_unit=owner.holding.post.unit, published_at=timezone.now())
    elsewhere = ActorFactory(role=Role.DIRECTOR).member

    assert survey not in Survey.objects.visible_to(elsewhere)


@pytest.mark.parametrize("answers", [0, 4])
def test_too_few_answers_are_not_published(owner, answers):
    survey, _ = found_survey(owner_unit=owner.holding.post.unit)
    answer(survey, "teachers", [{}] * answers)

    with pytest.raises(DomainError, match="ไม่ถึง 5"):
        ending.publish_summary(survey, by=owner)


def test_an_open_survey_is_not_published(owner):
    survey = OpenSurveyFactory(owner_unit=owner.holding.post.unit)
    answer(survey, "teachers", [{}] * 9)

    with pytest.raises(DomainError, match="หลังปิดรับ"):
        ending.publish_summary(survey, by=owner)
