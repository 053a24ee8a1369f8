"""Twenty at once, and a connection that is killed: exact numbers, one entry, all or none.

Each with the variant that must fail, so that the test would notice.
"""

from __future__ import annotations

from threading import Barrier, Thread
from time import sleep
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from documents.models import (
    Arrival,
    ArrivalState,
    Dispatch,
    Letter,
    LetterState,
    RegisterBook,
    RegisterEntry,
    Series,
)
from documents.services.receiving import receive_arrivals
from documents.services.registering import TakenNumber, lock_books, take_number, write_entry
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import (
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    registrar_of,
)
from documents.tests.registers import receipt_numbers
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.clock import be_year, db_now
from portal.core.locks import lock_on
from portal.core.rendering import DATABASE_AWAY
from portal.outbox.models import OutboxMessage
from portal.outbox.services import drain

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TWENTY = 20
GATE = "gate of a test"


# Twenty first receipts ----------------------------------------------------------------------------


def test_twenty_first_receipts_at_once_are_twenty_numbers_without_a_gap(race):
    school = SchoolFactory()
    group = GroupFactory(office=school.office)
    letters = [SentLetterFactory(owner_unit=group) for _ in range(TWENTY)]
    arrivals = [ArrivalFactory(letter=letter, unit=school).pk for letter in letters]
    clerks = [clerk_of(school) for _ in range(TWENTY)]
    assert not RegisterBook.objects.filter(unit=school).exists()

    answers = race(
        TWENTY, lambda n: receive_arrivals([arrivals[n]], key=uuid4(), by=clerks[n])[0].number
    )

    assert sorted(answers) == list(range(1, TWENTY + 1))
    assert receipt_numbers() == sorted(answers)
    assert RegisterBook.objects.get(unit=school).last_number == TWENTY


def test_control_numbers_by_counting_are_given_twice(race):
    """All count the entries, then all write: one has the number, for nineteen there is none."""
    clerk = clerk_of(SchoolFactory())
    book = RegisterBook.objects.create(
        unit=clerk.holding.post.unit, series=Series.IN, be_year=be_year(db_now())
    )
    all_have_counted = Barrier(TWENTY)

    def receive_by_counting(_):
        number = RegisterEntry.objects.filter(book=book).count() + 1
        all_have_counted.wait()
        write_entry(TakenNumber(book.pk, number, db_now()), by=clerk, subject="นับแล้วบวกหนึ่ง")
        return number

    answers = race(TWENTY, receive_by_counting)

    refused = [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert (len(refused), receipt_numbers()) == (TWENTY - 1, [1])


# The same letter twenty times ---------------------------------------------------------------------


def test_the_same_letter_twenty_times_is_one_entry(race):
    arrival = ArrivalFactory()
    clerks = [clerk_of(arrival.unit) for _ in range(TWENTY)]

    answers = race(TWENTY, lambda n: receive_arrivals([arrival.pk], key=uuid4(), by=clerks[n])[0])

    assert {answer.number for answer in answers} == {1}
    assert sorted(bool(answer.problem) for answer in answers) == [False] + [True] * (TWENTY - 1)
    assert receipt_numbers() == [1]


def test_control_without_the_lock_on_the_letter_it_is_entered_twenty_times(race):
    arrival = ArrivalFactory()
    clerks = [clerk_of(arrival.unit) for _ in range(TWENTY)]
    all_have_looked = Barrier(TWENTY)

    def receive_without_the_lock(turn):
        seen = Arrival.objects.get(pk=arrival.pk)
        all_have_looked.wait()
        if seen.state == ArrivalState.WAITING:
            with transaction.atomic():
                write_entry(take_number(seen.unit_id, Series.IN), by=clerks[turn])

    race(TWENTY, receive_without_the_lock)

    assert receipt_numbers() == list(range(1, TWENTY + 1))


# A connection that is killed ----------------------------------------------------------------------


def waiting_backends():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else this transaction sees the first
        cursor.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def kill_while_it_waits(deed, *, for_lock):
    """Start `deed` in a thread, kill its connection when it waits for the lock, let the lock go."""
    ended = []

    def work():
        try:
            deed()
        except DATABASE_AWAY as error:
            ended.append(type(error))
        finally:
            connections.close_all()

    thread = Thread(target=work)
    with transaction.atomic(), connection.cursor() as cursor:
        for_lock(cursor)
        thread.start()
        while not (waiting := waiting_backends()):
            sleep(0.02)
        cursor.execute("SELECT pg_terminate_backend(%s)", [waiting[0]])
        thread.join()
    return ended


def arrivals_are_locked(cursor):
    cursor.execute("LOCK TABLE documents_arrival IN SHARE MODE")  # reading goes on, writing waits


def a_letter_for(count):
    office = SchoolFactory().office
    for _ in range(count - 1):
        SchoolFactory(office=office)
    letter = LetterFactory(owner_unit=GroupFactory(office=office), state=LetterState.SUBMITTED)
    return letter, registrar_of(office)


def test_killed_while_numbering_nothing_was_sent_and_pressing_again_sends_once():
    letter, registrar = a_letter_for(TWENTY)
    snapshot, key = prepare_sending(letter, by=registrar), uuid4()

    def send():
        return register_letter(letter, snapshot=snapshot, key=key, by=registrar)

    ended = kill_while_it_waits(
        send, for_lock=lambda _: lock_books({letter.office_id}, Series.CIRCULAR)
    )
    after_the_kill = (RegisterEntry.objects.count(), Dispatch.objects.count())
    sent = send()

    assert len(ended) == 1
    assert after_the_kill == (0, 0)
    assert (
        not OutboxMessage.objects.exclude(topic="documents.make_arrivals")
        .filter(topic__startswith="documents.")
        .exists()
    )
    assert (sent.number, Dispatch.objects.count()) == (1, 1)


def make_due():
    """The time comes when the row may be claimed again: its lease, or its pause, is over."""
    rows = OutboxMessage.objects.filter(topic="documents.make_arrivals")
    rows.filter(state="leased").update(lease_until=db_now())
    rows.update(due_at=db_now())


def test_killed_while_sending_no_recipient_has_it_and_then_all_have_it_once():
    letter, registrar = a_letter_for(TWENTY)
    snapshot = prepare_sending(letter, by=registrar)
    register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)

    kill_while_it_waits(lambda: drain("killed"), for_lock=arrivals_are_locked)
    after_the_kill = Arrival.objects.filter(letter=letter).count()
    state = Letter.objects.get(pk=letter.pk).state
    make_due()
    drain("another")

    assert (after_the_kill, state) == (0, LetterState.REGISTERED)
    assert Arrival.objects.filter(letter=letter).count() == snapshot.total == TWENTY
    assert Letter.objects.get(pk=letter.pk).state == LetterState.SENT


def test_control_one_commit_for_each_recipient_and_no_second_run_leaves_some_without_it():
    letter, registrar = a_letter_for(TWENTY)
    snapshot = prepare_sending(letter, by=registrar)
    register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)
    dispatch = Dispatch.objects.get()

    def send_one_by_one():
        for turn, (unit_id, member_id) in enumerate(snapshot.recipients):
            with transaction.atomic():
                if turn == TWENTY // 2:
                    lock_on(GATE)
                Arrival.objects.create(
                    letter=letter,
                    dispatch=dispatch,
                    unit_id=unit_id,
                    member_id=member_id,
                    arrived_at=db_now(),
                )

    kill_while_it_waits(send_one_by_one, for_lock=lambda _: lock_on(GATE))

    assert Arrival.objects.filter(letter=letter).count() == TWENTY // 2
