"""The inbox: what lies at one person's desks, and in which order."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.models import Arrival, ArrivalState, ResponseKind
from documents.services.receiving import log_opening, receive_arrivals
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    answered_arrival,
    arrived,
    clerk_of,
    received_arrival,
    refused_arrival,
)
from documents.tests.pages import receive
from members.models import Member
from members.tests.factories import GroupFactory, MemberFactory, SchoolFactory
from portal.home.services import my_work

pytestmark = pytest.mark.django_db

INBOX = reverse("documents:inbox")


def groups(response):
    return [
        (group.title, [row.subject for row in group.rows]) for group in response.context["groups"]
    ]


def subjects(response):
    return [subject for _, rows in groups(response) for subject in rows]


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
    client.force_login(clerk.member)
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
    assert response.context["groups"][0].rows[0].ids == str(mine.pk)


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


def test_my_work_names_it_once_too_until_the_schools_differ(client, three_schools):
    letter = SentLetterFactory(
        owner_unit=GroupFactory(office=three_schools[0].office), response_kind=ResponseKind.TEXT
    )
    first, *others = (ArrivalFactory(letter=letter, unit=school) for school in three_schools)
    names = [school.label for school in three_schools]
    clerk = Member.objects.get(pk=client.session["_auth_user_id"])

    [row] = my_work(clerk)
    assert row.unit == ", ".join(names)
    assert (row.state, row.deed) == ("ยังไม่ลงรับ", "ลงรับทั้ง 3 แห่ง")
    assert row.url == letter.get_absolute_url()

    receive(client, first)
    rows = {row.state: (row.unit, row.deed) for row in my_work(clerk)}
    assert rows == {
        "ยังไม่ลงรับ": (f"{names[1]}, {names[2]}", "ลงรับทั้ง 2 แห่ง"),
        "รอตอบ": (names[0], "ตอบ"),
    }
    receive(client, *others)
    assert [(row.unit, row.deed) for row in my_work(clerk)] == [(", ".join(names), "ตอบ")]


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


# Cost -------------------------------------------------------------------------------------------


ABOUT_THE_READER = (
    *(f'FROM "{table}"' for table in ("members_session", "members_member", "members_holding")),
    *("_holdings_by_session", "_sessions", "_members", "holdings_on"),  # asked by name, told before
)


def page_queries(client, url):
    """Return what a page asks the database, without session, member and posts."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [
        query["sql"]
        for query in captured
        if not any(words in query["sql"] for words in ABOUT_THE_READER)
    ]


def test_three_rows_cost_no_more_than_one(client, clerk):
    arrived(clerk)
    client.get(INBOX)
    one = page_queries(client, INBOX)
    arrived(clerk)
    received_arrival(letter=arrived(clerk).letter, unit=SchoolFactory())

    three = page_queries(client, INBOX)

    assert len(three) == len(one) <= 4, three
