"""Questions about received letters: who asks, who answers, and who never knows who asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from documents.models import Arrival, ArrivalState, Inquiry
from documents.resources import inquiry_readers
from documents.resources.waiting import inquiry_waits
from documents.services.inquiring import (
    answer_inquiry,
    ask_owner,
    exchanges_under,
    publish_inquiry,
    usual_answer_time,
    withdraw_inquiry,
)
from documents.tests.factories import (
    ArrivalFactory,
    clerk_of,
    officer_of,
    received_arrival,
    registrar_of,
    school,
)
from documents.tests.pages import at, browser_of, own_queries, page_of, said
from members.models import Member, Role
from members.tests.factories import GroupFactory, HoldingFactory, OfficeFactory
from portal.audit.tests.history import history_of
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError
from portal.notifications.models import Notice, Notification
from portal.notifications.services import fan_out
from portal.outbox.models import OutboxMessage
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db
CANARY = "โรงเรียนบ้านนกขมิ้น"


@pytest.fixture
def asked_letter(letter, officer):
    letter.drafter = officer.member
    letter.save(update_fields=["drafter"])
    return letter


@pytest.fixture
def asker(asked_letter):
    arrival, clerk = received_arrival(letter=asked_letter, unit=school(asked_letter, "บ้านนกขมิ้น"))
    return arrival, clerk


def ask(asker, text="นับอาคารที่กำลังสร้างด้วยหรือไม่", key=None):
    arrival, clerk = asker
    return ask_owner(arrival, text=text, key=key or uuid4(), by=clerk)


# Asking ------------------------------------------------------------------------------------------


def test_a_question_reaches_the_officer_and_changes_nothing_of_the_letter(asker, officer):
    arrival, _ = asker
    before = Arrival.objects.filter(pk=arrival.pk).values().get()

    inquiry = ask(asker)
    fan_out(OutboxMessage.objects.get(topic="documents.inquiry_asked"))

    assert [row.recipient for row in Notification.objects.all()] == [officer.member]
    assert history_of(inquiry) == ["inquiry.asked"]
    assert Arrival.objects.filter(pk=arrival.pk).values().get() == before
    (waits,) = inquiry_waits(officer.member)
    assert (waits.deed, waits.unit) == ("ตอบคำถาม", "บ้านนกขมิ้น")


def test_the_same_form_twice_is_one_question(asker):
    key = uuid4()

    assert ask(asker, key=key) == ask(asker, key=key)
    assert Inquiry.objects.count() == published("documents.inquiry_asked") == 1


def test_only_the_own_desk_asks(asker, asked_letter):
    arrival, _ = asker
    neighbour = clerk_of(school(asked_letter, "วัดโตนด"))
    teacher = HoldingFactory(role=Role.TEACHER, unit=arrival.unit)

    for member in (neighbour.member, teacher.member):
        assert (
            browser_of_member(member)
            .post(at("arrival-ask", arrival), {"key": uuid4(), "text": "?"})
            .status_code
            == 404
        )
    with pytest.raises(PermissionDenied):
        ask_owner(arrival, text="?", key=None, by=neighbour)


def browser_of_member(member):
    return browser_of(type("Someone", (), {"member": member}))


@pytest.mark.parametrize(
    "state", [ArrivalState.REFUSED, ArrivalState.RECALLED, ArrivalState.SUPERSEDED]
)
def test_nobody_asks_about_what_is_no_longer_theirs(asker, state):
    arrival, _ = asker
    Arrival.objects.filter(pk=arrival.pk).update(state=state)

    with pytest.raises(DomainError):
        ask(asker)


def test_once_the_officer_has_left_the_groups_desk_has_the_question(asker, asked_letter, officer):
    clerk = HoldingFactory(role=Role.GROUP_CLERK, unit=asked_letter.owner_unit).member
    inquiry = ask(asker)
    assert inquiry_waits(clerk) == []

    officer.member.holdings.all().delete()
    fan_out(OutboxMessage.objects.get(topic="documents.inquiry_asked"))

    assert [waits.url for waits in inquiry_waits(clerk)] == [inquiry.get_absolute_url()]
    assert inquiry_waits(officer.member) == []
    assert [row.recipient for row in Notification.objects.all()] == [clerk]


# Answering ---------------------------------------------------------------------------------------


def test_an_answer_for_one_is_read_by_the_asking_school_alone(asker, asked_letter, officer, client):
    neighbour, other = received_arrival(letter=asked_letter)
    inquiry = ask(asker)

    answer_inquiry(inquiry, answer="นับเฉพาะที่ใช้แล้ว", by=officer)
    fan_out(OutboxMessage.objects.get(topic="documents.inquiry_answered"))

    assert "นับเฉพาะที่ใช้แล้ว" in browser_of(asker[1]).get(page_of(asker[0])).content.decode()
    page = browser_of(other).get(page_of(neighbour)).content.decode()
    assert "ถามเจ้าของเรื่อง" in page
    assert "นับ" not in page
    assert [row.recipient for row in Notification.objects.all()] == [asker[1].member]
    assert inquiry_waits(officer.member) == []


def test_a_published_answer_never_says_who_asked(asker, asked_letter, officer):
    """The canary: the school's name and its clerk's, on page, bell and mail of its neighbours."""
    neighbour, other = received_arrival(letter=asked_letter)
    teacher = HoldingFactory(role=Role.TEACHER, unit=neighbour.unit).member
    inquiry = ask(asker, text=f"{CANARY} มีอาคารกำลังสร้าง นับหรือไม่")
    fan_out(OutboxMessage.objects.get(topic="documents.inquiry_asked"))

    answer_inquiry(
        inquiry, answer="นับเฉพาะที่ใช้แล้ว", publish=True,
        published_text="อาคารกำลังสร้างนับหรือไม่", by=officer,
    )  # fmt: skip
    message = OutboxMessage.objects.get(topic="documents.inquiry_published")
    fan_out(message)

    page = browser_of(other).get(page_of(neighbour)).content.decode()
    assert "อาคารกำลังสร้างนับหรือไม่" in page
    assert "นับเฉพาะที่ใช้แล้ว" in page
    own = browser_of(asker[1]).get(page_of(asker[0])).content.decode()
    assert CANARY in own
    bell = browser_of(other).get(reverse("notifications:inbox")).content.decode()
    assert "อาคารกำลังสร้างนับหรือไม่" in bell
    for words in (CANARY, "บ้านนกขมิ้น", str(asker[1].member), "มีอาคารกำลังสร้าง"):
        assert words not in page + bell
    told = {row.recipient for row in Notification.objects.filter(notice__message=message)}
    assert told == {other.member}
    assert teacher not in told
    assert list(Inquiry.objects.visible_to(other.member)) == []


def test_published_as_asked_when_nothing_else_was_written_control(asker, asked_letter, officer):
    """Without the officer's own words the question stands as it is: the canary would sing."""
    neighbour, other = received_arrival(letter=asked_letter)
    inquiry = ask(asker, text="ครูนกขมิ้นถาม")

    answer_inquiry(inquiry, answer="ตอบ", publish=True, by=officer)

    assert "ครูนกขมิ้นถาม" in browser_of(other).get(page_of(neighbour)).content.decode()


