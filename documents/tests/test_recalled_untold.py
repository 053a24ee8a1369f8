"""From whom a letter was taken back, the portal does not tell its subject any more."""

from __future__ import annotations

import time
from threading import Event
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse

from documents.services.answering import extend_deadline
from documents.services.recalling import recall_letter
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    LetterFactory,
    clerk_of,
    officer_of,
    registrar_of,
    send,
)
from documents.tests.pages import browser_of
from members.tests.factories import GroupFactory, HoldingFactory, SchoolFactory
from portal.core.clock import db_now
from portal.notifications.models import DeliveryState, Notification
from portal.notifications.services import fan_out, unread_count, withdrawing
from portal.outbox.models import OutboxMessage
from tests.walk import work

pytestmark = pytest.mark.django_db

SECRET = "แต่งตั้งกรรมการสอบวินัยร้ายแรง"
LINE = "ส่งเอกสารของผู้ถูกกล่าวหา"


@pytest.fixture
def case(clock):
    """A letter told to two schools on a Thursday, of which one has received it."""
    clock(2026, 11, 19, 10, 0)
    office = SchoolFactory().office
    SchoolFactory(office=office)
    registrar = registrar_of(office)
    group = GroupFactory(office=office)
    letter = send(
        LetterFactory(owner_unit=group, subject=SECRET, line_new=LINE, line_do=LINE), by=registrar
    )
    kept, gone = letter.arrivals.order_by("pk")
    keeper, loser = clerk_of(kept.unit), clerk_of(gone.unit)
    receive_arrivals([kept.pk], key=uuid4(), by=keeper)
    return letter, registrar, keeper, loser


def pages_of(actor):
    """Return all that the desk's lists, bell and searches say."""
    window = browser_of(actor)
    places = [
        reverse("notifications:inbox"),
        reverse("notifications:inbox", query={"show": "unread"}),
        reverse("documents:inbox"),
        reverse("documents:inbox", query={"tab": "all"}),
        reverse("home"),
    ]
    said = " ".join(window.get(place).content.decode() for place in places)
    for name in ("documents:inbox", "search:search"):
        # The words that were looked for stand in their field: half the subject is asked for.
        page = window.get(reverse(name, query={"q": SECRET[:10], "tab": "all"}))
        said += page.content.decode()
    for row in Notification.objects.visible_to(actor.member):
        page = window.get(row.get_absolute_url(), follow=True)
        said += page.content.decode()
    return said


def mail_to(actor):
    return " ".join(
        f"{message.subject} {message.body} {message.alternatives}"
        for message in mail.outbox
        if actor.member.email in message.to
    )


def test_nothing_tells_the_subject_where_the_letter_was_taken_back(case, clock):
    letter, registrar, _, loser = case
    work()
    assert SECRET in pages_of(loser)
    assert mail_to(loser) == ""

    recall_letter(letter, reason="แนบไฟล์ผิด", key=uuid4(), by=registrar)
    work()
    clock(2026, 11, 20, 7, 30, 5)
    work()

    told = pages_of(loser) + mail_to(loser)
    assert "หนังสือถูกเรียกคืน" in mail_to(loser)
    assert f"หนังสือถูกเรียกคืน ที่ {letter.number_text}" in told
    assert "แนบไฟล์ผิด" in told
    assert SECRET not in told
    assert LINE not in told


def test_the_school_that_keeps_the_letter_keeps_what_it_was_told(case, clock):
    letter, registrar, keeper, _ = case
    work()
    recall_letter(letter, reason="แนบไฟล์ผิด", key=uuid4(), by=registrar)
    work()
    clock(2026, 11, 20, 7, 30, 5)
    work()

    assert SECRET in Notification.objects.get(recipient=keeper.member).notice.title
    assert "ถูกเรียกคืน" not in pages_of(keeper)
    assert SECRET in mail_to(keeper)


def test_what_was_told_of_its_deadline_is_taken_back_too(case):
    letter, registrar, _, loser = case
    gone = letter.arrivals.get(unit=loser.holding.post.unit)
    later = db_now().replace(day=27)
    officer = officer_of(letter.owner_unit)
    extend_deadline(gone, new_due_at=later, reason="ขอเวลา", by=officer)
    work()
    assert SECRET in "".join(titles_of(loser))
    before = unread_count(loser.member)

    recall_letter(letter, reason="ผิดเรื่อง", key=uuid4(), by=registrar)

    assert SECRET not in "".join(titles_of(loser))
    assert unread_count(loser.member) == before == len(titles_of(loser))


def titles_of(actor):
    rows = Notification.objects.filter(recipient=actor.member).select_related("notice")
    return [row.notice.title for row in rows]


def test_its_mail_is_withdrawn_and_that_of_the_others_is_not(case):
    letter, registrar, keeper, loser = case
    work()

    recall_letter(letter, reason="ผิดเรื่อง", key=uuid4(), by=registrar)

    def states(actor):
        rows = Notification.objects.filter(recipient=actor.member)
        return list(rows.values_list("deliveries__state", flat=True))

    assert states(loser) == [DeliveryState.WITHDRAWN]
    assert states(keeper) == [DeliveryState.PENDING]


def test_who_has_a_desk_at_both_schools_keeps_what_they_may_still_read(case):
    letter, registrar, keeper, loser = case
    HoldingFactory(
        role=keeper.holding.post.role, unit=keeper.holding.post.unit, member=loser.member
    )
    work()

    recall_letter(letter, reason="ผิดเรื่อง", key=uuid4(), by=registrar)

    assert SECRET in "".join(titles_of(loser))


def test_what_is_told_after_the_recall_tells_nobody_there(case):
    letter, registrar, keeper, loser = case
    recall_letter(letter, reason="ผิดเรื่อง", key=uuid4(), by=registrar)

    work()

    assert SECRET in "".join(titles_of(keeper))
    assert titles_of(loser) == [f"หนังสือถูกเรียกคืน ที่ {letter.number_text}"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [True, False])
def test_a_recall_waits_for_what_is_being_told(case, race, monkeypatch, waits):
    """The bells are rung but not committed while the letter is taken back; without the wait
    (the control) the recall does not see them, and the subject stays in the bell.
    """
    letter, registrar, _, loser = case
    message = OutboxMessage.objects.get(topic="documents.letter_arrived")
    rung, recalled = Event(), Event()
    if not waits:
        monkeypatch.setattr(withdrawing, "_wait_for_fan_out", lambda about: None)

    def tell():
        try:
            with transaction.atomic():
                fan_out(message)
                rung.set()
                while not recalled.is_set() and not (waits and somebody_waits()):
                    time.sleep(0.01)
        finally:
            rung.set()

    def take_back():
        rung.wait()
        try:
            recall_letter(letter, reason="ผิดเรื่อง", key=uuid4(), by=registrar)
        finally:
            recalled.set()

    results = race(2, lambda number: [tell, take_back][number]())

    assert results == [None, None]
    assert (SECRET in "".join(titles_of(loser))) is not waits


def somebody_waits():
    """Answer whether a session waits for a lock: these are read anew, sessions are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
