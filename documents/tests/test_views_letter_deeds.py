"""What recipients do from the letter's page: the stamp, refusing, assigning."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from documents.models import ArrivalState, Assignment, StampPlace
from documents.services.assigning import assign_arrival
from documents.services.drafting import MAIN
from documents.services.receiving import receive_arrivals, refuse_arrival
from documents.tests.factories import (
    SentLetterFactory,
    clerk_of,
    officer_of,
    received_arrival,
    with_pdf,
)
from documents.tests.pages import at, page_of, said
from members.models import Role
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.files.services import files_of, read_bytes
from portal.papers.tests.factories import ink_box, page_count, page_size, signed_pdf, text_lines

pytestmark = pytest.mark.django_db


# The stamp --------------------------------------------------------------------------------------


def test_there_is_no_stamped_copy_before_receiving(client, arrival):
    assert client.get(at("arrival-stamped", arrival)).status_code == 404


def test_the_stamped_copy_carries_the_number_and_leaves_the_original_alone(client, received):
    main = files_of(received.letter, MAIN)[0]
    original = read_bytes(main.stored)

    response = client.get(at("arrival-stamped", received))

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
    url = at("arrival-stamped", received)
    etag = client.get(url)["ETag"]

    unchanged = client.get(url, headers={"If-None-Match": etag})
    moved = client.post(at("arrival-stamp", received), {"place": "top_left"})
    changed = client.get(url, headers={"If-None-Match": etag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert said(moved) == ["ย้ายตรารับแล้ว"]
    assert changed.status_code == 200
    assert ink_box(changed.content)[0] < 50
    assert changed["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("place", ["", "ที่ไหนก็ได้", "top_right'--"])
def test_a_place_that_is_not_offered_is_refused_in_words(client, received, place):
    response = client.post(at("arrival-stamp", received), {"place": place})

    received.refresh_from_db()
    assert said(response) == ["เลือกตำแหน่งของตรารับจากรายการ"]
    assert received.stamp_place == StampPlace.TOP_RIGHT


def test_a_signed_pdf_gets_a_cover_sheet_instead(client):
    letter = with_pdf(SentLetterFactory(), signed_pdf(), name="ลงนามแล้ว.pdf")
    arrived, clerk = received_arrival(letter=letter)
    client.force_login(clerk.member)

    copy = client.get(at("arrival-stamped", arrived)).content

    digest = files_of(letter, MAIN)[0].stored.sha256
    assert digest[:20] in "".join(text_lines(copy))
    assert page_count(copy) == 1


# Refusing ---------------------------------------------------------------------------------------


def test_a_refused_letter_says_so_and_why(client, arrival):
    response = client.post(at("arrival-refuse", arrival), {"reason": "เป็นของโรงเรียนอื่น"})
    page = client.get(page_of(arrival)).content.decode()

    assertRedirects(response, reverse("documents:inbox"), fetch_redirect_response=False)
    assert "ส่งคืนแล้ว เหตุผล: เป็นของโรงเรียนอื่น" in page
    assert 'name="reason"' not in page


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "บอกเหตุผลให้เจ้าของเรื่องทราบ"),
        ("   ", "บอกเหตุผลให้เจ้าของเรื่องทราบ"),
        ("ก" * 501, "ยาวเกินไป 1 ตัวอักษร"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_and_stays(client, arrival, reason, sentence):
    response = client.post(at("arrival-refuse", arrival), {"reason": reason})

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
    response = client.post(at("arrival-refuse", arrival), body, follow=True)

    arrival.refresh_from_db()
    assert response.redirect_chain == [(page_of(arrival, chosen=True), 302)]
    assert "จึงดำเนินการนี้ไม่ได้" in response.content.decode()
    assert arrival.refusal_reason == "ผิดที่"


# Assigning --------------------------------------------------------------------------------------


def test_only_people_of_the_school_are_offered(client, received):
    teacher = HoldingFactory(role=Role.TEACHER, unit=received.unit).member
    HoldingFactory(role=Role.TEACHER, unit=SchoolFactory(office=received.letter.office))

    form = client.get(page_of(received)).context["assign_form"]

    offered = set(form.form().fields["assignees"].queryset)
    assert teacher in offered
    assert offered == {teacher, *clerks_of(received)}


def clerks_of(arrival):
    return type(arrival.received_by).objects.holding(
        units=[arrival.unit_id], roles=[Role.SCHOOL_CLERK]
    )


def test_what_is_assigned_is_found_acknowledged_and_seen_by_the_desk(client, received):
    teacher = HoldingFactory(role=Role.TEACHER, unit=received.unit).member
    body = {"assignees": [teacher.pk], "note": "ดูแลให้เรียบร้อย"}

    assigned = client.post(at("arrival-assign", received), body)
    client.force_login(teacher)
    page = client.get(page_of(received)).content.decode()
    assignment = Assignment.objects.get()
    known = client.post(at("assignment-acknowledge", assignment))
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
        ({"assignees": [], "note": "ก" * 501}, "ยาวเกินไป 1 ตัวอักษร"),
    ],
)
def test_an_assignment_that_is_not_possible_is_refused_in_words(client, received, body, sentence):
    response = client.post(at("arrival-assign", received), body)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert body.get("note", "") in page
    assert Assignment.objects.count() == 0


def test_somebody_elses_teacher_cannot_be_named(client, received):
    stranger = HoldingFactory(role=Role.TEACHER).member

    response = client.post(at("arrival-assign", received), {"assignees": [stranger.pk]})

    assert response.status_code == 422
    assert Assignment.objects.count() == 0


def test_assigning_before_receiving_or_twice_is_said(client, arrival):
    teacher = HoldingFactory(role=Role.TEACHER, unit=arrival.unit).member
    body = {"assignees": [teacher.pk]}

    early = client.post(at("arrival-assign", arrival), body)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))
    client.post(at("arrival-assign", arrival), body)
    twice = client.post(at("arrival-assign", arrival), body)

    assert "ลงรับก่อน แล้วจึงมอบหมาย" in early.content.decode()
    assert "มอบหมายให้ผู้ที่เลือกไว้แล้ว" in twice.content.decode()
    assert Assignment.objects.count() == 1


def test_the_clerk_of_three_assigns_in_the_school_that_is_chosen(client, three):
    second = three[1]
    desk = client.get(page_of(second)).wsgi_request.user
    teacher = HoldingFactory(role=Role.TEACHER, unit=second.unit).member
    client.post(reverse("documents:receive"), {"key": uuid4(), "arrival": [a.pk for a in three]})

    page = client.get(page_of(second, chosen=True)).content.decode()
    response = client.post(at("arrival-assign", second), {"assignees": [teacher.pk]})

    made = Assignment.objects.get()
    assert f"มอบหมายใน{second.unit.name}" in page
    assert (made.arrival, made.assigned_by) == (second, desk)
    assert response.url == page_of(second, chosen=True)


def test_the_office_never_sees_whom_a_school_gave_it(client, received):
    teacher = HoldingFactory(role=Role.TEACHER, unit=received.unit).member
    assign_arrival(received, assignees=[teacher], note="ภายใน", by=clerk_of(received.unit))
    client.force_login(officer_of(received.letter.owner_unit).member)

    page = client.get(at("arrival", received)).content.decode()

    assert received.unit.name in page
    assert str(teacher) not in page
    assert "ภายใน<" not in page
