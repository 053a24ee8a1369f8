"""Receiving, refusing and assigning: whose book, whose number, who may."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import Arrival, ArrivalState, Letter, RegisterEntry, Series
from documents.services.assigning import acknowledge_assignment, assign_arrival
from documents.services.receiving import log_opening, move_stamp, receive_arrivals, refuse_arrival
from documents.services.registering import set_start_number
from documents.tests.factories import ArrivalFactory, SentLetterFactory, clerk_of, received_arrival
from members.models import Role
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    SchoolFactory,
)
from portal.audit.tests.history import history_of
from portal.core.errors import Conflict, DomainError, InvalidTransition
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


# Receiving --------------------------------------------------------------------------------------


def test_each_school_receives_with_its_own_number():
    letter = SentLetterFactory()
    first, second = ArrivalFactory(letter=letter), ArrivalFactory(letter=letter)
    clerk = clerk_of(first.unit)
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=second.unit)
    set_start_number(
        first.unit, series=Series.IN, be_year_of_book=be_now(), start_number=612, by=clerk
    )

    receipts = receive_arrivals([first.pk, second.pk], key=uuid4(), by=clerk)

    assert [(receipt.arrival.pk, receipt.number) for receipt in receipts] == [
        (first.pk, 612),
        (second.pk, 1),
    ]
    entry = RegisterEntry.objects.get(book__unit=second.unit)
    assert entry.holding.post.unit == second.unit
    assert history_of(first) == ["arrival.received"]


def be_now() -> int:
    return timezone.localdate().year + 543


def test_ids_that_are_not_mine_refuse_the_whole_request():
    mine, other = ArrivalFactory(), ArrivalFactory()
    clerk = clerk_of(mine.unit)

    with pytest.raises(PermissionDenied):
        receive_arrivals([mine.pk, other.pk], key=uuid4(), by=clerk)

    assert Arrival.objects.get(pk=mine.pk).state == ArrivalState.WAITING


def test_a_colleague_who_was_faster_is_named_with_number_and_time():
    arrival = ArrivalFactory()
    slow, fast = clerk_of(arrival.unit), clerk_of(arrival.unit)
    receive_arrivals([arrival.pk], key=uuid4(), by=fast)

    receipt = receive_arrivals([arrival.pk], key=uuid4(), by=slow)[0]

    assert receipt.number == 1
    assert f"{fast.member}ลงรับฉบับนี้ไปแล้วเมื่อ" in receipt.problem
    assert RegisterEntry.objects.count() == 1


def test_the_same_receiving_form_twice_takes_no_second_number():
    arrival = ArrivalFactory()
    clerk, key = clerk_of(arrival.unit), uuid4()

    first = receive_arrivals([arrival.pk], key=key, by=clerk)
    again = receive_arrivals([arrival.pk], key=key, by=clerk)

    assert (first[0].number, first[0].problem) == (again[0].number, again[0].problem) == (1, "")


def test_a_key_used_for_something_else_is_a_conflict():
    first, second = ArrivalFactory(), ArrivalFactory()
    clerk, key = clerk_of(first.unit), uuid4()
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=second.unit)
    receive_arrivals([first.pk], key=key, by=clerk)

    with pytest.raises(Conflict):
        receive_arrivals([second.pk], key=key, by=clerk)


@pytest.mark.parametrize(("count", "sentence"), [(0, "เลือกหนังสือ"), (51, "ไม่เกิน 50")])
def test_none_and_more_than_fifty_are_refused_in_words(count, sentence):
    clerk = clerk_of(SchoolFactory())

    with pytest.raises(DomainError, match=sentence):
        receive_arrivals(range(1, count + 1), key=uuid4(), by=clerk)


def test_opening_is_a_fact_and_not_receiving():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)

    log_opening([arrival], by=clerk.member)
    log_opening([Arrival.objects.get(pk=arrival.pk)], by=clerk.member)

    arrival.refresh_from_db()
    assert (arrival.state, arrival.opened_by) == (ArrivalState.WAITING, clerk.member)
    assert arrival.openings.count() == 1


def test_a_refused_letter_keeps_the_reason_and_tells_the_owner():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)

    refuse_arrival(arrival, reason="ไม่ใช่เรื่องของโรงเรียนนี้", by=clerk)

    arrival.refresh_from_db()
    assert (arrival.state, arrival.is_open) == (ArrivalState.REFUSED, False)
    assert published("documents.arrival_refused") == 1
    with pytest.raises(InvalidTransition):
        refuse_arrival(arrival, reason="อีกครั้ง", by=clerk)


def test_the_stamp_moves_only_after_receiving():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)
    with pytest.raises(DomainError, match="ยังไม่ลงรับ"):
        move_stamp(arrival, place="top_left", by=clerk)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)

    assert move_stamp(arrival, place="top_left", by=clerk).stamp_place == "top_left"


def test_a_letter_to_a_person_is_received_in_person_without_a_number():
    person = HoldingFactory(role=Role.TEACHER)
    letter = SentLetterFactory(owner_unit=GroupFactory(office=person.post.unit.office))
    arrival = ArrivalFactory(letter=letter, unit=person.post.unit, member=person.member)
    teacher = ActorFactory(holding=person)

    receipt = receive_arrivals([arrival.pk], key=uuid4(), by=teacher)[0]

    assert (receipt.number, receipt.problem) == (None, "")
    assert Arrival.objects.get(pk=arrival.pk).state == ArrivalState.RECEIVED
    with pytest.raises(PermissionDenied):
        receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(person.post.unit))


def test_a_start_number_is_set_once_and_never_after_the_first_entry():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)

    with pytest.raises(DomainError, match="ออกเลขไปแล้ว"):
        set_start_number(
            arrival.unit, series=Series.IN, be_year_of_book=be_now(), start_number=9, by=clerk
        )
    set_start_number(
        arrival.unit, series=Series.OUT, be_year_of_book=be_now(), start_number=9, by=clerk
    )
    with pytest.raises(DomainError, match="ครั้งเดียว"):
        set_start_number(
            arrival.unit, series=Series.OUT, be_year_of_book=be_now(), start_number=10, by=clerk
        )


# Assigning --------------------------------------------------------------------------------------


def test_a_director_assigns_to_a_teacher_of_the_school_who_acknowledges():
    arrival, _ = received_arrival()
    director = ActorFactory(role=Role.SCHOOL_DIRECTOR, unit=arrival.unit)
    teacher = ActorFactory(role=Role.TEACHER, unit=arrival.unit)

    made = assign_arrival(arrival, assignees=[teacher.member], note="ดำเนินการ", by=director)

    assert Letter.objects.visible_to(teacher.member).filter(pk=arrival.letter_id).exists()
    assert acknowledge_assignment(made[0], by=teacher).acknowledged_at is not None
    with pytest.raises(DomainError, match="ไว้แล้ว"):
        assign_arrival(arrival, assignees=[teacher.member], by=director)


def test_nobody_outside_the_school_can_be_assigned():
    arrival, clerk = received_arrival()

    with pytest.raises(DomainError, match="เฉพาะบุคลากร"):
        assign_arrival(arrival, assignees=[MemberFactory()], by=clerk)
