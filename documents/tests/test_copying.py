"""One person at the desks of three schools answers the second and third as the first."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from documents.models import Arrival, Response, ResponseKind
from documents.services.answering import AnswerFile, submit_response
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    received_arrival,
)
from documents.tests.pages import at, browser_of, own_queries
from members.models import Role
from members.tests.factories import HoldingFactory
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.services import files_of, store_bytes
from portal.files.tests.factories import pdf_bytes, picture
from tests.browser import PHONE

pytestmark = pytest.mark.django_db
PHOTOS = {"key": "q9", "kind": "photos", "label": "ภาพถ่าย", "hint": "", "required": False}


def three_of_one(kind=ResponseKind.FORM, questions=(NUMBER_QUESTION,)):
    """A letter received at three schools of one clerk, who is returned."""
    letter = SentLetterFactory(response_kind=kind, questions=list(questions))
    arrivals = [ArrivalFactory(letter=letter) for _ in range(3)]
    clerk = clerk_of(arrivals[0].unit)
    for other in arrivals[1:]:
        HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=other.unit)
    receive_arrivals([row.pk for row in arrivals], key=uuid4(), by=clerk)
    return list(Arrival.objects.order_by("pk")), clerk


def form_as(clerk, chosen, like):
    url = f"{chosen.get_absolute_url()}?as={chosen.pk}&like={like.pk}"
    return browser_of(clerk).get(url).context["answer_form"]


def test_the_second_school_begins_with_the_answer_of_the_first():
    (first, second, third), clerk = three_of_one()
    submit_response(first, data={"q1": "2"}, text="สองหลัง", key=uuid4(), by=clerk)

    form = form_as(clerk, second, first)

    assert (form["q1"].value(), form["text"].value()) == (2, "สองหลัง")
    assert Response.objects.count() == 1  # looking sends nothing
    page = browser_of(clerk).get(f"{first.get_absolute_url()}?as={first.pk}")
    assert page.context["alike_next"] == [second, third]
    assert f"ตอบเหมือน{first.unit.label}" in page.content.decode()


def test_what_is_sent_is_the_second_schools_own_answer():
    (first, second, _), clerk = three_of_one()
    submit_response(first, data={"q1": "2"}, key=uuid4(), by=clerk)

    sent = browser_of(clerk).post(at("arrival-answer", second), {"key": uuid4(), "q1": "3"})

    assert sent.url.endswith(f"?as={second.pk}#answer")  # the third is still to answer
    answers = dict(Response.objects.values_list("arrival", "data"))
    assert answers == {first.pk: {"q1": 2}, second.pk: {"q1": 3}}


def test_a_file_is_offered_ticked_and_a_picture_is_asked_about():
    (first, second, _), clerk = three_of_one(questions=[NUMBER_QUESTION, PHOTOS])
    photo = store_bytes(picture("PNG"), by=SYSTEM, media_type="image/png")
    report = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    files = [AnswerFile(photo, "อาคาร.png", "q9"), AnswerFile(report, "รายงาน.pdf")]
    submit_response(first, data={"q1": "2"}, files=files, key=uuid4(), by=clerk)

    offered = {row["name"]: row for row in form_as(clerk, second, first).stashed}
    assert {name: row["is_chosen"] for name, row in offered.items()} == {
        "อาคาร.png": False,
        "รายงาน.pdf": True,
    }
    chosen = [row["token"] for row in offered.values() if row["is_chosen"]]
    body = {"key": uuid4(), "q1": "2", "stash": chosen}
    browser_of(clerk).post(at("arrival-answer", second), body)

    (answer,) = second.responses.all()
    assert [(use.name, use.stored) for use in files_of(answer)] == [("รายงาน.pdf", report)]


def test_a_neighbours_answer_is_not_copied():
    """Another school's answer to the same letter, asked for by its number, stays unknown."""
    (first, second, _), clerk = three_of_one()
    neighbour, other = received_arrival(letter=first.letter)
    submit_response(neighbour, data={"q1": "7"}, text="ความลับ", key=uuid4(), by=other)

    form = form_as(clerk, second, neighbour)

    assert form.like is None
    assert not form["q1"].value()


def test_an_own_answer_is_never_replaced_by_a_copy():
    (first, second, _), clerk = three_of_one()
    submit_response(first, data={"q1": "2"}, key=uuid4(), by=clerk)
    submit_response(second, data={"q1": "5"}, key=uuid4(), by=clerk)

    assert form_as(clerk, second, first)["q1"].value() == 5


def test_the_page_asks_no_more_for_three_schools_than_for_one():
    (first, second, _), clerk = three_of_one()
    alone, one = received_arrival(letter=first.letter)
    url = f"{alone.get_absolute_url()}?as={alone.pk}"

    few = len(own_queries(browser_of(one), url))
    many = len(own_queries(browser_of(clerk), f"{second.get_absolute_url()}?as={second.pk}"))

    assert many == few


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_three_schools_receive_and_answer_one_circular_in_twelve_taps(
    open_window, live_server, sign_in, axe
):
    """On a phone, from the inbox until the third answer is sent; every tap is counted."""
    letter = SentLetterFactory(response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION])
    arrivals = [ArrivalFactory(letter=letter) for _ in range(3)]
    clerk = clerk_of(arrivals[0].unit)
    for other in arrivals[1:]:
        HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=other.unit)
    page = open_window(PHONE)
    sign_in(page, clerk.member.username)
    taps = 0

    def tap(words):
        nonlocal taps
        with page.expect_navigation():
            page.locator("main button:visible, main a:visible").filter(has_text=words).first.click()
        page.wait_for_load_state()
        taps += 1

    page.goto(f"{live_server.url}{reverse('documents:inbox')}")
    tap("ลงรับทั้ง 3")
    axe(page)
    tap("ตอบ เริ่มที่")
    page.locator("[name=q1]").click()
    taps += 1
    page.locator("[name=q1]").fill("2")
    tap("ส่งคำตอบ")
    for _ in range(2):
        tap("ตอบเหมือน")
        assert page.locator("[name=q1]").input_value() == "2"
        axe(page)
        tap("ส่งคำตอบ")

    given = Response.objects.filter(arrival__in=arrivals).values_list("data", flat=True)
    assert list(given) == [{"q1": 2}] * 3
    numbers = Arrival.objects.filter(letter=letter).values_list("entry__number", flat=True)
    assert list(numbers) == [1, 1, 1]
    assert taps <= 12
