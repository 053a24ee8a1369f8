"""The database goes away in the middle of the work: every key one number, every answer true.

Each test has a server of its own, which is crashed for real; each guarantee has its control.
"""

from __future__ import annotations

import html
import http.client
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Lock, Thread
from time import sleep
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import close_old_connections, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from documents.models import Dispatch, Letter, LetterState, Matter, RegisterEntry, Series
from documents.services.outside import Envelope, Paper, register_outside
from documents.services.registering import lock_books
from documents.services.sending import prepare_sending
from documents.tests.factories import LetterFactory, registrar_of
from documents.tests.matter_factories import make_house, paper
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.models import OnceKey
from portal.core.rendering import DATABASE_AWAY, is_database_away
from tests.private_postgres import moved_to, private_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS, EACH, CRASHES = 8, 30, 3
LETTERS = THREADS * EACH
PATIENCE = 600  # turns of a twentieth of a second


@pytest.fixture(scope="module")
def server():
    with private_postgres() as started:
        yield started


@pytest.fixture
def private(transactional_db, server):
    """The database of this test, for its time, is on a server that may be crashed."""
    with moved_to(server):
        yield server
        connections.close_all()


def wait_until(is_so):
    for _ in range(PATIENCE):
        if is_so():
            return
        sleep(0.05)
    raise AssertionError("waited in vain")


# Registration in three crashes --------------------------------------------------------------------


@dataclass
class Desks:
    """What the clerks were told, and how often the database went away under their hands."""

    answers: dict[UUID, int] = field(default_factory=dict)
    lost: int = 0
    guard: Lock = field(default_factory=Lock)

    def told(self, key, number):
        with self.guard:
            self.answers[key] = number

    def went_away(self):
        with self.guard:
            self.lost += 1


def envelope(number):
    return Envelope(
        sender="จังหวัดพัทลุง",
        number=f"พท 0017/{number}",
        dated_on=date(2026, 11, 12),
        subject="การเตรียมรับสถานการณ์",
        addressee="ผู้อำนวยการ",
    )


def register(house, main, number, key):
    return register_outside(
        house.office, envelope=envelope(number), main=main, again=True, key=key, by=house.registrar
    )


def number_of(matter):
    return RegisterEntry.objects.get(arrival__matter=matter).number


def insist(desks, deed):
    """Do it until there is an answer; whoever had none asks again under the same key."""
    while True:
        try:
            return deed()
        except Exception as error:
            if not is_database_away(error):
                raise
            desks.went_away()
            connections.close_all()
            sleep(0.05)


