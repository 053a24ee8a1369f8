"""The letter's page as its recipients have it: reading, receiving, stamp, refusing, assigning."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from documents.models import Arrival, ArrivalState, Assignment, LetterReference, StampPlace
from documents.services.assigning import assign_arrival
from documents.services.drafting import ENCLOSURE, MAIN
from documents.services.receiving import receive_arrivals, refuse_arrival
from documents.tests.factories import (
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    received_arrival,
)
from members.models import Role
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.services import attach, files_of, read_bytes, store_bytes
from portal.files.tests.factories import pdf_bytes
from portal.papers.tests.factories import ink_box, page_count, page_size, signed_pdf, text_lines

pytestmark = pytest.mark.django_db


def with_pdf(letter, data=None, *, role=MAIN, name="หนังสือ.pdf"):
    stored = store_bytes(data or pdf_bytes(3), by=SYSTEM, media_type=PDF)
    attach(stored, letter, role=role, name=name, by=SYSTEM)
    return letter


def page_of(arrival, *, chosen=False):
    url = reverse("documents:letter", args=[arrival.letter_id])
    return f"{url}?as={arrival.pk}" if chosen else url


def deed(name, thing):
    return reverse(f"documents:{name}", args=[thing.pk])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def arrival(client):
    """A letter with its PDF that waits at a school; the school's clerk is signed in."""
    waiting = ArrivalFactory(letter=with_pdf(SentLetterFactory()))
    client.force_login(clerk_of(waiting.unit).member)
    return waiting


@pytest.fixture
def received(client):
    """The same, received under number 1."""
    arrived, clerk = received_arrival(letter=with_pdf(SentLetterFactory()))
    client.force_login(clerk.member)
    return arrived


@pytest.fixture
def three(client):
    """One letter at three schools of one clerk, who is signed in."""
    letter = with_pdf(SentLetterFactory())
    arrivals = [ArrivalFactory(letter=letter) for _ in range(3)]
    clerk = clerk_of(arrivals[0].unit)
    for other in arrivals[1:]:
        HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=other.unit)
    client.force_login(clerk.member)
    return arrivals


# Reading ----------------------------------------------------------------------------------------


def test_the_three_plain_lines_stand_above_the_pages(client, arrival):
    letter = arrival.letter

    page = client.get(page_of(arrival)).content.decode()

    places = [page.index(text) for text in (letter.line_new, letter.line_do, 'class="desk"')]
    assert places == sorted(places)
    assert letter.number_text in page
    assert f"SHA-256 {files_of(letter, MAIN)[0].stored.sha256}" in page


def test_enclosures_and_references_are_offered_with_the_letter(client, arrival):
    with_pdf(arrival.letter, pdf_bytes(1, mark="แบบ"), role=ENCLOSURE, name="แบบรายงาน.pdf")
    LetterReference.objects.create(letter=arrival.letter, text="หนังสือ สพฐ. ที่ ศธ 04002/ว 12")

    page = client.get(page_of(arrival)).content.decode()

    assert "แบบรายงาน.pdf" in page
    assert files_of(arrival.letter, ENCLOSURE)[0].url in page
    assert "หนังสือ สพฐ. ที่ ศธ 04002/ว 12" in page


def test_opening_is_noted_once_and_receives_nothing(client, arrival):
    client.get(page_of(arrival))
    first = Arrival.objects.get(pk=arrival.pk)
    client.get(page_of(arrival))

    arrival.refresh_from_db()
    assert (arrival.state, arrival.entry) == (ArrivalState.WAITING, None)
    assert (arrival.opened_at, arrival.openings.count()) == (first.opened_at, 1)
    assert first.opened_at is not None


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the trigger is written for SQLite")
def test_the_page_comes_even_when_the_reading_log_fails(client, arrival):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER log_is_full BEFORE INSERT ON documents_opening "
            "BEGIN SELECT RAISE(ABORT, 'full'); END"
        )

    response = client.get(page_of(arrival))

    assert response.status_code == 200
    assert arrival.openings.count() == 0


def test_the_office_that_sent_it_goes_to_its_board(client, arrival):
    client.force_login(officer_of(arrival.letter.owner_unit).member)

    response = client.get(page_of(arrival))

    assertRedirects(response, deed("letter-board", arrival.letter), fetch_redirect_response=False)
    assert arrival.openings.count() == 0