@pytest.mark.parametrize(
    ("answer", "words", "where"),
    [
        ("นับ", f"{CANARY} นับหรือไม่", "คำถามที่เผยแพร่ยังมีชื่อ บ้านนกขมิ้น"),
        ("นับ", "บ้านนกขมิ้นนับหรือไม่", "คำถามที่เผยแพร่ยังมีชื่อ บ้านนกขมิ้น"),
        ("บ้านนกขมิ้นนับด้วย", "นับหรือไม่", "คำตอบยังมีชื่อ บ้านนกขมิ้น"),
    ],
)
def test_nothing_that_names_the_school_is_published(asker, officer, answer, words, where):
    inquiry = ask(asker, text=f"{CANARY} นับหรือไม่")
    office = browser_of(officer)
    typed = {"answer": answer, "publish": "on", "published_text": words}

    page = office.post(inquiry.get_absolute_url(), typed)

    assert page.status_code == 422
    assert where in page.content.decode()
    inquiry.refresh_from_db()
    assert (inquiry.answered_at, inquiry.is_published) == (None, False)  # and what was typed stays
    assert page.context["form"]["published_text"].value() == words

    answer_inquiry(inquiry, answer=answer, by=officer)  # to the school alone it may be said
    later = office.post(at("inquiry-publish", inquiry), {"published_text": words})
    assert (later.status_code, where in later.content.decode()) == (422, True)


def test_withdrawn_is_gone_for_the_others_and_stays_for_the_asker(asker, asked_letter, officer):
    neighbour, _ = received_arrival(letter=asked_letter)
    inquiry = answer_inquiry(ask(asker), answer="ตอบนี้", publish=True, by=officer)
    assert [one.answer for one in exchanges_under(asked_letter, [neighbour])] == ["ตอบนี้"]
    notice = OutboxMessage.objects.get(topic="documents.inquiry_published")

    withdraw_inquiry(inquiry, by=officer)
    fan_out(notice)

    assert exchanges_under(asked_letter, [neighbour]) == []
    assert [one.answer for one in exchanges_under(asked_letter, [asker[0]])] == ["ตอบนี้"]
    assert not Notice.objects.filter(kind="documents.inquiry_published").exists()
    publish_inquiry(inquiry, published_text="ถามใหม่", by=officer)
    assert [one.text for one in exchanges_under(asked_letter, [neighbour])] == ["ถามใหม่"]


def test_whoever_is_slower_changes_nothing(asker, officer, asked_letter):
    inquiry = ask(asker)
    answer_inquiry(inquiry, answer="หนึ่ง", by=officer)

    with pytest.raises(Conflict):
        answer_inquiry(inquiry, answer="สอง", by=registrar_of(asked_letter.office))
    inquiry.refresh_from_db()
    assert inquiry.answer == "หนึ่ง"


