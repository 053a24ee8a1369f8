"""The pages of the sheet: who has the token answers, once, and is told in words what is not so."""

import logging
import re
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from research.models import Intake, Survey
from research.services.answering import questions_of
from research.services.intake import open_due_intakes
from research.services.opening import close_survey
from research.services.tokens import token_of
from research.tests.factories import ClosedSurveyFactory, open_with
from research.tests.test_intake import send

pytestmark = pytest.mark.django_db
THREADS = 20


@pytest.fixture
def asked(db):
    """An open survey, one of its invitations and the address of its sheet."""
    survey, owner = open_with(teachers=12)
    invitation = survey.invitations.select_related("survey", "member").first()
    return survey, owner, invitation


def address(invitation):
    return reverse("research:answer", args=[token_of(invitation)])


def fields(survey, **changes):
    keys = {question.kind: f"q{question.key}" for question in questions_of(survey)}
    given = {"single": "1", "likert": "4", "text": "อยากให้แจ้งล่วงหน้า"} | changes
    return {keys[kind]: value for kind, value in given.items() if value is not None}


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_sheet_promises_asks_and_names_nobody(asked, client):
    survey, _, invitation = asked
    client.force_login(invitation.member)

    response = client.get(address(invitation))

    text = text_of(response)
    assert "คำตอบไม่ผูกกับชื่อ" in text
    assert "เปิดซองพร้อมกันครั้งละไม่น้อยกว่า 5 ซอง" in text
    assert all(question.text in text for question in questions_of(survey))
    assert str(invitation.member) not in text
    assert invitation.member.first_name not in text
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_a_survey_by_name_says_so_first(client):
    survey, _ = open_with(teachers=1, is_anonymous=False)
    invitation = survey.invitations.select_related("survey").get()

    text = text_of(client.get(address(invitation)))

    assert "แบบสอบถามนี้ระบุชื่อ" in text
    assert "คำตอบไม่ผูกกับชื่อ" not in text


def test_the_last_look_shows_every_answer_in_words_and_keeps_nothing(asked, client):
    survey, _, invitation = asked

    response = client.post(address(invitation), fields(survey) | {"action": "review"})

    text = text_of(response)
    assert response.status_code == 200
    assert "ตรวจก่อนส่ง" in text
    assert all(word in text for word in ("หญิง", "มาก", "อยากให้แจ้งล่วงหน้า", "ไม่ตอบ"))
    assert not Intake.objects.exists()


def test_going_back_brings_what_was_given(asked, client):
    survey, _, invitation = asked

    response = client.post(address(invitation), fields(survey) | {"action": "edit"})

    text = text_of(response)
    assert "อยากให้แจ้งล่วงหน้า</textarea>" in text
    assert text.count(" checked") == 2


def test_sending_leads_to_the_thanks_and_the_token_is_used(asked, client):
    survey, _, invitation = asked

    response = client.post(address(invitation), fields(survey) | {"action": "send"}, follow=True)

    assert response.redirect_chain == [(address(invitation), 302)]
    assert "ส่งคำตอบแล้ว ขอบคุณ" in text_of(response)
    again = text_of(client.get(address(invitation)))
    assert "ส่งคำตอบแล้ว ขอบคุณ" in again
    assert "อยากให้แจ้งล่วงหน้า" not in again
    assert "หญิง" not in again
    assert client.post(address(invitation), fields(survey) | {"action": "send"}).status_code == 302
    assert Intake.objects.count() == 1


def test_what_is_wrong_is_named_and_what_was_typed_stays(asked, client):
    survey, _, invitation = asked
    given = fields(survey, single=None, likert="9", text="ยังอยู่")

    response = client.post(address(invitation), given | {"action": "send"})

    text = text_of(response)
    assert response.status_code == 422
    assert "มี 2 ข้อที่ต้องแก้" in text
    assert "ข้อ 1 ยังไม่ได้เลือกคำตอบ" in text
    assert "ไม่มีตัวเลือกนี้แล้ว เลือกใหม่" in text
    assert "ยังอยู่</textarea>" in text
    assert not Intake.objects.exists()


ODD = [
    {},
    {"action": "send"},
    {"action": "อะไรก็ได้", "q1": "1"},
    {"q999999999999999999999": "1", "q-1": "x", "q": "", "csrf": "\x00"},
    {"action": ["send", "send"], "key": ["a"] * 500},
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_odd_forms_are_answered_in_words(body, asked, client):
    _, _, invitation = asked

    assert client.post(address(invitation), body).status_code == 422
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    "value", ["", " ", "-1", "1e3", "٣", "๓", "\x00", "9" * 5_000, "<script>", "null", "1.0"]
)
def test_odd_answers_to_a_scale_are_refused(value, asked, client):
    survey, _, invitation = asked

    response = client.post(address(invitation), fields(survey, likert=value) | {"action": "send"})

    assert response.status_code == 422
    assert not Intake.objects.exists()


