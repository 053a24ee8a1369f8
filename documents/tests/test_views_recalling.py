"""The pages of taking a letter back: the button, the reason, the trace, who keeps it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from documents.models import ArrivalState, EntryState, Letter, LetterState, Series
from documents.services.recalling import recall_letter
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    LetterFactory,
    clerk_of,
    registrar_of,
    send,
    with_pdf,
)
from documents.tests.pages import at, browser_of, receive, said
from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory
from portal.files.models import FileUse

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return SchoolFactory(name="โรงเรียนบ้านต้นสน").office


@pytest.fixture
def registrar(client, office):
    """The signed-in registrar of the office."""
    actor = registrar_of(office)
    client.force_login(actor.member)
    return actor


@pytest.fixture
def letter(office, registrar):
    """A letter that was just sent to two schools."""
    SchoolFactory(office=office, name="โรงเรียนวัดป่าเรไร")
    return send(
        LetterFactory(owner_unit=GroupFactory(office=office), line_do="กรอกแบบลับเฉพาะกิจ"),
        by=registrar,
    )


def desk(arrival):
    """Return a clerk of the recipient, and the clerk's browser."""
    clerk = clerk_of(arrival.unit)
    return clerk, browser_of(clerk)


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def read(client, url):
    response = client.get(url)
    if response.streaming:
        list(response.streaming_content)  # read to the end, the file is closed
    return response.status_code


def test_the_button_of_two_minutes_takes_it_back_without_a_word(client, letter):
    board = page(client, at("letter-board", letter))
    assert "ดึงกลับ" in board
    assert 'data-countdown="1' in board

    answer = client.post(at("letter-recall", letter), {"key": uuid4(), "undo": "1"})

    assert (answer.status_code, answer.url) == (302, letter.get_absolute_url())
    assert said(answer) == [f"ดึงกลับแล้ว ที่ {letter.number_text} เลขนี้ยกเลิกและยังอยู่ในทะเบียน"]
    letter.refresh_from_db()
    assert (letter.state, letter.recall_reason) == (LetterState.RECALLED, "ส่งผิดพลาด")
    shown = page(client, letter.get_absolute_url())
    assert "เรียกคืนแล้ว" in shown
    assert "data-countdown" not in page(client, at("letter-board", letter))


def test_after_two_minutes_the_server_asks_for_a_reason(client, letter, settings):
    settings.CLOCK_SHIFT_SECONDS = 130
    assert "data-countdown" not in page(client, at("letter-board", letter))

    late = client.post(at("letter-recall", letter), {"key": uuid4(), "undo": "1"})

    assert late.status_code == 409
    assert "พ้น 2 นาทีแล้ว" in late.content.decode()
    assert Letter.objects.get(pk=letter.pk).state == LetterState.SENT
    empty = client.post(at("letter-recall", letter), {"key": uuid4(), "reason": " "})
    assert empty.status_code == 422
    assert "บอกเหตุผลที่เรียกคืน" in empty.content.decode()
    done = client.post(at("letter-recall", letter), {"key": uuid4(), "reason": "แนบไฟล์ผิด"})
    assert done.status_code == 302
    entry = letter.register_entries.exclude(book__series=Series.IN).get()
    assert (entry.state, entry.void_reason) == (EntryState.VOID, "แนบไฟล์ผิด")


def test_the_button_fails_safely_when_a_school_was_faster(client, letter):
    arrival = letter.arrivals.first()
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))

    answer = client.post(at("letter-recall", letter), {"key": uuid4(), "undo": "1"})

    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "มีผู้ลงรับแล้ว" in shown
    assert arrival.unit.label in shown
    assert "ร่างหนังสือแทนที่" in shown
    assert not letter.arrivals.filter(state=ArrivalState.RECALLED).exists()


