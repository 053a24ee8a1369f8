"""What letters tell, from the deed to the bell and the morning mail."""

from __future__ import annotations

import pytest

from documents.services.inquiring import answer_inquiry, ask_owner
from documents.tests.factories import ArrivalFactory, officer_of
from documents.tests.pages import page_of, receive
from members.models import Role
from members.services import actor_of
from members.tests.factories import HoldingFactory, HolidayFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import bangkok
from portal.notifications.models import Digest, Notice, Notification
from portal.notifications.services import fan_out, unread_count
from portal.outbox.services import publish

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def test_a_new_letter_is_told_to_the_desk_it_arrived_at_and_to_nobody_else():
    arrival = ArrivalFactory()
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK, unit=arrival.unit).member
    HoldingFactory(role=Role.TEACHER, unit=arrival.unit)
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=SchoolFactory(office=arrival.letter.office))

    fan_out(publish("documents.letter_arrived", arrival.letter, by=SYSTEM))

    assert [row.recipient for row in Notification.objects.all()] == [clerk]
    assert Notice.objects.get().office_text == arrival.letter.office.label


def test_a_letter_to_a_person_is_told_to_that_person():
    teacher = HoldingFactory(role=Role.TEACHER)
    arrival = ArrivalFactory(unit=teacher.post.unit, member=teacher.member)
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=arrival.unit)

    fan_out(publish("documents.letter_arrived", arrival.letter, by=SYSTEM))

    assert [row.recipient for row in Notification.objects.all()] == [teacher.member]


@pytest.mark.parametrize("topic", ["documents.letter_arrived", "documents.arrival_extended"])
def test_mail_keeps_the_holidays_of_the_letters_office(topic):
    arrival = ArrivalFactory()
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK, unit=arrival.unit).member
    subject = arrival.letter if topic == "documents.letter_arrived" else arrival
    fan_out(publish(topic, subject, by=SYSTEM))
    usual = bangkok(Digest.objects.get(member=clerk).due_at).date()
    Digest.objects.all().delete()
    HolidayFactory(office=arrival.letter.office, on=usual)

    fan_out(publish(topic, subject, by=SYSTEM))

    assert bangkok(Digest.objects.get(member=clerk).due_at).date() > usual


# Found another way than by the bell ---------------------------------------------------------------


@pytest.fixture
def told(client):
    """A letter at a school, told to its two clerks; the first one is signed in."""
    arrival = ArrivalFactory()
    first, second = (HoldingFactory(role=Role.SCHOOL_CLERK, unit=arrival.unit) for _ in range(2))
    fan_out(publish("documents.letter_arrived", arrival.letter, by=SYSTEM))
    fan_out(publish("documents.arrival_extended", arrival, by=SYSTEM))
    fan_out(
        publish("documents.letter_arrived", ArrivalFactory(unit=arrival.unit).letter, by=SYSTEM)
    )
    client.force_login(first.member)
    return arrival, first.member, second.member


def test_a_letter_opened_in_the_inbox_is_counted_no_more_by_the_bell(client, told):
    arrival, reader, colleague = told

    page = client.get(page_of(arrival)).content.decode()

    assert 'aria-label="แจ้งเตือน ยังไม่อ่าน 1 เรื่อง"' in page
    assert [unread_count(member) for member in (reader, colleague)] == [1, 3]


def test_a_letter_received_in_the_inbox_is_counted_no_more_by_the_bell(client, told):
    arrival, reader, colleague = told

    receive(client, arrival)

    assert [unread_count(member) for member in (reader, colleague)] == [1, 3]


def test_an_answered_question_is_read_under_its_letter(client, told):
    arrival, reader, _ = told
    inquiry = ask_owner(arrival, text="ส่งภายในวันใด", key=None, by=actor_of(reader))
    owner = officer_of(arrival.letter.owner_unit)
    answer_inquiry(inquiry, answer="วันศุกร์", by=owner)
    fan_out(publish("documents.inquiry_answered", inquiry, by=SYSTEM))
    assert unread_count(reader) == 4

    client.get(page_of(arrival))

    assert unread_count(reader) == 1
