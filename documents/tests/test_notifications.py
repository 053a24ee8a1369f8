"""What letters tell, from the deed to the bell and the morning mail."""

from __future__ import annotations

import pytest

from documents.tests.factories import ArrivalFactory
from members.models import Role
from members.tests.factories import HoldingFactory, HolidayFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import bangkok
from portal.notifications.models import Digest, Notice, Notification
from portal.notifications.services import fan_out
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