def test_only_the_owner_and_the_registrar_answer(asker, asked_letter):
    inquiry = ask(asker)
    strangers = [
        officer_of(GroupFactory(office=asked_letter.office)),
        registrar_of(OfficeFactory()),
        asker[1],
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            answer_inquiry(inquiry, answer="?", by=stranger)
    answer_inquiry(inquiry, answer="ได้", by=registrar_of(asked_letter.office))


def test_with_a_letter_taken_back_its_questions_are_gone(asker, asked_letter, officer):
    neighbour, _ = received_arrival(letter=asked_letter)
    inquiry = answer_inquiry(ask(asker), answer="ตอบ", publish=True, by=officer)
    ask(asker)
    assert exchanges_under(asked_letter, [neighbour]) != []
    assert inquiry_waits(officer.member) != []

    Arrival.objects.filter(letter=asked_letter).update(state=ArrivalState.RECALLED)

    assert exchanges_under(asked_letter, [neighbour]) == []
    assert inquiry_waits(officer.member) == []
    assert list(Inquiry.objects.visible_to(officer.member)) == []
    assert list(Inquiry.objects.visible_to(asker[1].member)) == []
    assert browser_of(officer).get(inquiry.get_absolute_url()).status_code == 404


def test_readers_are_the_other_side_of_visible_to(world, asker):
    inquiry = ask(asker)

    for member in Member.objects.all():
        seen = Inquiry.objects.visible_to(member).filter(pk=inquiry.pk).exists()
        assert seen == inquiry_readers(inquiry).filter(pk=member.pk).exists()


def test_a_database_refuses_another_question_under_the_same_answer(asker):
    inquiry = ask(asker)

    with pytest.raises(Exception, match=r"frozen|not be changed|change"), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(text="อย่างอื่น")


# The usual time ----------------------------------------------------------------------------------


def test_the_usual_time_is_the_median_of_three_or_more_in_ninety_days(asker, officer, asked_letter):
    now = db_now()
    unit = asked_letter.owner_unit
    for hours in (1, 2, 30):
        assert usual_answer_time(unit, now) is None
        Inquiry.objects.create(
            arrival=asker[0],
            text="ถาม",
            asked_at=now - timedelta(hours=hours),
            asked_by=asker[1].member,
            answer="ตอบ",
            answered_at=now,
            answered_by=officer.member,
        )

    assert usual_answer_time(unit, now) == timedelta(hours=2)
    assert usual_answer_time(GroupFactory(office=unit.office), now) is None
    assert usual_answer_time(unit, now + timedelta(days=100)) is None
    page = browser_of(asker[1]).get(page_of(asker[0])).content.decode()
    assert "ปกติตอบภายใน 2 ชั่วโมง" in page


# Pages -------------------------------------------------------------------------------------------


def test_the_question_is_asked_and_answered_on_pages(asker, officer, client):
    arrival, clerk = asker
    at_school = browser_of(clerk)
    sent = at_school.post(at("arrival-ask", arrival), {"key": uuid4(), "text": "นับอย่างไร"})
    assert sent.url.endswith("#questions")
    inquiry = Inquiry.objects.get()

    office = browser_of(officer)
    assert "นับอย่างไร" in office.get(reverse("documents:inquiries")).content.decode()
    empty = office.post(inquiry.get_absolute_url(), {"answer": " ", "publish": "on"})
    assert empty.status_code == 422
    assert set(empty.context["form"].errors) == {"answer", "published_text"}
    done = office.post(
        inquiry.get_absolute_url(),
        {"answer": "ตามจริง", "publish": "on", "published_text": "นับอย่างไร"},
    )
    assert said(done) == ["ตอบแล้ว ผู้รับทุกแห่งอ่านคำตอบได้ใต้หนังสือ"]
    office.post(at("inquiry-publish", inquiry), {"withdraw": "1"})
    inquiry.refresh_from_db()
    assert not inquiry.is_published


def test_an_empty_question_keeps_the_page(asker):
    arrival, clerk = asker

    page = browser_of(clerk).post(at("arrival-ask", arrival), {"key": uuid4(), "text": " "})

    assert page.status_code == 422
    assert page.context["ask_form"].errors


def test_the_list_of_questions_asks_the_same_however_long(asker, officer, asked_letter):
    ask(asker)
    office = browser_of(officer)
    one = len(own_queries(office, reverse("documents:inquiries")))
    for name in ("บ้านหนึ่ง", "บ้านสอง"):
        ask(received_arrival(letter=asked_letter, unit=school(asked_letter, name)))

    assert len(own_queries(office, reverse("documents:inquiries"))) == one <= 4


def test_the_board_leads_to_the_open_questions(asker, officer, asked_letter):
    ask(asker)
    ArrivalFactory(letter=asked_letter)

    page = browser_of(officer).get(at("letter-board", asked_letter)).content.decode()

    assert "1 คำถามรอตอบ" in page
