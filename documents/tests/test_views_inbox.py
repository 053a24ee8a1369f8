"""The inbox: what lies at one person's desks, and receiving it singly or fifty at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import Arrival, ArrivalState, RegisterEntry, ResponseKind, Series
from documents.services.receiving import log_opening, receive_arrivals
from documents.services.registering import set_start_number
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    answered_arrival,
    clerk_of,
    received_arrival,
    refused_arrival,
)
from members.models import Role
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.clock import be_year

pytestmark = pytest.mark.django_db

INBOX = reverse("documents:inbox")
RECEIVE = reverse("documents:receive")


@pytest.fixture
def clerk(client):
    """A signed-in clerk of one school."""
    actor = clerk_of(SchoolFactory())
    client.force_login(actor.member)
    return actor


@pytest.fixture
def three_schools(client):
    """Three small schools of one office, whose clerk is signed in."""
    office = OfficeFactory()
    schools = [SchoolFactory(office=office, name=f"โรงเรียนบ้าน{name}") for name in "กขค"]
    actor = clerk_of(schools[0])
    for school in schools[1:]:
        HoldingFactory(member=actor.member, role=Role.SCHOOL_CLERK, unit=school)
    client.force_login(actor.member)
    return schools


def arrived(clerk, **fields):
    """A letter that waits at the clerk's school."""
    school = clerk.holding.post.unit
    due_at, arrival = fields.pop("due_at", None), fields.pop("arrival", {})
    letter = SentLetterFactory(owner_unit=GroupFactory(office=school.office), **fields)
    return ArrivalFactory(letter=letter, unit=school, due_at=due_at, **arrival)


def groups(response):
    return [
        (group.title, [row.letter.subject for row in group.rows])
        for group in response.context["groups"]
    ]


def subjects(response):
    return [subject for _, rows in groups(response) for subject in rows]


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def receive(client, *arrivals, key=None, **more):
    body = {"key": key or uuid4(), "arrival": [arrival.pk for arrival in arrivals], **more}
    return client.post(RECEIVE, body)


# What lies there --------------------------------------------------------------------------------


def test_the_most_pressing_comes_first_under_its_heading(client, clerk, clock):
    now = clock(2026, 11, 20, 9, 30)
    arrived(clerk, subject="ไม่มีกำหนด")
    arrived(clerk, subject="ภายหลัง", due_at=now + timedelta(days=9))
    arrived(clerk, subject="พรุ่งนี้", due_at=now + timedelta(days=1))
    arrived(clerk, subject="วันนี้", due_at=now + timedelta(hours=7))
    arrived(clerk, subject="เลยมาแล้ว", due_at=now - timedelta(days=1))

    response = client.get(INBOX)

    assert groups(response) == [
        ("เกินกำหนด", ["เลยมาแล้ว"]),
        ("ครบกำหนดวันนี้", ["วันนี้"]),
        ("ครบกำหนดพรุ่งนี้", ["พรุ่งนี้"]),
        ("ยังไม่ลงรับ", ["ภายหลัง", "ไม่มีกำหนด"]),
    ]
    assert "เกินกำหนด\u00a01\u00a0วัน" in response.content.decode()


def test_what_was_received_waits_for_its_answer_or_is_done_today(client, clerk, clock):
    clock(2026, 11, 20, 9, 30)
    asked = arrived(
        clerk, subject="ต้องตอบ", response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION]
    )
    told = arrived(clerk, subject="เพื่อทราบ")
    receive(client, asked, told)

    today = client.get(INBOX)
    clock(2026, 11, 21, 9, 30)
    tomorrow = client.get(INBOX)

    assert groups(today) == [("รอตอบ", ["ต้องตอบ"]), ("ลงรับแล้ววันนี้", ["เพื่อทราบ"])]
    assert groups(tomorrow) == [("รอตอบ", ["ต้องตอบ"])]


def test_a_letter_is_unread_until_somebody_of_the_desk_opened_it(client, clerk):
    arrival = arrived(clerk)

    before = client.get(INBOX).content.decode()
    log_opening([arrival], by=clerk.member)
    after = client.get(INBOX).content.decode()

    assert "item-unread" in before
    assert "item-unread" not in after
    assert Arrival.objects.get(pk=arrival.pk).state == ArrivalState.WAITING


def test_the_tabs_count_what_is_open_and_show_their_part(client, clerk):
    arrived(clerk, subject="ยังไม่ลงรับ")
    asked = arrived(clerk, subject="รอตอบ", response_kind=ResponseKind.ACKNOWLEDGE)
    done = arrived(clerk, subject="เสร็จแล้ว")
    receive_arrivals([asked.pk, done.pk], key=uuid4(), by=clerk)

    first = client.get(INBOX)

    assert [(tab["label"], tab["count"]) for tab in first.context["tabs"]] == [
        ("ต้องทำ", 2),
        ("ยังไม่ลงรับ", 1),
        ("รอตอบ", 1),
        ("ทั้งหมด", None),
    ]
    assert subjects(client.get(INBOX, {"tab": "waiting"})) == ["ยังไม่ลงรับ"]
    assert subjects(client.get(INBOX, {"tab": "answer"})) == ["รอตอบ"]
    assert set(subjects(client.get(INBOX, {"tab": "all"}))) == {"ยังไม่ลงรับ", "รอตอบ", "เสร็จแล้ว"}
    assert subjects(client.get(INBOX, {"tab": "ไม่มีแท็บนี้"})) == subjects(first)


