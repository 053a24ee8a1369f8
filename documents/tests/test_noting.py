"""การปฏิบัติ in a receive register follows what the unit does with its letter."""

from __future__ import annotations

from uuid import uuid4

import pytest

from documents.models import Arrival, RegisterEntry, ResponseKind
from documents.services.answering import submit_response
from documents.services.assigning import assign_arrival, circulate_arrival
from documents.services.succeeding import restore_predecessor, supersede
from documents.tests.factories import SentLetterFactory, received_arrival
from members.models import Role
from members.tests.factories import ActorFactory
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def received():
    letter = SentLetterFactory(response_kind=ResponseKind.ACKNOWLEDGE)
    return received_arrival(letter=letter)


def action_of(arrival: Arrival) -> str:
    return RegisterEntry.objects.get(arrival=arrival).action_text


def teachers(arrival: Arrival, count: int) -> list:
    people = [ActorFactory(role=Role.TEACHER, unit=arrival.unit).member for _ in range(count)]
    return sorted(people, key=lambda member: member.pk)


def test_the_register_says_to_whom_a_letter_was_given_and_how_it_was_answered(received):
    arrival, clerk = received
    first, *others = teachers(arrival, 5)

    assign_arrival(arrival, assignees=[first], by=clerk)
    assert action_of(arrival) == f"มอบ{first}"

    circulate_arrival(arrival, readers=others, by=clerk)
    assert action_of(arrival) == f"มอบ{first} · แจ้งเวียน 4 คน"

    response = submit_response(arrival, key=uuid4(), by=clerk)
    answered = f"แจ้งรับทราบแล้ว {short_date(response.submitted_at)}"
    assert action_of(arrival) == f"มอบ{first} · แจ้งเวียน 4 คน · {answered}"


def test_of_many_people_three_are_named(received):
    arrival, clerk = received
    people = teachers(arrival, 5)

    assign_arrival(arrival, assignees=people, by=clerk)

    named = ", ".join(str(member) for member in people[:3])
    assert action_of(arrival) == f"มอบ{named} และอีก 2 คน"


def test_a_replacing_letter_is_named_behind_the_deeds_and_taken_away_again(received):
    arrival, clerk = received
    assign_arrival(arrival, assignees=teachers(arrival, 1), by=clerk)
    before = action_of(arrival)
    newer = SentLetterFactory(
        owner_unit=arrival.letter.owner_unit, succeeds=arrival.letter, succession="replaces"
    )

    supersede(newer, by=clerk)
    assert action_of(arrival) == f"{before} · แทนที่โดย ที่ {newer.number_text}"

    restore_predecessor(newer, by=clerk)
    assert action_of(arrival) == before
