"""One recipient as the office sees it: its answers, and the office's word on them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.models import ResponseState
from documents.services.answering import return_response, submit_response
from documents.tests.factories import (
    ArrivalFactory,
    answered_arrival,
    clerk_of,
    received_arrival,
    school,
)
from documents.tests.pages import at
from members.tests.factories import MemberFactory
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db


def test_the_office_reads_the_answer_and_its_history(client, officer, letter):
    arrival, clerk = received_arrival(letter=letter, unit=school(letter, "ก"))
    first = submit_response(arrival, data={"q1": "9"}, key=uuid4(), by=clerk)
    return_response(first, reason="ดูใหม่", by=officer)
    submit_response(arrival, data={"q1": "3", "q2": "น้อย"}, key=uuid4(), by=clerk)

    page = client.get(at("arrival", arrival)).content.decode()

    assert "คำตอบ ฉบับที่ 2" in page
    assert "<b>3</b> หลัง" in page
    assert "<b>9</b> หลัง" in page
    assert "ดูใหม่" in page


def test_accepting_goes_on_to_the_next_answer_that_waits(client, letter):
    first = answered_arrival(letter=letter, unit=school(letter, "ก"))[0]
    second = answered_arrival(letter=letter, unit=school(letter, "ข"))[0]

    response = client.post(
        reverse("documents:response-accept", args=[first.responses.get().pk]), {"then": "next"}
    )
    last = client.post(
        reverse("documents:response-accept", args=[second.responses.get().pk]), {"then": "next"}
    )

    first.refresh_from_db()
    assert first.response_state == ResponseState.ACCEPTED
    assert response.url == at("arrival", second)
    assert last.url == at("letter-board", letter)


def test_accepting_an_answer_that_was_given_anew_is_refused_in_words(client, officer, letter):
    arrival, clerk = received_arrival(letter=letter, unit=school(letter, "ก"))
    old = submit_response(arrival, data={"q1": "9"}, key=uuid4(), by=clerk)
    submit_response(arrival, data={"q1": "3"}, key=uuid4(), by=clerk)

    page = client.post(reverse("documents:response-accept", args=[old.pk]), follow=True)

    assert "มีคำตอบฉบับใหม่กว่านี้แล้ว" in page.content.decode()


def test_returning_needs_a_reason_and_keeps_what_was_typed(client, letter):
    arrival = answered_arrival(letter=letter, unit=school(letter, "ก"))[0]
    url = reverse("documents:response-return", args=[arrival.responses.get().pk])

    silent = client.post(url, {"reason": ""})
    long = client.post(url, {"reason": "ย" * 501})
    client.post(url, {"reason": "ยอดรวมไม่ตรง"})

    arrival.refresh_from_db()
    assert (silent.status_code, long.status_code) == (422, 422)
    assert "บอกเหตุผลที่ส่งกลับให้แก้" in silent.content.decode()
    assert "ย" * 501 in long.content.decode()
    assert arrival.response_state == ResponseState.RETURNED


def test_one_school_gets_more_time(client, letter):
    arrival = ArrivalFactory(letter=letter, unit=school(letter, "ก"))
    day = timezone.localdate() + timedelta(days=9)

    client.post(
        at("arrival-extend", arrival),
        {"due_on": short_date(day), "due_time": "", "reason": "ถนนขาด"},
    )

    arrival.refresh_from_db()
    due = timezone.localtime(arrival.due_at)
    page = client.get(at("letter-board", letter)).content.decode()
    assert (due.date(), due.hour, due.minute) == (day, 16, 30)
    assert "ขยายถึง" in page
    assert "ถนนขาด" in client.get(at("arrival", arrival)).content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"due_on": "1/1/2560", "reason": "ก"}, "กำหนดใหม่ต้องเป็นเวลาข้างหน้า"),
        ({"due_on": "เมื่อไรก็ได้", "reason": "ก"}, "ใส่วันที่ เช่น"),
        ({"due_on": "1/1/2599", "due_time": "เย็น", "reason": "ก"}, "ใส่เวลา เช่น 16.30"),
        ({"due_on": "1/1/2599", "reason": ""}, "บอกเหตุผลที่ขยายเวลา"),
    ],
)
def test_an_extension_that_cannot_be_is_refused_in_words(client, letter, form, said):
    arrival = ArrivalFactory(letter=letter, unit=school(letter, "ก"))

    response = client.post(at("arrival-extend", arrival), form)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert form["due_on"] in page


def test_neither_school_nor_stranger_sees_the_board_of_the_office(client, letter):
    arrival, _ = answered_arrival(unit=school(letter, "ก"), letter=letter)
    clerk = clerk_of(arrival.unit)
    urls = [at("letter-board", letter), at("letter-board-xlsx", letter), at("arrival", arrival)]
    own = [client.get(url).status_code for url in urls]

    client.force_login(clerk.member)
    seen = [client.get(url).status_code for url in urls]
    client.force_login(MemberFactory())
    strange = [client.get(url).status_code for url in urls]

    assert (own, seen, strange) == ([200] * 3, [403, 403, 404], [404] * 3)
