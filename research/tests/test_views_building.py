"""The pages on which a survey is built, from the empty draft to the opened survey."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, HoldingFactory, SchoolFactory
from research.models import Population, Question, Survey
from research.tests.factories import (
    ClosedSurveyFactory,
    OpenSurveyFactory,
    QuestionFactory,
    SectionFactory,
    SurveyFactory,
    add_questions,
    people,
)
from research.tests.findings import answer

pytestmark = pytest.mark.django_db

NEW = reverse("research:survey-new")


def at(name, thing):
    return reverse(f"research:{name}", args=[thing.pk])


@pytest.fixture
def officer(client):
    """A signed-in officer of a group."""
    actor = ActorFactory(role=Role.OFFICER, unit=GroupFactory())
    client.force_login(actor.member)
    return actor


@pytest.fixture
def draft(officer):
    return SurveyFactory(owner_unit=officer.holding.post.unit, title="ความพึงพอใจ")


@pytest.fixture
def section(draft):
    return SectionFactory(survey=draft, title="ด้านสวัสดิการ")


HEAD = {
    "version": 1,
    "title": "ชื่อใหม่",
    "purpose": "ปรับปรุง",
    "intro": "ตอบตามจริง",
    "populations": ["teachers", "staff"],
    "is_anonymous": "1",
    "band_table": "0.80",
    "opens_at": "",
    "closes_at": "31/12/2599",
}


# Beginning --------------------------------------------------------------------------------------


def test_a_survey_begins_blank_once_however_often_it_is_sent(client, officer):
    unit = officer.holding.post.unit
    data = {"key": uuid4(), "owner_unit": unit.pk, "title": "แบบใหม่", "source": ""}

    answers = [client.post(NEW, data) for _ in range(2)]

    survey = Survey.objects.get()
    assert {response["Location"] for response in answers} == {at("survey-edit", survey)}
    assert (survey.owner_unit, survey.title, survey.state) == (unit, "แบบใหม่", "draft")


def test_a_survey_begins_from_an_earlier_one(client, officer):
    earlier = ClosedSurveyFactory(owner_unit=officer.holding.post.unit)
    add_questions(earlier)
    page = client.get(f"{NEW}?source={earlier.pk}").content.decode()
    assert f'<option value="{earlier.pk}" selected>' in page

    unit = officer.holding.post.unit
    data = {"key": uuid4(), "owner_unit": unit.pk, "title": "รอบสอง", "source": earlier.pk}
    client.post(NEW, data)

    assert Question.objects.filter(section__survey__title="รอบสอง").count() == 4


def test_a_survey_of_another_office_is_no_source(client, officer):
    foreign = ClosedSurveyFactory()
    unit = officer.holding.post.unit
    data = {"key": uuid4(), "owner_unit": unit.pk, "title": "ลอก", "source": foreign.pk}

    response = client.post(NEW, data)

    assert response.status_code == 422
    assert "ไม่พบฉบับเดิมนี้แล้ว" in response.content.decode()
    assert not Survey.objects.filter(title="ลอก").exists()


def test_a_person_of_two_groups_chooses_one(client, officer):
    other = HoldingFactory(member=officer.member, role=Role.OFFICER).post.unit
    data = {"key": uuid4(), "owner_unit": other.pk, "title": "ของอีกกลุ่ม", "source": ""}

    assert other.name in client.get(NEW).content.decode()
    client.post(NEW, data)

    assert Survey.objects.get().owner_unit == other


# The head ---------------------------------------------------------------------------------------


def test_the_head_is_kept(client, draft):
    response = client.post(at("survey-head", draft), HEAD)

    assert response.status_code == 302
    survey = Survey.objects.get(pk=draft.pk)
    assert (survey.title, survey.populations, survey.band_table) == (
        "ชื่อใหม่",
        ["teachers", "staff"],
        "0.80",
    )
    assert timezone.localtime(survey.closes_at).strftime("%H.%M") == "16.30"
    page = client.get(at("survey-edit", draft)).content.decode()
    assert "31 ธ.ค. 2599" in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "  ", "ใส่ชื่อแบบสอบถาม"),
        ("title", "ก" * 301, "ยาวเกินไป 1 ตัวอักษร"),
        ("populations", [], "เลือกกลุ่มผู้ตอบอย่างน้อย 1 กลุ่ม"),
        ("populations", ["pupils"], "pupils"),
        ("closes_at", "เมื่อวานซืน", "ใส่วันที่และเวลา"),
        ("opens_at", "1 ม.ค. 2600", "วันปิดรับต้องอยู่หลังวันเปิดรับ"),
        ("band_table", "0.90", "0.90"),
        ("version", "x", "errors"),
        ("version", "7", "มีคนแก้เรื่องนี้ก่อนท่านบันทึก"),
    ],
)
def test_a_wrong_head_is_said_and_nothing_is_lost(client, draft, field, value, said):
    response = client.post(at("survey-head", draft), HEAD | {field: value})

    assert response.status_code == (409 if value == "7" else 422)
    page = response.content.decode()
    assert said in page
    assert "ตอบตามจริง" in page
    assert Survey.objects.get(pk=draft.pk).title == "ความพึงพอใจ"


def test_without_any_field_the_head_is_refused(client, draft):
    assert client.post(at("survey-head", draft)).status_code == 422


# Questions --------------------------------------------------------------------------------------


def scale(**more):
    return {"text": "ได้รับหนังสือทันเวลา", "labels": "มาก\nกลาง\nน้อย", "is_required": "on"} | more


def test_a_scale_is_typed_from_high_to_low_and_kept_from_low_to_high(client, section):
    address = f"{at('question-new', section)}?kind=likert"
    assert "มากที่สุด\nมาก\nปานกลาง\nน้อย\nน้อยที่สุด" in client.get(address).content.decode()

    client.post(address, scale(reverse="on"))

    question = Question.objects.get()
    assert question.options == {
        "labels": ["น้อย", "กลาง", "มาก"],
        "reverse": True,
        "no_opinion": False,
    }
    assert question.is_required


def test_choices_and_texts_are_added_one_after_another(client, section):
    address = at("question-new", section)
    again = client.post(
        f"{address}?kind=multiple", {"text": "ทางใด", "choices": "LINE\nอีเมล", "then": "another"}
    )
    client.post(f"{address}?kind=text", {"text": "ข้อเสนอแนะ"})

    assert again["Location"] == f"{address}?kind=multiple"
    kinds = list(Question.objects.order_by("position").values_list("kind", "is_required"))
    assert kinds == [("multiple", False), ("text", False)]


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("likert", scale(text=""), "ใส่คำถาม"),
        ("likert", scale(text="ก" * 501), "ยาวเกินไป 1 ตัวอักษร"),
        ("likert", scale(labels="มาก"), "2 ถึง 10"),
        ("likert", scale(labels="\n".join(str(n) for n in range(11))), "2 ถึง 10"),
        ("likert", scale(labels="มาก\nมาก"), "ไม่ซ้ำกัน"),
        ("single", {"text": "เพศ", "choices": "ชาย\n" + "ก" * 201}, "200"),
        ("single", {"text": "เพศ"}, "ใส่ตัวเลือกอย่างน้อย 2 บรรทัด"),
        ("text", {"hint": "คำอธิบาย"}, "ใส่คำถาม"),
        ("text", {"text": "\x00"}, "errors"),
    ],
)
def test_a_wrong_question_is_said_and_kept_on_the_page(client, section, kind, data, said):
    response = client.post(f"{at('question-new', section)}?kind={kind}", data)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Question.objects.exists()


def test_a_kind_that_is_none_is_not_found(client, section):
    assert client.get(f"{at('question-new', section)}?kind=matrix").status_code == 404


def test_a_question_is_changed_moved_and_removed(client, draft, section):
    first, second = (QuestionFactory(section=section, text=text) for text in "กข")

    client.post(at("question-edit", first), scale(text="ก ใหม่"))
    client.post(at("question-move", first), {"to": "down"})
    page = client.get(at("survey-edit", draft)).content.decode()
    assert page.index("ก ใหม่") > page.index(f"question-{second.pk}")

    assert "เอาคืนไม่ได้" in client.get(at("question-remove", first)).content.decode()
    client.post(at("question-remove", first))
    assert list(Question.objects.all()) == [second]


@pytest.mark.parametrize("step", ["sideways", "", "\x00", "1"])
def test_a_step_that_is_none_moves_nothing(client, section, step):
    questions = [QuestionFactory(section=section) for _ in range(2)]

    assert client.post(at("question-move", questions[0]), {"to": step}).status_code == 302
    assert list(section.questions.all()) == questions


def test_what_is_gone_or_of_others_is_not_found(client, officer):
    foreign = QuestionFactory(survey=SurveyFactory())

    for name, thing in (
        ("survey-edit", foreign.section.survey),
        ("section-edit", foreign.section),
        ("question-edit", foreign),
        ("question-remove", foreign),
    ):
        assert client.get(at(name, thing)).status_code == 404
    assert client.get(reverse("research:question-edit", args=[2**62])).status_code == 404


@pytest.mark.parametrize("factory", [OpenSurveyFactory, ClosedSurveyFactory])
def test_a_survey_that_is_out_leads_to_its_page(client, officer, factory):
    survey = factory(owner_unit=officer.holding.post.unit)
    question = add_questions(survey)["likert"]
    text = question.text

    for name, thing in (
        ("survey-edit", survey),
        ("survey-head", survey),
        ("survey-schools", survey),
        ("section-new", survey),
        ("section-edit", question.section),
        ("section-remove", question.section),
        ("question-new", question.section),
        ("question-edit", question),
        ("question-remove", question),
        ("survey-open", survey),
    ):
        response = client.get(at(name, thing))
        assert response["Location"] == at("survey-results", survey), name
    assert client.post(at("question-edit", question), scale()).status_code == 302
    assert client.post(at("question-move", question), {"to": "up"}).status_code == 302
    assert Question.objects.get(pk=question.pk).text == text


# Opening ----------------------------------------------------------------------------------------


def test_the_draft_says_what_it_lacks_and_offers_no_opening(client, draft):
    Survey.objects.filter(pk=draft.pk).update(closes_at=None)

    for name in ("survey-edit", "survey-open"):
        page = client.get(at(name, draft)).content.decode()
        assert "ยังขาด" in page
        assert "เพิ่มคำถามอย่างน้อย 1 ข้อ" in page
        assert "กำหนดวันปิดรับคำตอบ" in page
        assert "เปิดรับและเชิญ" not in page


def test_opening_names_the_numbers_and_opens_once(client, officer, draft):
    group = officer.holding.post.unit
    add_questions(draft)
    school = SchoolFactory(office=group.office)
    people(Role.TEACHER, school, 4)
    people(Role.SCHOOL_DIRECTOR, school, 1)

    page = client.get(at("survey-open", draft)).content.decode()
    assert "เชิญ 6 คน (เจ้าหน้าที่ 1 · ผู้บริหาร 1 · ครู 4)" in page

    key = uuid4()
    for _ in range(2):
        client.post(at("survey-open", draft), {"key": key})
    survey = Survey.objects.get(pk=draft.pk)
    assert (survey.state, survey.invited) == ("open", 6)


def test_a_survey_chooses_schools_and_no_persons(client, draft):
    SchoolFactory(office=draft.office)

    page = client.get(at("survey-schools", draft)).content.decode()

    assert "เลือกทีละโรงเรียน" in page
    assert 'name="to-members' not in page
    assert 'name="to-groups' not in page


def test_the_last_look_warns_when_nothing_could_ever_be_shown(client, draft):
    add_questions(draft)
    Survey.objects.filter(pk=draft.pk).update(populations=[Population.TEACHERS])
    school = SchoolFactory(office=draft.office)
    people(Role.TEACHER, school, 4)
    assert "เชิญไม่ถึง 5 คน" in client.get(at("survey-open", draft)).content.decode()

    people(Role.TEACHER, school, 1)
    page = client.get(at("survey-open", draft)).content.decode()
    assert "ไม่ถึง 5 คน" not in page


def test_the_last_look_names_a_group_whose_envelopes_may_stay_shut(client, draft):
    add_questions(draft)
    school = SchoolFactory(office=draft.office)
    people(Role.TEACHER, school, 5)
    people(Role.SCHOOL_DIRECTOR, school, 1)

    page = client.get(at("survey-open", draft)).content.decode()

    assert "เจ้าหน้าที่และผู้บริหารมีไม่ถึง 5 คน" in page


def test_opening_without_a_key_is_refused(client, draft):
    add_questions(draft)

    assert client.post(at("survey-open", draft)).status_code == 422
    assert Survey.objects.get(pk=draft.pk).is_draft


def test_the_preview_shows_every_question_and_sends_nothing(client, draft):
    add_questions(draft)

    page = client.get(at("survey-preview", draft)).content.decode()

    assert all(question.text in page for question in Question.objects.all())
    assert "ไม่มีความเห็น" in page
    assert "<form" not in page.split("<main", 1)[1]


# After opening ----------------------------------------------------------------------------------


def test_an_open_survey_is_extended_reminded_and_closed(client, officer):
    survey = OpenSurveyFactory(owner_unit=officer.holding.post.unit)
    page = client.get(at("survey-results", survey)).content.decode()
    assert "ผลแสดงเมื่อปิดรับ" in page

    earlier = client.post(at("survey-extend", survey), {"closes_at": "1 ม.ค. 2560"})
    assert earlier.status_code == 422
    client.post(at("survey-extend", survey), {"closes_at": "31 ธ.ค. 2599"})
    assert Survey.objects.get(pk=survey.pk).closes_at > timezone.now() + timedelta(days=365)

    assert client.get(at("survey-remind", survey)).status_code == 200
    said = client.post(at("survey-remind", survey), follow=True).content.decode()
    assert "ผู้ได้รับเชิญตอบครบแล้ว" in said

    last_look = client.get(at("survey-close", survey)).content.decode()
    assert "ปิดแล้วเปิดอีกไม่ได้" in last_look
    assert "คำตอบไม่ถึง 5 ชุด จะไม่มีผลให้ดู" in last_look
    client.post(at("survey-close", survey))
    assert Survey.objects.get(pk=survey.pk).is_closed
    assert client.get(at("survey-close", survey)).status_code == 302


def test_publishing_too_few_answers_says_why(client, officer):
    survey = ClosedSurveyFactory(owner_unit=officer.holding.post.unit)
    answer(survey, "teachers", [{}] * 4)

    said = client.post(at("survey-publish", survey), follow=True).content.decode()

    assert "มีคำตอบไม่ถึง 5 ชุด จึงไม่มีผลให้เผยแพร่" in said
