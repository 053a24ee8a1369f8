"""Races inside the office, with real threads: one receipt, one order, one answer.

Each with a control that shows what would happen without the guard.
"""

from __future__ import annotations

from threading import Barrier
from uuid import uuid4

import pytest

from documents.models import Letter, Matter, MatterState, StepKind
from documents.services import outside
from documents.services.handling import begin_reply, close_matter
from documents.services.outside import SeemsRegistered
from documents.services.receiving import receive_arrivals
from documents.services.routing import AlreadyMoved, endorse_matter
from documents.tests.factories import registrar_of
from documents.tests.matter_factories import (
    at_office,
    from_outside,
    in_hand,
    proposed,
)
from documents.tests.registers import receipt_numbers
from members.models import Role
from members.tests.factories import ActorFactory
from portal.core.errors import InvalidTransition

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

THREADS = 4


def test_several_registrars_receive_one_letter_once(race, house):
    arrival = at_office(house.school)
    desks = [registrar_of(house.office) for _ in range(THREADS)]

    answers = race(
        THREADS, lambda number: receive_arrivals([arrival.pk], key=uuid4(), by=desks[number])
    )

    problems = sorted(bool(receipt.problem) for (receipt,) in answers)
    assert problems == [False] + [True] * (THREADS - 1)
    assert receipt_numbers() == [1]
    assert Matter.objects.count() == 1


def test_paper_and_letters_of_schools_share_one_row_of_numbers(race, house):
    arrivals = [at_office(house.school) for _ in range(THREADS)]
    desks = [registrar_of(house.office) for _ in range(2 * THREADS)]

    def work(number):
        if number < THREADS:
            return receive_arrivals([arrivals[number].pk], key=uuid4(), by=desks[number])
        return from_outside(desks[number], number=f"พท {number}")

    answers = race(2 * THREADS, work)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert receipt_numbers() == list(range(1, 2 * THREADS + 1))
    assert Matter.objects.count() == 2 * THREADS


def test_one_form_for_paper_sent_at_once_is_one_number(race, house):
    key = uuid4()

    answers = race(THREADS, lambda number: from_outside(house.registrar, key=key))

    assert {answer.pk for answer in answers} == {Matter.objects.get().pk}
    assert receipt_numbers() == [1]


def registered_at_once(race, house):
    """Return what came of the same paper at several desks, each with a page of its own."""
    desks = [registrar_of(house.office) for _ in range(THREADS)]
    answers = race(THREADS, lambda number: from_outside(desks[number], key=uuid4()))
    return sorted(type(answer).__name__ for answer in answers)


def test_the_same_paper_at_several_desks_is_registered_once(race, house):
    told = registered_at_once(race, house)

    assert told == ["Matter"] + [SeemsRegistered.__name__] * (THREADS - 1)
    assert receipt_numbers() == [1]


@pytest.mark.postgres
def test_without_its_lock_the_same_paper_has_several_numbers(race, house, monkeypatch):
    """The control: all look before anybody has written, and nobody sees the other."""
    together, look = Barrier(THREADS, timeout=20), outside._earlier

    def look_together(*given):
        found = look(*given)
        together.wait()
        return found

    monkeypatch.setattr(outside, "lock_on", lambda name: None)
    monkeypatch.setattr(outside, "_earlier", look_together)

    assert registered_at_once(race, house) == ["Matter"] * THREADS
    assert receipt_numbers() == list(range(1, THREADS + 1))


def test_several_directors_order_once_and_the_others_are_told(race, house):
    matter = proposed(house)
    directors = [ActorFactory(role=Role.DIRECTOR, unit=house.office) for _ in range(THREADS)]
    seen = matter.steps.count()

    def order(number):
        return endorse_matter(
            matter,
            text=f"คำสั่ง {number}",
            seen=seen,
            main_unit=house.group,
            key=uuid4(),
            by=directors[number],
        )

    answers = race(THREADS, order)

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(answer) for answer in refused] == [AlreadyMoved] * (THREADS - 1)
    assert matter.steps.filter(kind=StepKind.ENDORSED).count() == 1
    assert matter.routings.count() == 1


def test_without_the_lock_two_orders_would_both_be_written(race, house):
    """The control: what each director reads without the lock lets all of them go on."""
    matter = proposed(house)

    states = race(THREADS, lambda number: Matter.objects.get(pk=matter.pk).state)

    assert states == [MatterState.PROPOSED] * THREADS


def test_closing_at_once_closes_once(race, house):
    matter = in_hand(house)

    answers = race(
        THREADS, lambda number: close_matter(matter, result=f"ผล {number}", by=house.officer)
    )

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(answer) for answer in refused] == [InvalidTransition] * (THREADS - 1)
    assert matter.steps.filter(kind=StepKind.CLOSED).count() == 1


def test_the_button_for_a_reply_pressed_at_once_begins_one(race, house):
    matter, key = in_hand(house), uuid4()

    answers = race(THREADS, lambda number: begin_reply(matter, key=key, by=house.officer))

    assert {answer.pk for answer in answers} == {Letter.objects.get(answers=matter).pk}