def test_a_group_that_receives_its_own_offices_letter_can_follow_it_too(client):
    letter = with_pdf(SentLetterFactory())
    group = GroupFactory(office=letter.office)
    ArrivalFactory(letter=letter, unit=group)
    head = ActorFactory(role=Role.GROUP_HEAD, unit=group)
    registrar = ActorFactory(role=Role.CENTRAL_REGISTRAR, unit=letter.office)
    HoldingFactory(member=registrar.member, role=Role.GROUP_CLERK, unit=group)
    board = deed("letter-board", letter)

    client.force_login(head.member)
    as_head = client.get(letter.get_absolute_url()).content.decode()
    client.force_login(registrar.member)
    as_registrar = client.get(letter.get_absolute_url()).content.decode()

    assert board not in as_head
    assert board in as_registrar


def test_the_head_of_a_group_reads_but_does_not_receive(client):
    letter = with_pdf(SentLetterFactory())
    arrived = ArrivalFactory(letter=letter, unit=GroupFactory(office=letter.office))
    client.force_login(ActorFactory(role=Role.GROUP_HEAD, unit=arrived.unit).member)

    page = client.get(page_of(arrived))

    assert page.status_code == 200
    assert page.context["to_receive"] == []
    assert client.post(deed("arrival-refuse", arrived), {"reason": "ผิด"}).status_code == 403


@pytest.mark.parametrize(
    ("days", "kind"), [(None, ""), (-1, "overdue"), (0, "soon"), (1, "soon"), (5, "due")]
)
def test_the_deadline_says_how_pressing_it_is(client, clock, days, kind):
    now = clock(2026, 11, 20, 9, 30)
    due_at = None if days is None else now + timedelta(days=days, hours=1)
    arrived = ArrivalFactory(letter=with_pdf(SentLetterFactory(due_at=due_at)))
    client.force_login(clerk_of(arrived.unit).member)

    assert client.get(page_of(arrived)).context["due_kind"] == kind


# Receiving --------------------------------------------------------------------------------------


def test_receiving_from_the_page_leads_back_to_it_with_the_number(client, arrival):
    body = {"key": uuid4(), "back": "letter", "only": str(arrival.pk)}

    response = client.post(reverse("documents:receive"), body)
    page = client.get(response.url).content.decode()

    assert said(response) == [f"ลงรับแล้ว {arrival.unit.label} เลขรับ 1"]
    assert "เลขรับ 1" in page
    assert 'name="only"' not in page


def test_three_schools_are_received_in_one_go(client, three):
    before = client.get(page_of(three[0]))
    ids = before.context["receive_ids"]

    client.post(reverse("documents:receive"), {"key": uuid4(), "only": ids})
    after = client.get(page_of(three[0]))

    assert "ลงรับอีก 3 โรงเรียน" in before.content.decode()
    assert after.context["to_receive"] == []
    assert all(arrival.unit.label in after.content.decode() for arrival in three)


def test_a_letter_addressed_to_a_person_is_received_in_person(client):
    teacher = ActorFactory(role=Role.TEACHER)
    letter = with_pdf(SentLetterFactory())
    arrived = ArrivalFactory(letter=letter, unit=teacher.holding.post.unit, member=teacher.member)
    client.force_login(teacher.member)
    body = {"key": uuid4(), "back": "letter", "only": str(arrived.pk)}

    response = client.post(reverse("documents:receive"), body)
    page = client.get(response.url).content.decode()

    assert said(response) == ["รับหนังสือแล้ว"]
    assert "รับเมื่อ" in page
    assert "arrivals/" not in page


# The stamp --------------------------------------------------------------------------------------


def test_there_is_no_stamped_copy_before_receiving(client, arrival):
    assert client.get(deed("arrival-stamped", arrival)).status_code == 404


def test_the_stamped_copy_carries_the_number_and_leaves_the_original_alone(client, received):
    main = files_of(received.letter, MAIN)[0]
    original = read_bytes(main.stored)

    response = client.get(deed("arrival-stamped", received))

    lines = text_lines(response.content)
    left, top, right, bottom = ink_box(response.content)
    width, _ = page_size(response.content)
    assert response["Content-Type"] == "application/pdf"
    assert any("เลขรับ" in line and "1" in line for line in lines)
    assert page_count(response.content) == 3
    assert left > width / 2
    assert bottom < 50
    assert right - left == pytest.approx(50, abs=1)
    assert bottom - top == pytest.approx(25, abs=1)
    assert read_bytes(main.stored) == original


