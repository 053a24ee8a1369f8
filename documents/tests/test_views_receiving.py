"""Receiving from the inbox: singly, fifty at once, over three schools; what is refused."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.models import Arrival, ArrivalState, RegisterEntry, Series
from documents.services.receiving import receive_arrivals
from documents.services.registering import set_start_number
from documents.tests.factories import ArrivalFactory, SentLetterFactory, arrived, clerk_of
from documents.tests.pages import RECEIVE, receive, said
from members.tests.factories import GroupFactory
from portal.core.clock import be_year

pytestmark = pytest.mark.django_db

INBOX = reverse("documents:inbox")


def test_receiving_over_three_schools_takes_a_number_of_each_ones_book(client, three_schools):
    set_start_number(
        three_schools[1],
        series=Series.IN,
        be_year_of_book=be_year(timezone.now()),
        start_number=612,
        by=clerk_of(three_schools[1]),
    )
    letter = SentLetterFactory(owner_unit=GroupFactory(office=three_schools[0].office))
    arrivals = [ArrivalFactory(letter=letter, unit=school) for school in three_schools]
    ids = " ".join(str(arrival.pk) for arrival in arrivals)

    response = client.post(RECEIVE, {"key": uuid4(), "only": ids})

    page = response.content.decode()
    receipts = {receipt.arrival.unit: receipt.number for receipt in response.context["receipts"]}
    assert receipts == dict(zip(three_schools, [1, 612, 1], strict=True))
    assert all(school.label in page for school in three_schools)
    assert "เลขรับ 612" in page
    assert set(RegisterEntry.objects.values_list("holding__post__unit", flat=True)) == {
        school.pk for school in three_schools
    }


def test_the_boxes_and_one_button_receive_the_same_way(client, clerk):
    first, second, third = arrived(clerk), arrived(clerk), arrived(clerk)

    receive(client, first, second)
    client.post(RECEIVE, {"key": uuid4(), "only": str(third.pk), "arrival": [first.pk]})

    numbers = Arrival.objects.order_by("pk").values_list("entry__number", flat=True)
    assert list(numbers) == [1, 2, 3]


def test_the_same_form_sent_again_shows_the_same_numbers(client, clerk):
    arrival, key = arrived(clerk), uuid4()

    first = receive(client, arrival, key=key)
    again = receive(client, arrival, key=key)

    assert first.context["receipts"] == again.context["receipts"]
    assert again.context["receipts"][0].problem == ""
    assert RegisterEntry.objects.count() == 1


def test_an_id_of_another_school_refuses_the_whole_request(client, clerk):
    mine, foreign = arrived(clerk), ArrivalFactory()

    response = receive(client, mine, foreign)

    assert response.status_code == 403
    assert RegisterEntry.objects.count() == 0


def test_a_letter_that_a_colleague_received_is_listed_with_name_and_number(client, clerk):
    late, mine = arrived(clerk), arrived(clerk)
    colleague = clerk_of(clerk.holding.post.unit)
    receive_arrivals([late.pk], key=uuid4(), by=colleague)

    page = receive(client, late, mine).content.decode()

    assert f"{colleague.member}ลงรับฉบับนี้ไปแล้วเมื่อ" in page
    assert "เลขรับ 1" in page
    assert "เลขรับ 2" in page
    assert RegisterEntry.objects.count() == 2


def test_nothing_chosen_is_said_on_the_inbox(client, clerk):
    response = receive(client)

    assert response.url == INBOX
    assert said(response) == ["เลือกหนังสือที่จะลงรับก่อน"]


def test_more_than_fifty_are_refused_and_fifty_are_received(client, clerk):
    group = GroupFactory(office=clerk.holding.post.unit.office)
    arrivals = [
        ArrivalFactory(letter=SentLetterFactory(owner_unit=group), unit=clerk.holding.post.unit)
        for _ in range(51)
    ]

    too_many = receive(client, *arrivals)
    fifty = receive(client, *arrivals[:50])

    assert said(too_many) == ["ลงรับได้ครั้งละไม่เกิน 50 รายการ"]
    assert [receipt.number for receipt in fifty.context["receipts"]] == list(range(1, 51))


@pytest.mark.parametrize("body", [{}, {"key": "ไม่ใช่กุญแจ"}, {"arrival": "1"}])
def test_a_form_without_its_key_receives_nothing(client, clerk, body):
    arrived(clerk)

    response = client.post(RECEIVE, body)

    assert response.status_code == 302
    assert said(response) == ["หน้านี้เปิดไว้นานเกินไป เลือกแล้วลงรับอีกครั้ง"]
    assert RegisterEntry.objects.count() == 0


@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "9" * 30, "0"])
def test_what_is_no_id_of_mine_receives_nothing(client, clerk, value):
    arrived(clerk)

    response = client.post(RECEIVE, {"key": uuid4(), "arrival": value})

    assert response.status_code in {302, 403}
    assert RegisterEntry.objects.count() == 0


def test_fields_that_the_form_does_not_show_change_nothing(client, clerk):
    arrival = arrived(clerk)

    receive(client, arrival, state="refused", number=999, received_at="2020-01-01", unit=1)

    arrival.refresh_from_db()
    assert (arrival.state, arrival.entry.number) == (ArrivalState.RECEIVED, 1)
