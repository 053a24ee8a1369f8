"""Races of taking back: against receiving, against the worker, and of two equal letters.

Each with a control that shows what would happen without the guard.
"""

from __future__ import annotations

from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import transaction

from documents.models import (
    Arrival,
    ArrivalState,
    Dispatch,
    EntryState,
    Letter,
    LetterState,
)
from documents.services.doubling import SeemsSent
from documents.services.recalling import holders_of, recall_letter
from documents.services.receiving import receive_arrivals
from documents.services.sending import make_arrivals, prepare_sending, register_letter
from documents.tests.factories import LetterFactory, clerk_of, registrar_of, send
from documents.tests.registers import own_entry
from members.tests.factories import GroupFactory, SchoolFactory
from portal.outbox.models import OutboxMessage

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

ROUNDS = 4
SCHOOLS = 4


def office_with_schools(count=SCHOOLS):
    office = SchoolFactory().office
    for _ in range(count - 1):
        SchoolFactory(office=office)
    return office


def draft_of(office, **fields):
    return LetterFactory(owner_unit=GroupFactory(office=office), **fields)


# Recall against receive ---------------------------------------------------------------------------


def test_of_recall_and_receipt_at_one_moment_exactly_one_wins(race):
    office = office_with_schools(1)
    registrar = registrar_of(office)
    for _ in range(ROUNDS):
        letter = send(draft_of(office), by=registrar)
        arrival = letter.arrivals.get()
        clerk = clerk_of(arrival.unit)
        deeds = [
            lambda letter=letter: recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar),
            lambda arrival=arrival, clerk=clerk: receive_arrivals(
                [arrival.pk], key=uuid4(), by=clerk
            ),
        ]

        race(2, lambda number, deeds=deeds: deeds[number]())

        letter.refresh_from_db()
        arrival.refresh_from_db()
        was_received = arrival.state == ArrivalState.RECEIVED
        assert (arrival.entry_id is not None) is was_received
        assert letter.state == (LetterState.SENT if was_received else LetterState.RECALLED)
        wanted = EntryState.USED if was_received else EntryState.VOID
        assert own_entry(letter).state == wanted


def test_many_receive_while_it_is_recalled_and_each_has_it_or_lost_it(race):
    office = office_with_schools()
    registrar = registrar_of(office)
    letter = send(draft_of(office), by=registrar)
    arrivals = list(letter.arrivals.order_by("pk"))
    clerks = [clerk_of(arrival.unit) for arrival in arrivals]

    def deed(number):
        if number == SCHOOLS:
            return recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar)
        return receive_arrivals([arrivals[number].pk], key=uuid4(), by=clerks[number])

    failed = [answer for answer in race(SCHOOLS + 1, deed) if isinstance(answer, Exception)]

    letter.refresh_from_db()
    rows = list(letter.arrivals.all())
    assert len(failed) <= 1  # all had received: the recall says so
    assert {row.state for row in rows} <= {ArrivalState.RECEIVED, ArrivalState.RECALLED}
    assert all((row.entry_id is not None) == (row.state == ArrivalState.RECEIVED) for row in rows)
    is_held = any(row.state == ArrivalState.RECEIVED for row in rows)
    assert letter.state == (LetterState.SENT if is_held else LetterState.RECALLED)


def test_control_who_looks_before_locking_recalls_what_was_received(race):
    office = office_with_schools(1)
    letter = send(draft_of(office), by=registrar_of(office))
    arrival = letter.arrivals.get()
    clerk = clerk_of(arrival.unit)
    looked, received = Event(), Event()

    def careless():
        is_held = holders_of(letter).exists()
        looked.set()
        assert received.wait(20)
        if not is_held:
            Letter.objects.filter(pk=letter.pk).update(state=LetterState.RECALLED)

    def receive():
        assert looked.wait(20)
        receive_arrivals([arrival.pk], key=uuid4(), by=clerk)
        received.set()

    race(2, lambda number: (careless, receive)[number]())

    letter.refresh_from_db()
    arrival.refresh_from_db()
    assert (letter.state, arrival.state) == (LetterState.RECALLED, ArrivalState.RECEIVED)


# Recall against the worker ------------------------------------------------------------------------


def test_of_a_letter_recalled_while_it_is_made_nobody_has_anything(race):
    office = office_with_schools()
    registrar = registrar_of(office)
    for _ in range(ROUNDS):
        draft = draft_of(office)
        snapshot = prepare_sending(draft, by=registrar)
        letter = register_letter(draft, snapshot=snapshot, key=None, by=registrar)
        dispatch = letter.dispatches.get()
        message = OutboxMessage.objects.get(topic="documents.make_arrivals", subject_id=dispatch.pk)
        deeds = [
            lambda letter=letter: recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar),
            lambda message=message: make_arrivals(message),
        ]

        race(2, lambda number, deeds=deeds: deeds[number]())

        letter.refresh_from_db()
        assert letter.state == LetterState.RECALLED
        assert not letter.arrivals.exclude(state=ArrivalState.RECALLED).exists()
        assert own_entry(letter).state == EntryState.VOID


def test_control_a_worker_that_does_not_look_makes_arrivals_of_a_recalled_letter(race):
    office = office_with_schools(1)
    registrar = registrar_of(office)
    draft = draft_of(office)
    snapshot = prepare_sending(draft, by=registrar)
    letter = register_letter(draft, snapshot=snapshot, key=None, by=registrar)
    recalled = Event()

    def careless():
        dispatch = Dispatch.objects.select_related("letter", "snapshot").get(letter=letter)
        assert recalled.wait(20)
        for unit, _ in dispatch.snapshot.recipients:
            Arrival.objects.create(
                letter=dispatch.letter, dispatch=dispatch, unit_id=unit, arrived_at=letter.sent_at
            )

    def recall():
        recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar)
        recalled.set()

    race(2, lambda number: (careless, recall)[number]())

    assert letter.arrivals.get().state == ArrivalState.WAITING


# The same letter twice ----------------------------------------------------------------------------


def test_of_two_equal_letters_sent_at_one_moment_one_is_asked_about(race):
    office = office_with_schools(1)
    registrars = [registrar_of(office) for _ in range(2)]
    group = GroupFactory(office=office)
    letters = [LetterFactory(owner_unit=group, subject="ขอเชิญประชุม") for _ in range(2)]
    snapshots = [
        prepare_sending(letter, by=registrar)
        for letter, registrar in zip(letters, registrars, strict=True)
    ]

    answers = race(
        2,
        lambda number: register_letter(
            letters[number], snapshot=snapshots[number], key=uuid4(), by=registrars[number]
        ),
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Letter", "SeemsSent"]
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [SeemsSent]
    assert Letter.objects.filter(number__isnull=False).count() == 1


def test_control_two_who_look_at_once_see_no_twin(race):
    office = office_with_schools(1)
    registrar = registrar_of(office)
    group = GroupFactory(office=office)
    letters = [LetterFactory(owner_unit=group, subject="ขอเชิญประชุม") for _ in range(2)]
    snapshots = [prepare_sending(letter, by=registrar) for letter in letters]
    both_looked = Barrier(2, timeout=20)

    def careless(number):
        is_twin = Dispatch.objects.filter(letter__owner_unit=group).exists()
        both_looked.wait()
        if not is_twin:
            with transaction.atomic():
                Dispatch.objects.create(
                    letter=letters[number],
                    snapshot=snapshots[number],
                    sent_at=letters[number].created_at,
                    sent_by=registrar.member,
                    total=1,
                )

    race(2, careless)

    assert Dispatch.objects.count() == 2
