"""The pages of matters: lists, deeds with bad input, the next one that waits, what is shown."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.models import Letter, LetterKind, Matter, MatterState, StepKind
from documents.tests.directions import sent
from documents.tests.factories import ArrivalFactory, SentLetterFactory
from documents.tests.matter_factories import (
    assigned,
    at_office,
    from_outside,
    in_hand,
    proposed,
    received,
    routed,
    school_draft,
    sent_by_school,
)
from documents.tests.pages import at, browser_of, own_queries, said
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db

MATTERS = reverse("documents:matters")
OUTSIDE = reverse("documents:outside")


def words(response):
    return response.content.decode()


# The list ---------------------------------------------------------------------------------------


def test_each_tab_holds_what_lies_there(house):
    new, laid = received(house.school, by=house.registrar), proposed(house)
    group, waiting = routed(house), at_office(house.school)
    registrar = browser_of(house.registrar)

    def shown(tab):
        page = registrar.get(MATTERS, {"tab": tab})
        return [row.pk for row in page.context["rows"]]

    assert shown("mine") == shown("received") == [new.pk]
    assert shown("proposed") == [laid.pk]
    assert shown("group") == [group.pk]
    assert shown("done") == []
    assert set(shown("all")) == {new.pk, laid.pk, group.pk}
    page = registrar.get(MATTERS, {"tab": "waiting"})
    assert page.context["arrivals"] == [waiting]
    assert waiting.letter.subject in words(page)


def test_a_memo_to_the_director_waits_among_what_comes_in_and_an_order_does_not(house):
    memo = sent(house.officer, kind=LetterKind.MEMO, to={"units": [house.office.pk]})
    ArrivalFactory(letter=SentLetterFactory(owner_unit=house.group), unit=house.office)

    page = browser_of(house.registrar).get(MATTERS, {"tab": "waiting"})

    assert [arrival.letter for arrival in page.context["arrivals"]] == [memo]
    assert {link["label"]: link["count"] for link in page.context["links"]}["รอรับ"] == 1


def test_a_group_has_its_own_matters_and_no_tabs_of_the_registry(house):
    mine = assigned(house)
    received(house.school, by=house.registrar)
    officer = browser_of(house.officer)

    page = officer.get(MATTERS)

    assert list(page.context["rows"]) == [mine]
    labels = [link["label"] for link in page.context["links"]]
    assert labels == ["ต้องทำ", "อยู่ที่กลุ่ม", "เสร็จ", "ทั้งหมด"]
    assert list(officer.get(MATTERS, {"tab": "received"}).context["rows"]) == [mine]


def test_what_is_overdue_stands_first(house):
    later, sooner, late = (routed(house) for _ in range(3))
    now = timezone.now()
    for matter, days in ((later, 9), (sooner, 2), (late, -1)):
        Matter.objects.filter(pk=matter.pk).update(due_at=now + timedelta(days=days))

    page = browser_of(house.clerk).get(MATTERS)

    assert list(page.context["rows"]) == [late, sooner, later]
    assert "เกินกำหนด" in words(page)


@pytest.mark.parametrize("query", ["จังหวัดพัทลุง", "พท 0017", "ฝนตกหนัก", "1"])
def test_a_matter_is_found_by_sender_number_subject_and_receive_number(house, query):
    wanted = from_outside(house.registrar)
    received(house.school, by=house.registrar)

    page = browser_of(house.director).get(MATTERS, {"q": query})

    assert wanted in page.context["rows"]


@pytest.mark.parametrize(
    "query",
    [
        {"tab": "nonsense"},
        {"group": "x"},
        {"group": "9" * 40},
        {"after": "x"},
        {"q": "\x00"},
        {"q": "ก" * 3000},
    ],
)
def test_nonsense_in_the_address_is_a_page(house, query):
    assert browser_of(house.registrar).get(MATTERS, query).status_code == 200


def test_the_list_asks_as_often_for_three_rows_as_for_one(house):
    registrar = browser_of(house.registrar)
    routed(house)
    for_one = len(own_queries(registrar, f"{MATTERS}?tab=all"))
    for _ in range(2):
        routed(house)

    assert len(own_queries(registrar, f"{MATTERS}?tab=all")) == for_one <= 4


def test_the_page_of_a_matter_asks_no_more_for_many_steps(house):
    director = browser_of(house.director)
    short, long = routed(house), in_hand(house)

    assert len(own_queries(director, at("matter", short))) == len(
        own_queries(director, at("matter", long))
    )


# Deeds ------------------------------------------------------------------------------------------


def order(house, matter, **changes):
    return {
        "key": uuid4(),
        "seen": matter.steps.count(),
        "presets": ["give", "tell_schools"],
        "text": "ด่วน",
        "outcome": "route",
        "main_unit": house.group.pk,
        **changes,
    }


def test_an_order_is_put_together_and_leads_to_the_next_that_waits(house):
    first, second = proposed(house), proposed(house)
    director = browser_of(house.director)

    page = director.post(at("matter-endorse", first), order(house, first))
    assert page.url == at("matter-endorse", second)
    assert said(page) == [f"สั่งการแล้ว {first} เรื่องถัดไปคือ{second}"]
    last = director.post(at("matter-endorse", second), order(house, second))
    assert last.url == MATTERS

    step = first.steps.get(kind=StepKind.ENDORSED)
    assert step.text == f"แจ้งโรงเรียน มอบ{house.group.name}ดำเนินการ\nด่วน"


def test_the_order_form_is_filled_from_the_proposal(house):
    matter = proposed(house, main_unit=house.group, copies=[house.other_group])

    form = browser_of(house.director).get(at("matter-endorse", matter)).context["form"]

    assert form["main_unit"].value() == house.group.pk
    assert form["copies"].value() == [house.other_group.pk]
    assert form["presets"].value() == ["as_proposed"]


def test_as_proposed_is_not_said_of_another_group(house):
    matter = proposed(house, main_unit=house.group)
    director = browser_of(house.director)
    as_proposed = order(house, matter, presets=["as_proposed"])

    other = {"main_unit": house.other_group.pk}
    page = director.post(at("matter-endorse", matter), as_proposed | other)
    assert page.status_code == 422
    assert "กลุ่มไม่ตรงกับที่เสนอ" in words(page)
    assert director.post(at("matter-endorse", matter), as_proposed).status_code == 302


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"presets": [], "text": " "}, "เลือกคำสั่ง หรือเขียนเอง"),
        ({"main_unit": ""}, "เลือกกลุ่มที่ดำเนินการ"),
        ({"main_unit": "x"}, "เลือกกลุ่มจากรายการ"),
        ({"main_unit": "99999999"}, "เลือกกลุ่มจากรายการ"),
        ({"copies": ["x"]}, "เลือกกลุ่มจากรายการ"),
        ({"outcome": ""}, "เลือกว่าเรื่องไปที่ใดต่อ"),
        ({"outcome": "pass", "pass_to": ""}, "เลือกว่าเสนอต่อผู้ใด"),
        ({"outcome": "pass", "pass_to": "7777777"}, "เลือกจากรายการ"),
        ({"due_on": "1 ม.ค. 2560"}, "ผ่านไปแล้ว"),
        ({"text": "ก" * 1501}, "ยาวเกินไป 1 ตัวอักษร"),
        ({"seen": ""}, ""),
        ({"key": ""}, "เปิดไว้นานเกินไป"),
    ],
)
def test_an_order_that_cannot_be_given_keeps_what_was_written(house, changes, problem):
    matter = proposed(house)

    page = browser_of(house.director).post(
        at("matter-endorse", matter), order(house, matter, **changes)
    )

    assert page.status_code == 422
    assert problem in words(page)
    matter.refresh_from_db()
    assert matter.state == MatterState.PROPOSED


def test_who_was_slower_is_told_and_writes_nothing(house):
    matter = proposed(house)
    late = order(house, matter)
    director = browser_of(house.director)
    director.post(at("matter-endorse", matter), order(house, matter, key=uuid4()))

    page = director.post(at("matter-endorse", matter), late)

    assert page.url == matter.get_absolute_url()
    assert "มีผู้ดำเนินการกับเรื่องนี้แล้ว" in said(page)[-1]
    assert matter.steps.filter(kind=StepKind.ENDORSED).count() == 1


def test_the_registrar_proposes_on_the_page_or_sends_to_a_group(house):
    registrar = browser_of(house.registrar)
    first, second = (received(house.school, by=house.registrar) for _ in range(2))
    post = house.director.holding.post_id

    registrar.post(
        at("matter-propose", first),
        {"key": uuid4(), "way": "propose", "post": post, "text": "มอบ"},
    )
    registrar.post(
        at("matter-propose", second), {"key": uuid4(), "way": "route", "main_unit": house.group.pk}
    )
    refused = registrar.post(
        at("matter-propose", received(house.school, by=house.registrar)),
        {"key": uuid4(), "way": "route"},
    )

    states = Matter.objects.order_by("pk").values_list("state", flat=True)
    assert list(states)[:2] == [MatterState.PROPOSED, MatterState.ROUTED]
    assert refused.status_code == 422


def test_the_group_hands_out_and_the_officer_answers_on_the_pages(house):
    matter = routed(house)
    clerk, officer = browser_of(house.clerk), browser_of(house.officer)
    due = short_date(timezone.localdate() + timedelta(days=3))

    clerk.post(
        at("matter-assign", matter),
        {"officer": house.officer.member.pk, "text": "ด่วน", "due_on": due},
    )
    officer.post(at("matter-accept", matter))
    reply = officer.post(at("matter-reply", matter), {"key": uuid4()})

    letter = Letter.objects.get(answers=matter)
    assert reply.url == reverse("documents:letter-edit", args=[letter.pk])
    assert officer.get(reply.url).status_code == 200
    assert "ร่างหนังสือตอบ" in words(officer.get(at("matter", matter)))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("matter-assign", {"officer": "x"}),
        ("matter-assign", {}),
        ("matter-return", {"reason": ""}),
        ("matter-return", {"reason": "ก" * 501}),
        ("matter-close", {"result": ""}),
        ("matter-close", {"result": "ก" * 1001}),
    ],
)
def test_words_that_are_missing_or_too_long_are_asked_for(house, name, body):
    matter = routed(house)

    page = browser_of(house.head).post(at(name, matter), body)

    assert page.status_code == 422
    matter.refresh_from_db()
    assert matter.state == MatterState.ROUTED


def test_a_deed_whose_time_has_passed_leads_to_the_matter(house):
    matter = routed(house)

    page = browser_of(house.registrar).get(at("matter-propose", matter))

    assert page.url == matter.get_absolute_url()


# The school's side ------------------------------------------------------------------------------


def test_a_school_is_told_that_its_office_answers_by_letter(house):
    clerk = browser_of(house.school_clerk)
    draft = school_draft(house.school_clerk)

    page = words(clerk.get(reverse("documents:letter-edit", args=[draft.pk])))

    assert "ตรวจแล้วออกเลขและส่ง" in page
    assert "โรงเรียนผู้รับตอบในระบบ ส่วนสำนักงานตอบเป็นหนังสือ" in page


def test_the_preview_of_a_schools_letter_is_the_schools_own(house):
    draft = school_draft(house.school_clerk)

    page = browser_of(house.school_clerk).get(reverse("documents:letter-preview", args=[draft.pk]))

    assert page["Content-Type"] == "application/pdf"


def test_the_school_follows_its_letter(house):
    letter = sent_by_school(house.school_clerk)
    clerk = browser_of(house.school_clerk)
    assert "ส่งแล้ว" in words(clerk.get(letter.get_absolute_url()))
    registrar = browser_of(house.registrar)
    registrar.post(reverse("documents:receive"), {"key": uuid4(), "only": letter.arrivals.get().pk})

    page = words(clerk.get(letter.get_absolute_url()))

    assert "ได้รับแล้ว" in page
    assert "เลขรับ 1" in page
