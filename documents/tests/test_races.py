"""Races with real threads: one deed is one deed, one number is one letter's, and the year is right.

Each with a control that shows what would happen without the guard.
"""

from __future__ import annotations

from threading import Barrier, Event
from time import sleep
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from documents.models import (
    Arrival,
    Dispatch,
    Letter,
    LetterState,
    RegisterBook,
    RegisterEntry,
    Response,
    ResponseKind,
    Series,
)
from documents.services.receiving import receive_arrivals
from documents.services.registering import TakenNumber, lock_books, take_number, write_entry
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    received_arrival,
    registrar_of,
)
from members.models import Role
from members.tests.factories import GroupFactory, HoldingFactory, SchoolFactory
from portal.core.clock import be_year, db_now
from portal.outbox.models import OutboxMessage

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

THREADS = 8
RECEIVE = reverse("documents:receive")


def windows(member, count=THREADS):
    """Return so many windows of one browser: clients that share one session."""
    first = Client()
    first.force_login(member)
    session = first.cookies[settings.SESSION_COOKIE_NAME].value
    others = [Client() for _ in range(count - 1)]
    for other in others:
        other.cookies[settings.SESSION_COOKIE_NAME] = session
    return [first, *others]


def at_once(race, requests):
    """Make these requests at the same moment; return the answers."""
    answers = race(len(requests), lambda number: requests[number]())
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    return answers


def numbers_of(series=None):
    entries = RegisterEntry.objects.filter(**{"book__series": series} if series else {})
    return sorted(entries.values_list("number", flat=True))


# Sending ----------------------------------------------------------------------------------------


def waiting_letter(office):
    return LetterFactory(owner_unit=GroupFactory(office=office), state=LetterState.SUBMITTED)


def sending(window, letter, snapshot, key):
    body = {"snapshot": snapshot.pk, "key": key}
    return lambda: window.post(reverse("documents:letter-send", args=[letter.pk]), body)


def test_the_same_form_posted_at_once_is_one_letter_with_one_number(race):
    office = SchoolFactory().office
    letter, registrar, key = waiting_letter(office), registrar_of(office), uuid4()
    snapshot = prepare_sending(letter, by=registrar)

    answers = at_once(
        race, [sending(window, letter, snapshot, key) for window in windows(registrar.member)]
    )

    board = reverse("documents:letter-board", args=[letter.pk])
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, board)}
    assert numbers_of(Series.CIRCULAR) == [1]
    assert Dispatch.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="documents.make_arrivals").count() == 1


def test_two_registrars_at_once_number_it_once_and_all_are_led_to_the_board(race):
    office = SchoolFactory().office
    letter = waiting_letter(office)
    desks = [registrar_of(office) for _ in range(THREADS)]
    requests = [
        sending(windows(desk.member, 1)[0], letter, prepare_sending(letter, by=desk), uuid4())
        for desk in desks
    ]

    answers = at_once(race, requests)

    board = reverse("documents:letter-board", args=[letter.pk])
    assert {answer.url for answer in answers} == {board}
    assert numbers_of(Series.CIRCULAR) == [1]


def test_letters_sent_at_once_have_numbers_without_gap_or_twin(race):
    office = SchoolFactory().office
    registrar = registrar_of(office)
    letters = [waiting_letter(office) for _ in range(THREADS)]
    requests = [
        sending(window, letter, prepare_sending(letter, by=registrar), uuid4())
        for window, letter in zip(windows(registrar.member), letters, strict=True)
    ]

    at_once(race, requests)

    assert numbers_of(Series.CIRCULAR) == list(range(1, THREADS + 1))
    assert set(Letter.objects.values_list("number", flat=True)) == set(range(1, THREADS + 1))


