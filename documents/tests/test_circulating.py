"""แจ้งเวียน: who has to know, who opened it, who said that they know, and nobody outside the unit."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from documents.models import Assignment, Opening
from documents.services.assigning import (
    acknowledge_assignment,
    assign_arrival,
    circulate_arrival,
    readers_of,
    unread_of,
)
from documents.tests.directions import circulated, sent, teachers_of
from documents.tests.factories import ArrivalFactory, received_arrival, with_pdf
from documents.tests.matter_factories import make_house
from documents.tests.pages import at, browser_of, page_of, said
from members.models import Role
from members.tests.factories import ActorFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError
from portal.home.services import my_work
from portal.notifications.models import Notification
from tests.walk import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    """A received letter at a school with its clerk and three teachers."""
    arrival, clerk = received_arrival()
    with_pdf(arrival.letter)
    return arrival, clerk, teachers_of(arrival.unit, "มานี", "ปิติ", "ชูใจ")


def names(rows):
    return [row.assignee.first_name for row in rows]


def test_everybody_named_has_it_once_and_more_can_be_added(school):
    arrival, clerk, (manee, piti, choojai) = school

    circulated(arrival, manee, piti, by=clerk, note="อ่านก่อนประชุม")
    made = circulate_arrival(arrival, readers=[one.member for one in (piti, choojai)], by=clerk)

    assert [row.assignee for row in made] == [choojai.member]
    assert set(names(unread_of(arrival))) == {"มานี", "ปิติ", "ชูใจ"}
    assert history_of(arrival)[-2:] == ["arrival.circulated", "arrival.circulated"]
    with pytest.raises(DomainError, match="แล้วทุกคน"):
        circulated(arrival, manee, by=clerk)
    row = arrival.assignments.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():  # one line for each, whoever writes
        row.save(force_insert=True)


def test_opening_and_knowing_are_two_facts_with_their_times(school):
    arrival, clerk, (manee, piti, _) = school
    circulated(arrival, manee, piti, by=clerk)

    browser = browser_of(manee)
    assert browser.get(page_of(arrival)).status_code == 200
    [read, unread] = sorted(readers_of(arrival), key=lambda row: row.read_at is None)

    assert (read.assignee, read.acknowledged_at) == (manee.member, None)
    assert read.is_read_only
    assert read.read_at == Opening.objects.get(member=manee.member).at
    assert unread.read_at is None
    assert len(unread_of(arrival)) == 2  # opening is not knowing
    acknowledge_assignment(read.assignment, by=manee)
    assert names(unread_of(arrival)) == ["ปิติ"]
    assert names(readers_of(arrival)) == ["ปิติ", "มานี"]  # who does not know stands first


def test_only_the_desk_circulates_and_only_to_its_own_people(school):
    arrival, clerk, (manee, *_) = school
    stranger = ActorFactory(role=Role.TEACHER, unit=SchoolFactory(office=arrival.unit.office))

    with pytest.raises(PermissionDenied):
        circulated(arrival, manee, by=manee)
    with pytest.raises(DomainError, match="เฉพาะบุคลากร"):
        circulated(arrival, stranger, by=clerk)
    waiting = ArrivalFactory(letter=arrival.letter, unit=stranger.holding.post.unit)
    with pytest.raises(DomainError, match="ลงรับก่อน"):
        circulated(waiting, stranger, by=ActorFactory(role=Role.SCHOOL_CLERK, unit=waiting.unit))
    assert not Assignment.objects.exists()


def test_who_was_to_know_can_be_asked_to_act_and_acknowledges_again(school):
    arrival, clerk, (manee, *_) = school
    circulated(arrival, manee, by=clerk)
    acknowledge_assignment(arrival.assignments.get(), by=manee)

    [row] = assign_arrival(arrival, assignees=[manee.member], note="ทำแทนกัน", by=clerk)

    row.refresh_from_db()
    assert (row.purpose, row.note, row.acknowledged_at) == ("act", "ทำแทนกัน", None)
    assert [waiting.state for waiting in my_work(manee.member)] == ["มอบหมายให้ท่าน"]
    assert not unread_of(arrival).exists()


def test_nobody_is_reminded_who_left(school):
    arrival, clerk, (manee, piti, _) = school
    circulated(arrival, manee, piti, by=clerk)

    manee.member.is_active = False
    manee.member.save(update_fields=["is_active"])

    assert names(unread_of(arrival)) == ["ปิติ"]


def test_readers_are_told_once_in_words_of_their_own(school):
    arrival, clerk, (manee, piti, _) = school
    circulated(arrival, manee, by=clerk, note="อ่านก่อนประชุม")
    work()

    told = Notification.objects.select_related("notice").get(recipient=manee.member)
    assert told.notice.title.startswith("แจ้งเวียน: ")
    assert "อ่านก่อนประชุม" in str(told.notice.lines)
    assert not Notification.objects.filter(recipient=piti.member).exists()


# The pages ---------------------------------------------------------------------------------------


def test_a_teacher_knows_with_one_tap_from_the_list(school):
    arrival, clerk, (manee, *_) = school
    circulated(arrival, manee, by=clerk)
    browser = browser_of(manee)
    listed = browser.get(reverse("documents:assigned")).content.decode()
    assert ">ทราบ<span" in listed
    assert "แจ้งเวียนโดย" in listed
    assert [row.state for row in my_work(manee.member)] == ["แจ้งเวียน"]
    letter = browser.get(arrival.letter.get_absolute_url()).content.decode()
    assert re.search(r'class="back" href="([^"]+)"', letter)[1] == reverse("documents:assigned")

    answer = browser.post(
        at("assignment-acknowledge", arrival.assignments.get()), {"back": "list"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == reverse("documents:assigned")
    assert my_work(manee.member) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"who": "all", "sure": 4}, {"มานี", "ปิติ", "ชูใจ", "ผอ."}),
        ({"who": "roles", "roles": ["school_director"]}, {"ผอ."}),
        ({"who": "names", "people": "มานี"}, {"มานี"}),
    ],
)
def test_to_all_to_roles_and_to_names(school, body, expected):
    arrival, clerk, (manee, *_) = school
    head = ActorFactory(role=Role.SCHOOL_DIRECTOR, unit=arrival.unit)
    head.member.first_name = "ผอ."
    head.member.save(update_fields=["first_name"])
    if "people" in body:
        body = body | {"people": manee.member.pk}

    answer = browser_of(clerk).post(at("circulation", arrival), body)

    assert said(answer) == [f"แจ้งเวียนแล้ว {len(expected)} คน"]
    assert set(names(unread_of(arrival))) == expected  # all but who circulates it


@pytest.mark.parametrize("sure", [{}, {"sure": "2"}, {"sure": "x"}])
def test_everybody_at_once_is_asked_again_with_their_number(school, sure):
    arrival, clerk, _ = school
    desk, url = browser_of(clerk), at("circulation", arrival)

    asked = desk.post(url, {"who": "all", "note": "อ่านก่อนเที่ยง", **sure}).content.decode()

    assert "ทุกคนที่ยังไม่ได้รับ 3 คน" in asked
    assert all(name in asked for name in ("มานี", "ปิติ", "ชูใจ"))
    assert not arrival.assignments.exists()
    typed = {"who": "all", "note": "อ่านก่อนเที่ยง", "sure": 3}
    back = desk.post(url, {**typed, "back": "1"})
    assert back.status_code == 200
    assert "อ่านก่อนเที่ยง</textarea>" in back.content.decode()
    assert not arrival.assignments.exists()
    assert said(desk.post(url, typed)) == ["แจ้งเวียนแล้ว 3 คน"]
    assert {row.note for row in arrival.assignments.all()} == {"อ่านก่อนเที่ยง"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "เลือกว่าแจ้งใครบ้าง"),
        ({"who": "roles"}, "เลือกตำแหน่งอย่างน้อย 1 ตำแหน่ง"),
        ({"who": "all", "roles": ["teacher"]}, "เลือกว่าแจ้งทุกคน หรือเฉพาะที่ติ๊ก"),
        ({"who": "roles", "roles": ["director"]}, "เลือกใหม่จากรายการ"),
        ({"who": "names"}, "เลือกรายชื่ออย่างน้อย 1 คน"),
        ({"who": "names", "people": ["0", "x"]}, "เลือกใหม่จากรายการ"),
        ({"who": "all", "note": "ก" * 501}, "ยาวเกินไป"),
    ],
)
def test_what_cannot_be_circulated_is_said_and_keeps_what_was_typed(school, body, problem):
    arrival, clerk, _ = school

    answer = browser_of(clerk).post(
        at("circulation", arrival), body | {"note": body.get("note", "ด่วน")}
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert problem in text
    assert body.get("note", "ด่วน") in text
    assert not arrival.assignments.exists()


def test_the_list_names_who_read_when_in_few_queries(school, django_assert_max_num_queries):
    arrival, clerk, (manee, piti, choojai) = school
    circulated(arrival, manee, piti, choojai, by=clerk)
    browser = browser_of(clerk)
    browser.get(at("circulation", arrival))

    with django_assert_max_num_queries(14):
        text = browser.get(at("circulation", arrival)).content.decode()

    assert "ทราบแล้ว <b>0</b> จาก 3 คน" in text
    assert text.count("ยังไม่เปิด") == 3


def test_a_person_named_in_an_order_has_no_list(school):
    arrival, _, (manee, *_) = school
    own = ArrivalFactory(letter=arrival.letter, unit=arrival.unit, member=manee.member)

    assert browser_of(manee).get(at("circulation", own)).status_code == 404


def test_an_own_order_is_circulated_without_a_receive_number():
    house = make_house()
    teachers = teachers_of(house.school, "มานี", "ปิติ")
    order = sent(house.school_clerk, kind="order", subject="แต่งตั้งเวรรักษาความปลอดภัย")
    desk = browser_of(house.school_clerk)
    page = desk.get(order.get_absolute_url()).content.decode()
    assert "แจ้งเวียน" in page
    assert "ลงรับ" not in page.split("letter-side")[1].split("letter-more")[0]

    circulated(order.arrivals.get(), *teachers, by=house.school_clerk)

    text = browser_of(teachers[0]).get(order.get_absolute_url()).content.decode()
    assert "แจ้งเวียนให้ท่านทราบ" in text
    assert house.school.register_books.filter(series="in").count() == 0


def test_a_group_circulates_a_memo_among_its_officers():
    house = make_house()
    memo = sent(house.officer, kind="memo", to={"groups": [house.other_group.pk]})
    reader = ActorFactory(role=Role.OFFICER, unit=house.other_group)
    arrival = memo.arrivals.get()
    browser = browser_of(house.other_clerk)
    browser.post(reverse("documents:receive"), {"key": uuid4(), "only": arrival.pk})

    browser.post(at("circulation", arrival), {"who": "all", "sure": 1})

    assert browser_of(reader).get(memo.get_absolute_url()).status_code == 200
    assert unread_of(arrival).get().assignee == reader.member


def test_an_opening_before_the_circulation_counts_as_read(school):
    arrival, clerk, (manee, *_) = school
    assign = ArrivalFactory(letter=arrival.letter, unit=arrival.unit, member=manee.member)
    Opening.objects.create(
        arrival=arrival, member=manee.member, at=assign.arrived_at - timedelta(hours=1)
    )

    circulated(arrival, manee, by=clerk)

    assert readers_of(arrival)[0].read_at is not None
