"""The letter's page as its recipients have it: reading and receiving."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from documents.models import Arrival, ArrivalState, LetterReference, ResponseKind
from documents.services.answering import extend_deadline
from documents.services.drafting import ENCLOSURE, MAIN
from documents.tests.factories import (
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    with_pdf,
)
from documents.tests.pages import at, page_of, receive, said
from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, HoldingFactory, OfficeFactory
from portal.core.thaidates import short_date
from portal.files.services import files_of
from portal.files.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db


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

    assertRedirects(response, at("letter-board", arrival.letter), fetch_redirect_response=False)
    assert arrival.openings.count() == 0


def test_a_group_that_receives_its_own_offices_letter_can_follow_it_too(client):
    letter = with_pdf(SentLetterFactory())
    group = GroupFactory(office=letter.office)
    ArrivalFactory(letter=letter, unit=group)
    head = ActorFactory(role=Role.GROUP_HEAD, unit=group)
    registrar = ActorFactory(role=Role.CENTRAL_REGISTRAR, unit=letter.office)
    HoldingFactory(member=registrar.member, role=Role.GROUP_CLERK, unit=group)
    board = at("letter-board", letter)

    client.force_login(head.member)
    as_head = client.get(letter.get_absolute_url()).content.decode()
    client.force_login(registrar.member)
    as_registrar = client.get(letter.get_absolute_url()).content.decode()

    assert board not in as_head
    assert board in as_registrar


def test_the_head_of_a_group_receives_as_its_clerk_does(client):
    letter = with_pdf(SentLetterFactory())
    arrived = ArrivalFactory(letter=letter, unit=GroupFactory(office=letter.office))
    client.force_login(ActorFactory(role=Role.GROUP_HEAD, unit=arrived.unit).member)

    page = client.get(page_of(arrived))

    assert page.context["to_receive"] == [arrived]
    receive(client, arrived)
    arrived.refresh_from_db()
    assert (arrived.state, arrived.entry.number) == (ArrivalState.RECEIVED, 1)


def test_the_director_reads_what_came_to_the_office_but_does_not_receive(client):
    letter = with_pdf(SentLetterFactory())
    arrived = ArrivalFactory(letter=letter, unit=letter.office)
    client.force_login(ActorFactory(role=Role.DIRECTOR, unit=letter.office).member)

    page = client.get(page_of(arrived))

    assert page.status_code == 200
    assert page.context["to_receive"] == []
    assert client.post(at("arrival-refuse", arrived), {"reason": "ผิด"}).status_code == 403


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

    assert "ลงรับทั้ง 3 โรงเรียน" in before.content.decode()
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
    assert not any(deed in page for deed in ("/refuse/", "/assign/", "/stamp/", "/answer/"))


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


def test_more_time_stands_above_the_letter_instead_of_the_old_deadline(client):
    letter = SentLetterFactory(
        response_kind=ResponseKind.ACKNOWLEDGE,
        due_at=timezone.now() + timedelta(days=3),
        line_by="วันเก่า",
    )
    arrival = ArrivalFactory(letter=letter)
    clerk = clerk_of(arrival.unit)
    client.force_login(clerk.member)
    later = timezone.now() + timedelta(days=30)
    extend_deadline(arrival, new_due_at=later, reason="น้ำท่วม", by=officer_of(letter.owner_unit))

    page = client.get(letter.get_absolute_url()).content.decode()

    assert short_date(later).replace(" ", "\u00a0") in page.replace(" ", "\u00a0")
    assert "วันเก่า" not in page
