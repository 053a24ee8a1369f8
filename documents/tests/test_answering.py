"""Answers: when they are taken, when they are final, and who may give and review them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import ResponseKind, ResponseState
from documents.services.answering import (
    InvalidAnswer,
    accept_response,
    extend_deadline,
    return_response,
    submit_response,
)
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    answered_arrival,
    clerk_of,
    officer_of,
    received_arrival,
)
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.errors import DomainError, InvalidTransition
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


def form_letter(**fields):
    return SentLetterFactory(response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION], **fields)


def test_an_answer_before_receiving_is_refused():
    arrival = ArrivalFactory(letter=form_letter())

    with pytest.raises(DomainError, match="ลงรับก่อน"):
        submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk_of(arrival.unit))


def test_an_answer_closes_the_matter_until_it_is_returned():
    arrival, clerk = answered_arrival()
    officer = officer_of(arrival.letter.owner_unit)
    assert (arrival.response_state, arrival.is_open) == (ResponseState.ANSWERED, False)

    return_response(arrival.responses.get(), reason="ยอดไม่ตรง", by=officer)

    arrival.refresh_from_db()
    assert (arrival.response_state, arrival.is_open) == (ResponseState.RETURNED, True)
    submit_response(arrival, data={"q1": "3"}, key=uuid4(), by=clerk)
    versions = list(arrival.responses.order_by("version").values_list("version", "data"))
    assert versions == [(1, {"q1": 2}), (2, {"q1": 3})]
    assert published("documents.response_returned") == 1


def test_an_answer_that_does_not_fit_names_the_question():
    arrival, clerk = received_arrival(letter=form_letter())

    with pytest.raises(InvalidAnswer) as refused:
        submit_response(arrival, data={"q1": "สอง"}, key=uuid4(), by=clerk)

    assert refused.value.errors == {"q1": "ใส่ตัวเลข เช่น 2"}
    assert arrival.responses.count() == 0


def test_the_same_answer_form_twice_is_one_version():
    arrival, clerk = received_arrival(letter=form_letter())
    key = uuid4()

    first = submit_response(arrival, data={"q1": "1"}, key=key, by=clerk)
    again = submit_response(arrival, data={"q1": "1"}, key=key, by=clerk)

    assert first.pk == again.pk
    assert arrival.responses.count() == 1


def test_a_first_answer_after_the_deadline_is_taken_and_marked_late():
    letter = form_letter(due_at=timezone.now() - timedelta(hours=1))
    arrival, clerk = received_arrival(letter=letter)

    response = submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk)

    assert response.is_late
    with pytest.raises(DomainError, match="พ้นกำหนดแล้ว"):
        submit_response(arrival, data={"q1": "2"}, key=uuid4(), by=clerk)


def test_more_time_opens_a_late_answer_again_for_this_school_alone():
    letter = form_letter(due_at=timezone.now() - timedelta(hours=1))
    arrival, clerk = received_arrival(letter=letter)
    other, _ = received_arrival(letter=letter)
    submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk)
    officer = officer_of(letter.owner_unit)

    extend_deadline(
        arrival, new_due_at=timezone.now() + timedelta(days=2), reason="น้ำท่วม", by=officer
    )

    assert submit_response(arrival, data={"q1": "2"}, key=uuid4(), by=clerk).version == 2
    other.refresh_from_db()
    assert other.due_at == letter.due_at


def test_an_accepted_answer_is_final():
    arrival, clerk = answered_arrival()
    officer = officer_of(arrival.letter.owner_unit)
    accept_response(arrival.responses.get(), by=officer)

    with pytest.raises(DomainError, match="ตรวจรับคำตอบแล้ว"):
        submit_response(arrival, data={"q1": "5"}, key=uuid4(), by=clerk)
    with pytest.raises(InvalidTransition):
        return_response(arrival.responses.get(), reason="ขอแก้", by=officer)


def test_only_the_owner_reviews():
    arrival, _ = answered_arrival()
    stranger = officer_of(GroupFactory(office=arrival.letter.office))

    with pytest.raises(PermissionDenied):
        accept_response(arrival.responses.get(), by=stranger)


def test_the_neighbour_school_neither_sees_the_answer_nor_may_answer():
    arrival, _ = answered_arrival()
    neighbour = clerk_of(SchoolFactory(office=arrival.letter.office))

    response = arrival.responses.get()

    assert not response.__class__.objects.visible_to(neighbour.member).exists()
    with pytest.raises(PermissionDenied):
        submit_response(arrival, data={"q1": "9"}, key=uuid4(), by=neighbour)