def test_the_stamped_copy_is_asked_again_only_when_it_changed(client, received):
    url = deed("arrival-stamped", received)
    etag = client.get(url)["ETag"]

    unchanged = client.get(url, headers={"If-None-Match": etag})
    moved = client.post(deed("arrival-stamp", received), {"place": "top_left"})
    changed = client.get(url, headers={"If-None-Match": etag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert said(moved) == ["ย้ายตรารับแล้ว"]
    assert changed.status_code == 200
    assert ink_box(changed.content)[0] < 50
    assert changed["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("place", ["", "ที่ไหนก็ได้", "top_right'--"])
def test_a_place_that_is_not_offered_is_refused_in_words(client, received, place):
    response = client.post(deed("arrival-stamp", received), {"place": place})

    received.refresh_from_db()
    assert said(response) == ["เลือกตำแหน่งของตรารับจากรายการ"]
    assert received.stamp_place == StampPlace.TOP_RIGHT


def test_a_signed_pdf_gets_a_cover_sheet_instead(client):
    letter = with_pdf(SentLetterFactory(), signed_pdf(), name="ลงนามแล้ว.pdf")
    arrived, clerk = received_arrival(letter=letter)
    client.force_login(clerk.member)

    copy = client.get(deed("arrival-stamped", arrived)).content

    digest = files_of(letter, MAIN)[0].stored.sha256
    assert digest[:20] in "".join(text_lines(copy))
    assert page_count(copy) == 1


# Refusing ---------------------------------------------------------------------------------------


def test_a_refused_letter_says_so_and_why(client, arrival):
    response = client.post(deed("arrival-refuse", arrival), {"reason": "เป็นของโรงเรียนอื่น"})
    page = client.get(page_of(arrival)).content.decode()

    assertRedirects(response, reverse("documents:inbox"), fetch_redirect_response=False)
    assert "ส่งคืนแล้ว เหตุผล: เป็นของโรงเรียนอื่น" in page
    assert 'name="reason"' not in page


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "บอกเหตุผลให้เจ้าของเรื่องทราบ"),
        ("   ", "บอกเหตุผลให้เจ้าของเรื่องทราบ"),
        ("ก" * 501, "เหตุผลยาวเกิน 500 ตัวอักษร"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_and_stays(client, arrival, reason, sentence):
    response = client.post(deed("arrival-refuse", arrival), {"reason": reason})

    page = response.content.decode()
    arrival.refresh_from_db()
    assert response.status_code == 422
    assert sentence in page
    assert reason.strip() in page
    assert arrival.state == ArrivalState.WAITING


def test_refusing_what_was_refused_or_received_is_said(client, arrival):
    colleague = clerk_of(arrival.unit)
    refuse_arrival(arrival, reason="ผิดที่", by=colleague)

    body = {"reason": "ผิดเหมือนกัน"}
    response = client.post(deed("arrival-refuse", arrival), body, follow=True)

    arrival.refresh_from_db()
    assert response.redirect_chain == [(page_of(arrival, chosen=True), 302)]
    assert "จึงดำเนินการนี้ไม่ได้" in response.content.decode()
    assert arrival.refusal_reason == "ผิดที่"


# Assigning --------------------------------------------------------------------------------------


def test_only_people_of_the_school_are_offered(client, received):
    teacher = HoldingFactory(role=Role.TEACHER, unit=received.unit).member
    HoldingFactory(role=Role.TEACHER, unit=SchoolFactory(office=received.letter.office))

    form = client.get(page_of(received)).context["assign_form"]

    offered = set(form.fields["assignees"].queryset)
    assert teacher in offered
    assert offered == {teacher, *clerks_of(received)}


def clerks_of(arrival):
    return type(arrival.received_by).objects.holding(
        units=[arrival.unit_id], roles=[Role.SCHOOL_CLERK]
    )


def test_what_is_assigned_is_found_acknowledged_and_seen_by_the_desk(client, received):
    teacher = HoldingFactory(role=Role.TEACHER, unit=received.unit).member
    body = {"assignees": [teacher.pk], "note": "ดูแลให้เรียบร้อย"}

    assigned = client.post(deed("arrival-assign", received), body)
    client.force_login(teacher)
    page = client.get(page_of(received)).content.decode()
    assignment = Assignment.objects.get()
    known = client.post(deed("assignment-acknowledge", assignment))
    client.force_login(received.received_by)
    desk = client.get(page_of(received)).content.decode()

    assert said(assigned) == [f"มอบหมายแล้ว: {teacher}"]
    assert "ดูแลให้เรียบร้อย" in page
    assert "ลงรับ<" not in page
    assert said(known) == ["รับทราบแล้ว"]
    assert "ยังไม่รับทราบ" not in desk
    assert "ดูแลให้เรียบร้อย" in desk


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "เลือกผู้รับมอบหมายอย่างน้อย 1 คน"),
        ({"assignees": ["0"]}, "เลือกใหม่จากรายการ"),
        ({"assignees": ["ครู"]}, "เลือกใหม่จากรายการ"),
        ({"assignees": [], "note": "ก" * 501}, "คำสั่งยาวเกิน 500 ตัวอักษร"),
    ],
)
def test_an_assignment_that_is_not_possible_is_refused_in_words(client, received, body, sentence):
    response = client.post(deed("arrival-assign", received), body)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert body.get("note", "") in page
    assert Assignment.objects.count() == 0