def test_three_crashes_during_registration_leave_every_number_once(race, private):
    house, desks = make_house(), Desks()
    kept: Paper = paper()

    def at_a_desk(turn):
        for number in range(turn * EACH, (turn + 1) * EACH):
            key = uuid4()
            matter = insist(desks, lambda n=number, k=key: register(house, kept, n, k))
            desks.told(key, insist(desks, lambda m=matter: number_of(m)))

    def pull_the_plug():
        for crash in range(1, CRASHES + 1):
            wait_until(lambda share=crash: len(desks.answers) >= share * LETTERS // 5)
            private.crash_and_restart()

    failed = race(THREADS + 1, lambda n: pull_the_plug() if n == THREADS else at_a_desk(n))

    assert failed == [None] * (THREADS + 1)
    assert desks.lost >= 1
    connections.close_all()
    stored = dict(Matter.objects.values_list("pk", "arrival__entry__number"))
    by_key = {row.key: stored[row.result["matter"]] for row in OnceKey.objects.all()}
    assert sorted(stored.values()) == list(range(1, LETTERS + 1))
    assert by_key == desks.answers
    assert RegisterEntry.objects.count() == LETTERS


@pytest.mark.parametrize(("has_key", "numbers"), [(True, [1]), (False, [1, 2])])
def test_an_answer_that_was_lost_after_the_commit(private, has_key, numbers):
    """The control without a key: asked again, the same paper has a second number."""
    house, kept = make_house(), paper()
    key = uuid4() if has_key else None

    register(house, kept, 1, key)  # committed, and nobody hears the answer
    private.crash_and_restart()
    connections.close_all()
    register(house, kept, 1, key)

    entries = RegisterEntry.objects.filter(book__series=Series.IN)
    assert sorted(entries.values_list("number", flat=True)) == numbers


# A restart in mid-request -------------------------------------------------------------------------


@contextmanager
def somebody_at_the_book(unit):
    """Hold the book's lock in another connection, until the block ends or the server does."""
    held, done = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                lock_books({unit.pk}, Series.CIRCULAR)
                held.set()
                done.wait()
        except DATABASE_AWAY:
            held.set()
        finally:
            connections.close_all()

    thread = Thread(target=hold)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


class Browser:
    """One browser over real HTTP; it keeps its cookie and follows nothing by itself."""

    def __init__(self, live_server, member=None):
        self.session = ""
        if member:
            client = Client()
            client.force_login(member)
            self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.host = urlsplit(live_server.url).netloc

    def token(self):
        """Return the token of its forms, from any page that has one."""
        _, page = self.ask("GET", "/")
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    def ask(self, method, address, fields=()):
        line = http.client.HTTPConnection(self.host, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.session:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        line.request(method, address, urlencode(fields) if fields else None, headers)
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
        return answer, page


def hidden_fields(page, action):
    [form] = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return [(html.unescape(name), html.unescape(value)) for name, value in found]


def test_a_restart_in_mid_request_ends_with_one_number(private, live_server):
    office = SchoolFactory().office
    registrar = registrar_of(office)
    letter = LetterFactory(owner_unit=GroupFactory(office=office), state=LetterState.SUBMITTED)
    browser = Browser(live_server, registrar.member)
    confirm = reverse("documents:letter-confirm", args=[letter.pk])
    send = reverse("documents:letter-send", args=[letter.pk])
    _, asked = browser.ask("POST", confirm, [("csrfmiddlewaretoken", browser.token())])
    form = hidden_fields(asked, send)
    answers = []

    with somebody_at_the_book(office):
        pressed = Thread(target=lambda: answers.append(browser.ask("POST", send, form)))
        pressed.start()
        wait_until(is_somebody_waiting)
        private.crash()
        pressed.join()
    away, page = answers[0]
    still_away, same_page = browser.ask("POST", send, hidden_fields(page, send))
    private.start()
    connections.close_all()
    back, _ = browser.ask("POST", send, hidden_fields(same_page, send))
    again, _ = browser.ask("POST", send, hidden_fields(same_page, send))

    assert (away.status, away.headers["Retry-After"]) == (503, "15")
    assert still_away.status == 503
    assert dict(hidden_fields(page, send)) == dict(form)
    board = reverse("documents:letter-board", args=[letter.pk])
    assert [(one.status, one.headers["Location"]) for one in (back, again)] == [(302, board)] * 2
    assert Letter.objects.get(pk=letter.pk).number == 1
    assert (RegisterEntry.objects.count(), Dispatch.objects.count()) == (1, 1)


def test_a_connection_from_before_the_restart_is_made_anew(private):
    """What CONN_HEALTH_CHECKS is for: the next request does not pay for the restart."""
    office = SchoolFactory().office
    assert prepare_sending(
        LetterFactory(owner_unit=GroupFactory(office=office), state=LetterState.SUBMITTED),
        by=registrar_of(office),
    )

    private.crash_and_restart()
    close_old_connections()  # what begins every request

    assert Letter.objects.count() == 1


def test_control_without_the_health_check_the_next_request_fails(private):
    assert Letter.objects.count() == 0
    connection.health_check_enabled = False
    connection.settings_dict["CONN_HEALTH_CHECKS"] = False

    try:
        private.crash_and_restart()
        close_old_connections()
        with pytest.raises(Exception) as problem:  # noqa: PT011 - two classes, judged below
            Letter.objects.count()
    finally:
        connection.settings_dict["CONN_HEALTH_CHECKS"] = True

    assert is_database_away(problem.value)


# Health -------------------------------------------------------------------------------------------


def test_health_says_that_the_database_is_away_and_that_it_is_back(private, live_server):
    browser = Browser(live_server)
    before, _ = browser.ask("GET", "/readyz")
    private.crash()
    alive, _ = browser.ask("GET", "/livez")
    away, said = browser.ask("GET", "/readyz")
    private.start()
    connections.close_all()
    after, _ = browser.ask("GET", "/readyz")

    assert alive.status == 200
    assert (away.status, '"failing": ["database"' in said) == (503, True)
    assert after.status == before.status