def test_a_sending_that_fails_takes_no_number(race):
    office = SchoolFactory().office
    registrar = registrar_of(office)
    letters = [waiting_letter(office) for _ in range(THREADS)]
    snapshots = [prepare_sending(letter, by=registrar) for letter in letters]

    def send(number):
        with transaction.atomic():
            block = transaction.get_connection().atomic_blocks[-1]
            block._from_testcase = True  # the service wants to be the outermost block
            register_letter(letters[number], snapshot=snapshots[number], key=None, by=registrar)
            if number % 2:
                raise RuntimeError("after the number was taken")

    failed = [answer for answer in race(THREADS, send) if answer]

    assert [type(answer) for answer in failed] == [RuntimeError] * (THREADS // 2)
    assert numbers_of() == list(range(1, THREADS // 2 + 1))


# Answering --------------------------------------------------------------------------------------


def answering(window, arrival, key):
    url = reverse("documents:arrival-answer", args=[arrival.pk])
    return lambda: window.post(url, {"key": key, "q1": "2"})


def asked():
    letter = SentLetterFactory(response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION])
    return received_arrival(letter=letter)


def test_the_same_answer_posted_at_once_is_one_version(race):
    (arrival, clerk), key = asked(), uuid4()

    answers = at_once(race, [answering(window, arrival, key) for window in windows(clerk.member)])

    assert {answer.status_code for answer in answers} == {302}
    assert Response.objects.count() == 1


def test_control_without_a_common_key_the_same_answer_makes_twins(race):
    arrival, clerk = asked()

    at_once(race, [answering(window, arrival, uuid4()) for window in windows(clerk.member)])

    versions = Response.objects.values_list("version", flat=True)
    assert sorted(versions) == list(range(1, THREADS + 1))


# Receiving --------------------------------------------------------------------------------------


def test_eight_clerks_receive_one_letter_and_one_of_them_gets_the_number(race):
    arrival = ArrivalFactory()
    clerks = [clerk_of(arrival.unit) for _ in range(THREADS)]

    def receiving(clerk):
        window, body = windows(clerk.member, 1)[0], {"key": uuid4(), "arrival": arrival.pk}
        return lambda: window.post(RECEIVE, body)

    answers = at_once(race, [receiving(clerk) for clerk in clerks])

    arrival.refresh_from_db()
    pages = [answer.content.decode() for answer in answers]
    faster = f"{arrival.received_by}ลงรับฉบับนี้ไปแล้วเมื่อ"
    assert numbers_of(Series.IN) == [1]
    assert all("เลขรับ 1" in page for page in pages)
    assert sum(faster in page for page in pages) == THREADS - 1


def test_the_same_receiving_form_at_once_shows_everyone_the_one_number(race):
    arrival, key = ArrivalFactory(), uuid4()
    body = {"key": key, "arrival": arrival.pk}
    ours = windows(clerk_of(arrival.unit).member)

    answers = at_once(race, [lambda window=window: window.post(RECEIVE, body) for window in ours])

    pages = [answer.content.decode() for answer in answers]
    assert all("เลขรับ 1" in page and "ลงรับฉบับนี้ไปแล้ว" not in page for page in pages)
    assert numbers_of(Series.IN) == [1]


def test_books_locked_crosswise_do_not_wait_for_each_other_forever(race):
    group = GroupFactory()
    schools = [SchoolFactory(office=group.office) for _ in range(4)]
    clerk = clerk_of(schools[0])
    for school in schools[1:]:
        HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=school)
    letters = [SentLetterFactory(owner_unit=group) for _ in range(THREADS)]
    piles = [[ArrivalFactory(letter=one, unit=school).pk for school in schools] for one in letters]

    def receiving(number, window):
        ids = piles[number][:: -1 if number % 2 else 1]
        return lambda: window.post(RECEIVE, {"key": uuid4(), "arrival": ids})

    at_once(race, [receiving(*pair) for pair in enumerate(windows(clerk.member))])

    for school in schools:
        entries = RegisterEntry.objects.filter(book__unit=school)
        assert sorted(entries.values_list("number", flat=True)) == list(range(1, THREADS + 1))


def test_control_without_the_lock_all_read_the_same_number(race):
    """All read the book, then all write: the table refuses the twins, and work is lost."""
    clerk = clerk_of(SchoolFactory())
    book = RegisterBook.objects.create(
        unit=clerk.holding.post.unit, series=Series.IN, be_year=be_year(db_now())
    )
    all_have_read = Barrier(THREADS)

    def receive_without_the_lock(_):
        number = RegisterBook.objects.get(pk=book.pk).last_number + 1
        all_have_read.wait()
        write_entry(TakenNumber(book.pk, number, db_now()), by=clerk, subject="ไม่ล็อก")

    answers = race(THREADS, receive_without_the_lock)

    assert [type(answer) for answer in answers if answer] == [IntegrityError] * (THREADS - 1)
    assert numbers_of(Series.IN) == [1]


# The turn of the year ---------------------------------------------------------------------------


def test_each_entry_stands_in_the_year_of_its_time(race, clock):
    clock(2026, 12, 31, 23, 58)
    school = SchoolFactory()
    clerks = [clerk_of(school) for _ in range(THREADS)]
    arrivals = [(ArrivalFactory(unit=school), ArrivalFactory(unit=school)) for _ in clerks]
    all_have_one = Barrier(THREADS)

    def receive_two(number):
        before, after = arrivals[number]
        receive_arrivals([before.pk], key=uuid4(), by=clerks[number])
        if all_have_one.wait() == 0:
            clock(2027, 1, 1, 0, 0, 1)
        receive_arrivals([after.pk], key=uuid4(), by=clerks[number])

    outcomes = race(THREADS, receive_two)

    entries = list(RegisterEntry.objects.select_related("book").order_by("registered_at"))
    years = [entry.book.be_year for entry in entries]
    assert outcomes == [None] * THREADS
    assert years == [be_year(entry.registered_at) for entry in entries]
    assert set(years) == {2569, 2570}
    for year in (2569, 2570):
        numbers = [entry.number for entry in entries if entry.book.be_year == year]
        assert numbers == list(range(1, len(numbers) + 1))


def over_midnight(race, clock, deed):
    """Do `deed` while somebody else holds the school's book until the new year has begun."""
    clock(2026, 12, 31, 23, 59)
    arrival = ArrivalFactory()
    held, begun = Event(), Event()

    def hold_the_book():
        with transaction.atomic():
            taken = take_number(arrival.unit_id, Series.IN)
            write_entry(taken, by=clerk_of(arrival.unit), subject="ฉบับสุดท้ายของปี")
            held.set()
            begun.wait()
            sleep(0.2)  # let the other one come to the lock
            clock(2027, 1, 1, 0, 0, 1)

    def wait_for_the_book():
        held.wait()
        return deed(arrival, begun)

    return race(2, lambda number: [hold_the_book, wait_for_the_book][number]())[1]


def test_whoever_waited_over_midnight_is_the_first_of_the_new_year(race, clock):
    def receive(arrival, begun):
        begun.set()
        return receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))

    [receipt] = over_midnight(race, clock, receive)

    entry = receipt.arrival.entry
    assert (entry.number, entry.book.be_year, be_year(entry.registered_at)) == (1, 2570, 2570)
    assert Arrival.objects.get().received_at == entry.registered_at


def test_control_a_clock_read_before_the_lock_names_the_year_that_is_over(race, clock):
    def read_the_clock_first(arrival, begun):
        before = db_now()
        begun.set()
        with transaction.atomic():
            lock_books({arrival.unit_id}, Series.IN)
            return be_year(before), be_year(db_now())

    assert over_midnight(race, clock, read_the_clock_first) == (2569, 2570)