def test_somebody_elses_teacher_cannot_be_named(client, received):
    stranger = HoldingFactory(role=Role.TEACHER).member

    response = client.post(deed("arrival-assign", received), {"assignees": [stranger.pk]})

    assert response.status_code == 422
    assert Assignment.objects.count() == 0


def test_assigning_before_receiving_or_twice_is_said(client, arrival):
    teacher = HoldingFactory(role=Role.TEACHER, unit=arrival.unit).member
    body = {"assignees": [teacher.pk]}

    early = client.post(deed("arrival-assign", arrival), body)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))
    client.post(deed("arrival-assign", arrival), body)
    twice = client.post(deed("arrival-assign", arrival), body)

    assert "ลงรับก่อน แล้วจึงมอบหมาย" in early.content.decode()
    assert "มอบหมายให้ผู้ที่เลือกไว้แล้ว" in twice.content.decode()
    assert Assignment.objects.count() == 1


def test_the_clerk_of_three_assigns_in_the_school_that_is_chosen(client, three):
    second = three[1]
    desk = client.get(page_of(second)).wsgi_request.user
    teacher = HoldingFactory(role=Role.TEACHER, unit=second.unit).member
    client.post(reverse("documents:receive"), {"key": uuid4(), "arrival": [a.pk for a in three]})

    page = client.get(page_of(second, chosen=True)).content.decode()
    response = client.post(deed("arrival-assign", second), {"assignees": [teacher.pk]})

    made = Assignment.objects.get()
    assert f"มอบหมายใน{second.unit.name}" in page
    assert (made.arrival, made.assigned_by) == (second, desk)
    assert response.url == page_of(second, chosen=True)


def test_the_office_never_sees_whom_a_school_gave_it(client, received):
    teacher = HoldingFactory(role=Role.TEACHER, unit=received.unit).member
    assign_arrival(received, assignees=[teacher], note="ภายใน", by=clerk_of(received.unit))
    client.force_login(officer_of(received.letter.owner_unit).member)

    page = client.get(deed("arrival", received)).content.decode()

    assert received.unit.name in page
    assert str(teacher) not in page
    assert "ภายใน<" not in page


# Cost -------------------------------------------------------------------------------------------


def queries_of(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]


def test_a_letter_at_three_schools_costs_no_more_than_at_one(client, three):
    office = OfficeFactory()
    alone = ArrivalFactory(
        letter=with_pdf(SentLetterFactory(owner_unit=GroupFactory(office=office))),
        unit=three[0].unit,
    )
    body = {"key": uuid4(), "arrival": [alone.pk, *(arrival.pk for arrival in three)]}
    client.post(reverse("documents:receive"), body)
    for arrived in (alone, three[0]):
        client.get(page_of(arrived))

    one = queries_of(client, page_of(alone))
    all_three = queries_of(client, page_of(three[0]))

    assert len(all_three) == len(one), "\n".join(all_three)
