"""Answering through the page: every kind, what is refused, what stays, what cannot change."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from documents.models import Arrival, ResponseKind, ResponseState
from documents.services.answering import accept_response, extend_deadline, return_response
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    given,
    officer_of,
)
from documents.tests.pages import answer, at, page_of, said
from members.models import Role
from members.tests.factories import HoldingFactory

pytestmark = pytest.mark.django_db

QUESTIONS = [
    NUMBER_QUESTION,
    {"key": "q2", "kind": "choice", "label": "ระดับ", "choices": ["น้อย", "มาก"]},
    {"key": "q3", "kind": "date", "label": "วันที่เกิดเหตุ"},
    {"key": "q4", "kind": "yes_no", "label": "ปิดเรียนหรือไม่"},
    {"key": "q5", "kind": "text", "label": "รายละเอียด"},
]
GOOD = {
    "q1": "๑๒",
    "q2": "มาก",
    "q3": "20 พ.ย. 2569",
    "q4": "no",
    "q5": "หลังคาปลิว",
    "text": "ขอช่างด่วน",
}


# The kinds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "data", "text"),
    [
        (ResponseKind.ACKNOWLEDGE, {}, {}, ""),
        (ResponseKind.YES_NO, {"answer": "yes", "text": "ไป 2 คน"}, {"answer": "yes"}, "ไป 2 คน"),
        (ResponseKind.YES_NO, {"answer": "no"}, {"answer": "no"}, ""),
        (ResponseKind.FORM, {"q1": "๒"}, {"q1": 2}, ""),
        (ResponseKind.TEXT, {"text": "  ดำเนินการแล้ว\nเรียบร้อย "}, {}, "ดำเนินการแล้ว\nเรียบร้อย"),
    ],
)
def test_every_kind_of_answer_is_kept_as_it_was_given(client, asked, kind, body, data, text):
    arrival = asked(kind)

    response = answer(client, arrival, **body)

    [kept] = given(arrival)
    assert response.url == page_of(arrival, chosen=True)
    assert (kept.data, kept.text.replace("\r", ""), kept.version) == (data, text, 1)
    assert said(response)[0].startswith("ส่งคำตอบแล้ว")


def test_a_form_keeps_numbers_choices_dates_and_texts(client, asked):
    arrival = asked(questions=QUESTIONS)

    answer(client, arrival, **GOOD)

    assert given(arrival)[0].data == {
        "q1": 12,
        "q2": "มาก",
        "q3": "2026-11-20",
        "q4": "no",
        "q5": "หลังคาปลิว",
    }


# What is refused, and what stays ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        (ResponseKind.FORM, {"q1": "สองหลัง"}, "ใส่ตัวเลข เช่น 2"),
        (ResponseKind.FORM, {"q1": "-1"}, "ใส่ตัวเลขตั้งแต่ 0 ขึ้นไป"),
        (ResponseKind.FORM, {"q1": "51"}, "ใส่ตัวเลขไม่เกิน 50"),
        (ResponseKind.FORM, {"q1": ""}, "ข้อนี้ต้องตอบ"),
        (ResponseKind.FORM, {"q1": "1" * 400}, "ตัวเลขยาวเกิน 12 หลัก"),
        (ResponseKind.FORM, {"q1": "NaN"}, "ใส่ตัวเลข เช่น 2"),
        (ResponseKind.FORM, {"q1": "1", "text": "ก" * 5_001}, "ยาวเกินไป 1 ตัวอักษร"),
        (ResponseKind.YES_NO, {}, "เลือกเข้าร่วมหรือไม่เข้าร่วม"),
        (ResponseKind.YES_NO, {"answer": "maybe"}, "เลือก"),
        (ResponseKind.TEXT, {"text": "   "}, "พิมพ์คำตอบ"),
        (ResponseKind.FILE, {"text": "ลืมแนบ"}, "แนบไฟล์อย่างน้อย 1 ไฟล์"),
    ],
)
def test_what_does_not_fit_is_said_and_stays_on_the_page(client, asked, kind, body, sentence):
    arrival = asked(kind)

    response = answer(client, arrival, **body)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert all(value.strip() in page for value in body.values() if value != "maybe")
    assert given(arrival) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("q2", "กลาง", "เลือก"),
        ("q3", "32/13/2569", "ใส่วันที่ เช่น 20 พ.ย. 2569"),
        ("q3", "พรุ่งนี้", "ใส่วันที่ เช่น 20 พ.ย. 2569"),
        ("q4", "ไม่แน่ใจ", "เลือก"),
        ("q5", "ก" * 2_001, "ข้อความยาวเกิน 2,000 ตัวอักษร"),
    ],
)
def test_one_wrong_answer_of_a_form_loses_none_of_the_others(client, asked, name, value, sentence):
    arrival = asked(questions=QUESTIONS)

    response = answer(client, arrival, **GOOD | {name: value})

    form = response.context["answer_form"]
    assert response.status_code == 422
    assert list(form.errors) == [name]
    assert sentence in form.errors[name][0]
    assert all(form[other].value() == GOOD[other] for other in GOOD if other != name)
    assert given(arrival) == []


@pytest.mark.parametrize(
    "typed", ["20 พ.ย. 2569", "20/11/2569", "20/11/2026", "2026-11-20", "๒๐/๑๑/๒๕๖๙"]
)
def test_a_date_may_be_typed_in_either_era(client, asked, typed):
    arrival = asked(questions=QUESTIONS)

    answer(client, arrival, **GOOD | {"q3": typed})

    assert given(arrival)[0].data["q3"] == "2026-11-20"


def test_the_wrong_number_is_corrected_and_sent_with_the_same_key(client, asked):
    arrival, key = asked(), uuid4()

    wrong = answer(client, arrival, key=key, q1="สอง", text="เดี๋ยวแก้")
    right = answer(client, arrival, key=key, q1="2", text="เดี๋ยวแก้")

    assert f'value="{key}"' in wrong.content.decode()
    assert right.status_code == 302
    assert [kept.data for kept in given(arrival)] == [{"q1": 2}]


@pytest.mark.parametrize("key", ["", "ไม่ใช่กุญแจ"])
def test_a_form_without_its_key_is_not_sent_but_can_be_sent_again(client, asked, key):
    arrival = asked()

    refused = client.post(at("arrival-answer", arrival), {"key": key, "q1": "2"})
    page = refused.content.decode()
    form = page[page.index(at("arrival-answer", arrival)) :]
    fresh = re.search(r'name="key" value="([0-9a-f-]{36})"', form)[1]
    sent = client.post(at("arrival-answer", arrival), {"key": fresh, "q1": "2"})

    assert refused.status_code == 422
    assert "ตรวจแล้วกดอีกครั้ง" in page
    assert sent.status_code == 302


def test_fields_that_the_form_does_not_show_change_nothing(client, asked):
    arrival = asked()

    answer(
        client, arrival, q1="2", q9="9", state="accepted", is_late="on", version="7", answer="yes"
    )

    [kept] = given(arrival)
    arrival.refresh_from_db()
    assert (kept.data, kept.state, kept.version, kept.is_late) == ({"q1": 2}, "answered", 1, False)
    assert arrival.response_state == ResponseState.ANSWERED


# When it is possible ----------------------------------------------------------------------------


def test_an_answer_before_receiving_is_refused_in_words(client):
    arrival = ArrivalFactory(letter=SentLetterFactory(response_kind=ResponseKind.ACKNOWLEDGE))
    client.force_login(clerk_of(arrival.unit).member)

    response = answer(client, arrival)

    assert response.status_code == 422
    assert "ลงรับก่อน แล้วจึงตอบ" in response.content.decode()
    assert given(arrival) == []


def test_an_answer_that_is_not_asked_for_is_refused_in_words(client, asked):
    arrival = asked(ResponseKind.NONE)

    response = answer(client, arrival, text="ตอบเกิน")

    assert response.status_code == 422
    assert "หนังสือฉบับนี้ไม่ต้องตอบ" in response.content.decode()


def test_the_same_form_twice_is_one_answer(client, asked):
    arrival, key = asked(), uuid4()

    first = answer(client, arrival, key=key, q1="2")
    second = answer(client, arrival, key=key, q1="2")

    assert (first.status_code, second.status_code) == (302, 302)
    assert len(given(arrival)) == 1


def test_the_same_key_with_another_answer_is_refused_and_stays(client, asked):
    arrival, key = asked(), uuid4()
    answer(client, arrival, key=key, q1="2")

    response = answer(client, arrival, key=key, q1="3")

    page = response.content.decode()
    assert response.status_code == 422
    assert "เปิดหน้านี้ใหม่แล้วลองอีกครั้ง" in page
    assert 'value="3"' in page
    assert [kept.data for kept in given(arrival)] == [{"q1": 2}]


def test_an_answer_may_change_until_the_deadline(client, asked, clock):
    now = clock(2026, 11, 20, 9, 30)
    arrival = asked(due_at=now + timedelta(hours=7))

    first = answer(client, arrival, q1="2")
    page = client.get(page_of(arrival, chosen=True)).content.decode()
    answer(client, arrival, q1="3")

    assert said(first) == ["ส่งคำตอบแล้ว 09.30 น. แก้ได้ถึง 20 พ.ย. 2569 16.30 น."]
    assert "แก้คำตอบ" in page
    assert [kept.data["q1"] for kept in given(arrival)] == [2, 3]


def test_a_first_answer_is_taken_late_and_then_only_when_it_comes_back(client, asked, clock):
    now = clock(2026, 11, 20, 9, 30)
    arrival = asked(due_at=now - timedelta(days=1))
    officer = officer_of(arrival.letter.owner_unit)

    late = answer(client, arrival, q1="2")
    locked = answer(client, arrival, q1="3")
    return_response(given(arrival)[0], reason="ยอดไม่ตรงกับภาพ", by=officer)
    returned = client.get(page_of(arrival, chosen=True)).content.decode()
    again = answer(client, arrival, q1="4")

    assert said(late) == ["ส่งคำตอบแล้ว 09.30 น. หลังกำหนด"]
    assert locked.status_code == 422
    assert "พ้นกำหนดแล้วเมื่อ 19 พ.ย. 2569 09.30 น." in locked.content.decode()
    assert "ยอดไม่ตรงกับภาพ" in returned
    assert 'value="2"' in returned
    assert again.status_code == 302
    assert [(kept.data["q1"], kept.is_late) for kept in given(arrival)] == [(2, True), (4, True)]


def test_more_time_opens_the_answer_again(client, asked, clock):
    now = clock(2026, 11, 20, 9, 30)
    arrival = asked(due_at=now - timedelta(days=1))
    answer(client, arrival, q1="2")
    officer = officer_of(arrival.letter.owner_unit)
    extend_deadline(arrival, new_due_at=now + timedelta(days=2), reason="น้ำท่วม", by=officer)

    page = client.get(page_of(arrival, chosen=True)).content.decode()
    answer(client, arrival, q1="3")

    assert "แก้คำตอบ" in page
    assert [(kept.data["q1"], kept.is_late) for kept in given(arrival)] == [(2, True), (3, False)]


def test_an_accepted_answer_is_final_and_the_page_says_so(client, asked):
    arrival = asked()
    answer(client, arrival, q1="2")
    accept_response(given(arrival)[0], by=officer_of(arrival.letter.owner_unit))

    page = client.get(page_of(arrival, chosen=True))
    response = answer(client, arrival, q1="3")

    assert page.context["answer_form"] is None
    assert "สำนักงานตรวจรับคำตอบแล้ว จึงแก้ไม่ได้" in page.content.decode()
    assert response.status_code == 422
    assert len(given(arrival)) == 1


# In whose name ----------------------------------------------------------------------------------


def test_a_clerk_of_two_schools_answers_in_the_name_of_the_one_that_is_open(client, asked):
    arrival = asked()
    other = ArrivalFactory(letter=arrival.letter)
    HoldingFactory(member=arrival.received_by, role=Role.SCHOOL_CLERK, unit=other.unit)
    receive_arrivals([other.pk], key=uuid4(), by=clerk_of(other.unit))

    page = client.get(page_of(other, chosen=True)).content.decode()
    answer(client, other, q1="2")

    assert re.search(f"ตอบในนาม.*{other.unit.name}", page, re.DOTALL)
    assert given(arrival) == []
    assert given(other)[0].submitted_by == arrival.received_by
    assert Arrival.objects.get(pk=arrival.pk).response_state == ResponseState.NONE