def test_the_page_names_who_keeps_it_and_says_from_how_many_it_goes(client, letter):
    kept, gone = letter.arrivals.order_by("pk")
    receive_arrivals([kept.pk], key=uuid4(), by=clerk_of(kept.unit))

    shown = page(client, at("letter-recall", letter))
    assert f"{kept.unit.label} <span" in shown
    assert gone.unit.label not in shown
    done = client.post(at("letter-recall", letter), {"key": uuid4(), "reason": "ผิด"})

    assert said(done) == ["เรียกคืนจาก 1 แห่งแล้ว อีก 1 แห่งลงรับไปก่อนและยังถือหนังสืออยู่"]
    board = page(client, at("letter-board", letter))
    assert "เรียกคืนจากแห่งที่ยังไม่ลงรับ" in board
    assert "ถูกดึงกลับ" in board


def test_who_may_not_recall_is_told_whom_to_ask(client, letter):
    writer = ActorFactory(role=Role.OFFICER, unit=letter.owner_unit)
    told = "บอกสารบรรณกลาง"

    shown = page(browser_of(writer), at("letter-recall", letter))

    assert "ถ้าจะดึงกลับจาก 2 แห่งที่ยังไม่ลงรับ " + told in shown
    assert told not in page(client, at("letter-recall", letter))


def test_only_a_trace_is_left_for_the_recipient(client, letter, registrar):
    with_pdf(letter)
    arrival = letter.arrivals.first()
    _, window = desk(arrival)
    file_url = FileUse.objects.get(owner_id=letter.pk, role="main", name="หนังสือ.pdf").url
    assert "กรอกแบบลับเฉพาะกิจ" in page(window, letter.get_absolute_url())
    assert read(window, file_url) == 200

    recall_letter(letter, reason="แนบไฟล์ผิด", key=uuid4(), by=registrar)

    trace = page(window, letter.get_absolute_url())
    assert "แนบไฟล์ผิด" in trace
    assert "กรอกแบบลับเฉพาะกิจ" not in trace
    assert letter.subject not in trace
    assert read(window, file_url) == 404
    assert letter.subject not in page(window, reverse("documents:inbox"))
    everything = page(window, reverse("documents:inbox", query={"tab": "all"}))
    assert letter.subject not in everything
    assert "หนังสือถูกเรียกคืน" in everything
    assert letter.number_text in everything
    assert "เหตุผล: แนบไฟล์ผิด" in everything
    assert "กรอกแบบลับเฉพาะกิจ" not in everything


@pytest.mark.parametrize("name", ["arrival-refuse", "arrival-assign", "arrival-answer"])
def test_a_page_left_open_does_nothing_with_a_recalled_letter(letter, registrar, name):
    arrival = letter.arrivals.first()
    _, window = desk(arrival)
    recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar)

    answer = window.post(at(name, arrival), {"key": uuid4(), "reason": "ไม่ใช่ของเรา"}, follow=True)

    assert answer.status_code == 200
    assert "กรอกแบบลับเฉพาะกิจ" not in answer.content.decode()
    arrival.refresh_from_db()
    assert arrival.state == ArrivalState.RECALLED


def test_receiving_from_a_page_left_open_says_that_it_was_taken_back(letter, registrar):
    arrival = letter.arrivals.first()
    _, window = desk(arrival)
    recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar)

    assert "ฉบับนี้ถูกดึงกลับแล้ว จึงไม่ได้ลงรับ" in receive(window, arrival).content.decode()


def test_the_list_of_sent_letters_says_so_and_counts_it_no_more(client, letter, registrar):
    following = reverse("documents:sent")
    assert letter.subject in page(client, following)

    recall_letter(letter, reason="แนบไฟล์ผิด", key=uuid4(), by=registrar)

    assert letter.subject not in page(client, following)
    listed = page(client, reverse("documents:sent", query={"state": "all"}))
    assert "เรียกคืนแล้ว" in listed
    assert "เหตุผล: แนบไฟล์ผิด" in listed