def test_refused_and_answered_letters_stay_under_all(client, clerk):
    school = clerk.holding.post.unit
    group = GroupFactory(office=school.office)
    refused_arrival(letter=SentLetterFactory(owner_unit=group, subject="ส่งผิด"), unit=school)
    answered_arrival(
        letter=SentLetterFactory(
            owner_unit=group,
            subject="ตอบไปแล้ว",
            response_kind=ResponseKind.FORM,
            questions=[NUMBER_QUESTION],
        ),
        unit=school,
    )

    page = client.get(INBOX, {"tab": "all"})

    assert set(subjects(page)) == {"ส่งผิด", "ตอบไปแล้ว"}
    assert "ส่งคืน" in page.content.decode()


@pytest.mark.parametrize("words", ["ความเสียหาย", "ว 1482", "1482", "ว ๑๔๘๒", "เสียหาย  จาก"])
def test_the_search_finds_by_words_and_by_number(client, clerk, words):
    arrived(
        clerk,
        subject="สำรวจความเสียหาย จากน้ำท่วม",
        number=1482,
        number_text="ศธ 04225/ว 1482".replace(" ", "\u00a0"),
    )
    arrived(clerk, subject="เรื่องอื่น", number=7, number_text="ศธ\u00a004225/7")

    assert subjects(client.get(INBOX, {"q": words})) == ["สำรวจความเสียหาย จากน้ำท่วม"]


def test_what_is_not_found_is_said_and_what_is_done_as_well(client, clerk):
    assert "ลงรับและตอบครบทุกฉบับแล้ว" in client.get(INBOX).content.decode()
    assert "ไม่พบหนังสือตามที่ค้น" in client.get(INBOX, {"q": "ไม่มี"}).content.decode()


def test_a_member_without_a_desk_is_told_where_their_work_is(client):
    client.force_login(MemberFactory())

    assert "อยู่ที่ มอบหมายให้ฉัน" in client.get(INBOX).content.decode()


def test_a_neighbours_letters_are_not_in_the_inbox(client, clerk):
    mine = arrived(clerk, subject="ของเรา")
    ArrivalFactory(letter=mine.letter, unit=SchoolFactory(office=mine.letter.office))
    arrived(clerk_of(SchoolFactory()), subject="ของเขา")

    response = client.get(INBOX, {"tab": "all"})

    assert subjects(response) == ["ของเรา"]
    assert response.context["groups"][0].rows[0].arrivals == [mine]


def test_a_long_inbox_goes_on_page_by_page(client, clerk):
    for number in range(43):
        arrived(clerk, subject=f"เรื่องที่ {number}")

    first = client.get(INBOX)
    second = client.get(first.context["more_url"])

    assert (len(subjects(first)), len(subjects(second))) == (40, 3)
    assert len({*subjects(first), *subjects(second)}) == 43
    assert second.context["more_url"] == ""


def test_htmx_gets_the_rows_alone(client, clerk):
    arrived(clerk)

    response = client.get(INBOX, headers={"HX-Request": "true"})

    page = response.content.decode()
    assert "<html" not in page
    assert 'id="inbox-form"' in page
    assert "HX-Request" in response["Vary"]


# A clerk of three schools -----------------------------------------------------------------------


def test_one_letter_for_three_schools_is_one_row_that_names_them(client, three_schools):
    letter = SentLetterFactory(owner_unit=GroupFactory(office=three_schools[0].office))
    arrivals = [ArrivalFactory(letter=letter, unit=school) for school in three_schools]

    response = client.get(INBOX)

    [row] = response.context["groups"][0].rows
    assert row.places == "{}, {} และ {}".format(*(school.label for school in three_schools))
    assert row.ids == " ".join(str(arrival.pk) for arrival in arrivals)
    assert "ลงรับทั้ง 3" in response.content.decode()


def test_one_school_can_be_chosen(client, three_schools):
    for school in three_schools:
        letter = SentLetterFactory(
            owner_unit=GroupFactory(office=school.office), subject=f"ถึง{school.name}"
        )
        ArrivalFactory(letter=letter, unit=school)

    chosen = client.get(INBOX, {"unit": three_schools[1].pk})
    foreign = client.get(INBOX, {"unit": SchoolFactory().pk})

    assert subjects(chosen) == [f"ถึง{three_schools[1].name}"]
    assert len(subjects(foreign)) == 3


# Receiving --------------------------------------------------------------------------------------


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


# Cost -------------------------------------------------------------------------------------------

ABOUT_THE_READER = ("django_session", "members_member", "members_holding")


def own_queries(client, url):
    """Return what a page asks the database, without session, member and posts."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [
        query["sql"]
        for query in captured
        if not any(f'FROM "{table}"' in query["sql"] for table in ABOUT_THE_READER)
    ]


def test_three_rows_cost_no_more_than_one(client, clerk):
    arrived(clerk)
    client.get(INBOX)
    one = own_queries(client, INBOX)
    arrived(clerk)
    received_arrival(letter=arrived(clerk).letter, unit=SchoolFactory())

    three = own_queries(client, INBOX)

    assert len(three) == len(one) <= 4, three