def test_a_huge_text_is_refused_and_hostile_text_is_only_text(asked, client):
    survey, _, invitation = asked
    too_long = fields(survey, text="ก" * 5_000) | {"action": "send"}
    hostile = fields(survey, text='<img src=x onerror="alert(1)">\x00') | {"action": "review"}

    assert "พิมพ์ได้ไม่เกิน 4,000" in text_of(client.post(address(invitation), too_long))
    assert "<img src=x" not in text_of(client.post(address(invitation), hostile))


def test_another_surveys_questions_are_passed_over(asked, client):
    survey, _, invitation = asked
    other, _ = open_with(teachers=1)

    response = client.post(address(invitation), fields(other) | {"action": "send"})

    assert response.status_code == 422
    assert "อยากให้แจ้งล่วงหน้า" not in text_of(response)
    assert survey != other


@pytest.mark.parametrize("token", ["x", "x" * 43, "ก" * 43, "%00" * 43, "y" * 3_000, "'; --"])
def test_a_wrong_token_is_told_so_in_words(token, client):
    response = client.get(f"/surveys/a/{token}/")

    assert response.status_code == 404
    assert "ลิงก์อาจคัดลอกมาไม่ครบ" in text_of(response)


def test_a_closed_survey_says_since_when(asked, client):
    survey, owner, invitation = asked
    close_survey(survey, by=owner)

    response = client.post(address(invitation), fields(survey) | {"action": "send"})

    assert response.status_code == 410
    assert "ปิดรับคำตอบแล้ว" in text_of(response)


def test_a_survey_whose_time_is_over_takes_nothing_before_the_worker_comes(asked, client, clock):
    survey, _, invitation = asked
    Survey.objects.filter(pk=survey.pk).update(closes_at=clock(2026, 11, 20, 9, 0))

    assert client.get(address(invitation)).status_code == 410


def test_opening_the_batch_changes_nothing_on_the_page(asked, client):
    survey, _, _ = asked
    send(survey, 10)
    sent = list(survey.invitations.select_related("survey").sealed())

    before = [text_of(client.get(address(one))) for one in sent]
    open_due_intakes()
    after = [text_of(client.get(address(one))) for one in sent]

    assert before == after


def test_the_way_of_a_member_leads_to_the_own_sheet(asked, client):
    survey, owner, invitation = asked
    mine = reverse("research:answer-mine", args=[survey.pk])

    client.force_login(invitation.member)
    assert client.get(mine).url == address(invitation)
    client.force_login(owner.member)
    assert client.get(mine).status_code == 404


def test_after_a_change_of_the_secret_the_member_is_told_what_to_do(asked, client):
    survey, _, invitation = asked
    client.force_login(invitation.member)
    other = ClosedSurveyFactory(owner_unit=survey.owner_unit, office=survey.office)
    other.invitations.create(
        member=invitation.member, population="teachers", token_hash="of-another-secret"
    )

    response = client.get(reverse("research:answer-mine", args=[other.pk]))

    assert response.status_code == 422
    assert "ลิงก์เดิม" in text_of(response)


def test_the_survey_leads_each_reader_to_what_they_do(asked, client):
    survey, owner, invitation = asked
    page = reverse("research:survey", args=[survey.pk])

    client.force_login(invitation.member)
    assert client.get(page).url == reverse("research:answer-mine", args=[survey.pk])
    client.force_login(owner.member)
    assert client.get(page).url == reverse("research:survey-results", args=[survey.pk])


@pytest.fixture
def log():
    """What the portal's own handler writes, as settings.LOGGING configures it."""
    handler = next(one for one in logging.root.handlers if one.name == "stderr")
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_no_log_line_carries_a_token(asked, client, log):
    survey, _, invitation = asked

    client.get(address(invitation))
    client.post(address(invitation), {})
    client.post(address(invitation), fields(survey) | {"action": "send"})
    Client(enforce_csrf_checks=True).post(address(invitation), {})

    assert "/surveys/a/…/" in log.getvalue()  # refusals are logged, without the token
    assert token_of(invitation) not in log.getvalue()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_the_same_sheet_posted_twenty_times_at_once_is_one_envelope(race):
    survey, _ = open_with(teachers=1)
    invitation = survey.invitations.select_related("survey").get()
    body = fields(survey) | {"action": "send"}

    results = race(THREADS, lambda n: Client().post(address(invitation), body).status_code)

    assert results == [302] * THREADS
    assert Intake.objects.count() == 1


def test_the_sheet_asks_the_same_number_of_questions_however_long_it_is(
    asked, client, django_assert_num_queries
):
    survey, _, invitation = asked
    client.get(address(invitation))

    with django_assert_num_queries(6):  # a visitor's session takes two
        client.get(address(invitation))
    section = survey.sections.last()
    for number in range(20):
        section.questions.create(kind="text", text=f"ข้อเพิ่ม {number}", position=50 + number)
    with django_assert_num_queries(6):
        client.get(address(invitation))
