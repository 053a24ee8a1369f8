"""Files that go with an answer: their order, what cannot be taken, what is kept."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.forms.answering import stash_token
from documents.models import ResponseKind
from documents.services.answering import AnswerFile, return_response
from documents.tests.factories import NUMBER_QUESTION, given, officer_of
from documents.tests.pages import answer, page_of
from members.tests.factories import MemberFactory
from portal.core.actors import SYSTEM
from portal.files.services import files_of, store_bytes
from portal.files.tests import factories as made

pytestmark = pytest.mark.django_db

PHOTOS = [NUMBER_QUESTION, {"key": "q2", "kind": "photos", "label": "ภาพ", "required": True}]


def pdf(name="รายงาน.pdf", *, mark="a"):
    return SimpleUploadedFile(name, made.pdf_bytes(mark=mark), content_type="application/pdf")


def photo(name="ภาพ.jpg", *, width=40):
    picture = made.picture("JPEG", (width, 30))
    return SimpleUploadedFile(name, picture, content_type="image/jpeg")


def tokens(response):
    return re.findall(r'name="stash" value="([^"]+)"', response.content.decode())


def test_files_go_with_the_answer_in_their_order(client, asked):
    arrival = asked(ResponseKind.FILE)
    files = [pdf("หนึ่ง.pdf"), pdf("สอง.pdf", mark="b"), photo("สาม.jpg")]

    answer(client, arrival, files=files, text="ครบแล้ว")

    [kept] = given(arrival)
    assert [use.name for use in files_of(kept)] == ["หนึ่ง.pdf", "สอง.pdf", "สาม.jpg"]


def test_photographs_belong_to_their_question(client, asked):
    arrival = asked(questions=PHOTOS)

    answer(client, arrival, q1="1", q2=[photo("ก.jpg"), photo("ข.jpg", width=50)])

    uses = files_of(given(arrival)[0])
    assert [(use.role, use.name) for use in uses] == [
        ("answer:q2", "ก.jpg"),
        ("answer:q2", "ข.jpg"),
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (made.NOTHING, "ว่าง.pdf"),
        (made.HTML, "หน้าเว็บ.pdf"),
        (made.GARBAGE, "ขยะ.pdf"),
        (made.encrypted_pdf(), "มีรหัส.pdf"),
        (made.truncated_pdf(), "ขาด.pdf"),
        (made.bomb_zip(), "ระเบิด.zip"),
        (b"MZ" + bytes(600), "โปรแกรม.exe"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_and_the_rest_stays(client, asked, data, name):
    arrival = asked(ResponseKind.FILE)
    files = [pdf("ดี.pdf"), SimpleUploadedFile(name, data)]

    response = answer(client, arrival, files=files, text="พิมพ์ไว้แล้ว")

    page = response.content.decode()
    problems = response.context["answer_form"].errors["files"]
    assert response.status_code == 422
    assert re.search("[ก-๙]{3}", problems[0].removeprefix(name))
    assert "พิมพ์ไว้แล้ว" in page
    assert "ดี.pdf" in page
    assert len(tokens(response)) == 1
    assert given(arrival) == []


def test_an_uploaded_file_survives_a_refused_form(client, asked):
    arrival = asked(questions=PHOTOS)

    refused = answer(client, arrival, q1="สอง", q2=[photo()])
    sent = answer(client, arrival, q1="2", stash=tokens(refused))

    assert refused.status_code == 422
    assert sent.status_code == 302
    assert [use.name for use in files_of(given(arrival)[0])] == ["ภาพ.jpg"]


def test_a_file_that_was_unticked_is_left_out(client, asked):
    arrival = asked(ResponseKind.FILE)
    refused = answer(client, arrival, files=[pdf("เก็บ.pdf"), pdf("ทิ้ง.pdf", mark="b"), program()])

    answer(client, arrival, stash=tokens(refused)[:1])

    assert [use.name for use in files_of(given(arrival)[0])] == ["เก็บ.pdf"]


def program():
    return SimpleUploadedFile("โปรแกรม.exe", b"MZ" + bytes(600))


def test_a_token_that_was_not_given_to_me_brings_no_file(client, asked):
    arrival = asked(ResponseKind.FILE)
    stored = store_bytes(made.pdf_bytes(), by=SYSTEM, media_type="application/pdf")
    foreign = stash_token(AnswerFile(stored, "ของคนอื่น.pdf"), MemberFactory().pk)

    response = answer(client, arrival, stash=[foreign, "แต่งเอง", ""])

    assert response.status_code == 422
    assert tokens(response) == []
    assert given(arrival) == []


def test_answering_again_keeps_the_earlier_files_unless_unticked(client, asked):
    arrival = asked(ResponseKind.FILE)
    answer(client, arrival, files=[pdf("ฉบับแรก.pdf")], text="ครั้งแรก")
    return_response(given(arrival)[0], reason="ขาดหน้า 2", by=officer_of(arrival.letter.owner_unit))

    page = client.get(page_of(arrival, chosen=True))
    answer(client, arrival, files=[pdf("หน้า 2.pdf", mark="b")], stash=tokens(page), text="เพิ่ม")

    first, second = given(arrival)
    assert "ครั้งแรก" in page.content.decode()
    assert [use.name for use in files_of(first)] == ["ฉบับแรก.pdf"]
    assert [use.name for use in files_of(second)] == ["ฉบับแรก.pdf", "หน้า 2.pdf"]
