"""What a row of a letter's board says of its recipient."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from documents.models import Arrival, ResponseKind
from documents.services.answering import submit_response
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    CHOICE_QUESTION,
    ArrivalFactory,
    clerk_of,
    received_arrival,
    school,
)
from documents.tests.pages import answered, at, rows_of
from members.tests.factories import DistrictFactory, MemberFactory
from portal.core.clock import BANGKOK

pytestmark = pytest.mark.django_db

SENT_AT = datetime(2026, 11, 17, 9, 0, tzinfo=BANGKOK)


def row_of(page):
    (row,) = rows_of(page)
    return row


def is_called(page):
    return 'href="tel:' in page.content.decode()


def test_a_row_says_when_it_was_received_and_until_when_it_has_time(client, letter):
    place = DistrictFactory(office=letter.office, name="อำเภอริมน้ำ")
    arrival, _ = received_arrival(letter=letter, unit=school(letter, "ก", district=place))
    Arrival.objects.filter(pk=arrival.pk).update(
        received_at=SENT_AT.replace(hour=12, minute=5), due_at=SENT_AT + timedelta(days=300)
    )

    name, district, state, received, *_ = row_of(client.get(at("letter-board", letter)))

    assert (name, district) == ("ก", "ริมน้ำ")
    assert state == "ลงรับแล้ว ยังไม่ตอบขยายถึง 13 ก.ย. 2570 09.00 น."
    assert received == "17 พ.ย. 12.05 น. เลขรับ 1"


def test_a_row_names_the_person_to_whom_a_letter_was_addressed(client, letter):
    member = MemberFactory(title="นาย", first_name="สมชาย", last_name="ใจดี")
    ArrivalFactory(letter=letter, unit=school(letter, "ก"), member=member)

    assert row_of(client.get(at("letter-board", letter)))[0] == "นายสมชาย ใจดี ก"


@pytest.mark.parametrize("phone", ["", "074 691 000"])
def test_whose_answer_is_late_is_called(client, letter, phone):
    arrival, _ = received_arrival(letter=letter, unit=school(letter, "ก", phone=phone))
    assert not is_called(client.get(at("letter-board", letter)))
    Arrival.objects.filter(pk=arrival.pk).update(due_at=timezone.now() - timedelta(hours=1))

    assert is_called(client.get(at("letter-board", letter))) == bool(phone)


def test_a_long_answer_is_cut_in_the_table_and_whole_in_the_spreadsheet(client, letter):
    letter.response_kind = ResponseKind.TEXT
    letter.save(update_fields=["response_kind"])
    words = "ยาว" * 40
    arrival, clerk = received_arrival(letter=letter, unit=school(letter, "ก"))
    submit_response(arrival, data={}, text=words, key=uuid4(), by=clerk)

    cell = row_of(client.get(at("letter-board", letter)))[4]
    sheet = load_workbook(BytesIO(client.get(at("letter-board-xlsx", letter)).content)).active

    assert (len(cell), cell[-1]) == (60, "…")
    assert words in [value for row in sheet.iter_rows(values_only=True) for value in row]


def test_what_people_typed_is_escaped_in_a_row(client, letter):
    letter.questions = [{**CHOICE_QUESTION, "key": "q1", "choices": ["<i>มาก", "น้อย"]}]
    letter.save(update_fields=["questions"])
    place = DistrictFactory(office=letter.office, name="<u>อำเภอ")
    answered(letter, school(letter, "<b>ก&", district=place), q1="<i>มาก")

    page = client.get(at("letter-board", letter)).content.decode()

    assert page.count("&lt;b&gt;ก&amp;") == 2  # its link, and the one that leads to it
    assert "&lt;i&gt;มาก" in page
    assert "&lt;u&gt;อำเภอ" in page
    for raw in ("<b>ก", "<i>มาก", "<u>อำเภอ"):
        assert raw not in page


def test_a_row_is_drawn_anew_when_something_happened_there(client, letter):
    arrival = ArrivalFactory(letter=letter, unit=school(letter, "ก", phone="074691000"))
    before = client.get(at("letter-board", letter)).content.decode()
    again = client.get(at("letter-board", letter)).content.decode()
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))
    after = client.get(at("letter-board", letter)).content.decode()

    assert "tel:074691000" in before
    assert "tel:074691000" in again
    assert "tel:074691000" not in after
    assert "เลขรับ 1<" in after
