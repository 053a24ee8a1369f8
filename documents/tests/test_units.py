"""One page for each school: what it owes, its figures, and who may know."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from documents.domain import Course, duration_words, figures_of
from documents.models import Arrival, ResponseKind
from documents.services.answering import submit_response
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    ArrivalFactory,
    SentLetterFactory,
    answered_arrival,
    clerk_of,
    officer_of,
    registrar_of,
    school,
)
from documents.tests.pages import at, browser_of, own_queries
from members.models import Role
from members.tests.factories import GroupFactory, HoldingFactory, OfficeFactory
from portal.core.clock import db_now
from portal.core.thaidates import BANGKOK

WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=BANGKOK)
ASKED = {"asks": True, "is_report": True}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_figures_of_a_desk():
    courses = [
        Course(WEDNESDAY, WEDNESDAY + HOUR, WEDNESDAY + 5 * HOUR, WEDNESDAY + DAY, **ASKED),
        Course(WEDNESDAY, WEDNESDAY + DAY + HOUR, WEDNESDAY + 3 * DAY, WEDNESDAY + DAY, **ASKED),
        Course(WEDNESDAY),
        Course(WEDNESDAY + 2 * DAY),
    ]

    figures = figures_of(
        courses, now=WEDNESDAY + 2 * DAY + HOUR, since=WEDNESDAY - DAY, holidays=()
    )

    assert figures.received_in_time == 33  # the last one has its working day still
    assert figures.answered_in_time == 50
    assert figures.usual_receipt == 13 * HOUR
    assert figures.reports == 2
    holiday = figures_of(courses, now=WEDNESDAY + 2 * DAY + HOUR, since=WEDNESDAY + DAY,
                         holidays={date(2026, 11, 19)})  # fmt: skip
    assert holiday.received_in_time == 67
    assert holiday.reports == 0


def test_without_letters_there_are_no_figures():
    figures = figures_of([], now=WEDNESDAY, since=WEDNESDAY)

    assert (figures.received_in_time, figures.answered_in_time) == (None, None)
    assert (figures.usual_receipt, figures.reports) == (None, 0)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(seconds=10), "1 นาที"),
        (timedelta(minutes=130), "2 ชั่วโมง 10 นาที"),
        (timedelta(hours=3), "3 ชั่วโมง"),
        (timedelta(days=1, hours=3, minutes=50), "1 วัน 3 ชั่วโมง"),
    ],
)
def test_how_long_it_took(delta, words):
    assert duration_words(delta) == words


@pytest.fixture
def place(db):
    """A school with a late letter of one group and one without deadline of another."""
    late = SentLetterFactory(
        response_kind=ResponseKind.ACKNOWLEDGE, due_at=db_now() - DAY, subject="เรื่องที่เกินกำหนด"
    )
    unit = school(late, "บ้านต้นสน")
    other = SentLetterFactory(owner_unit=GroupFactory(office=late.office), subject="เรื่องของกลุ่มอื่น")
    ArrivalFactory(letter=other, unit=unit)
    ArrivalFactory(letter=late, unit=unit)
    return unit


def page_for(actor, unit):
    return browser_of(actor).get(at("unit", unit))


@pytest.mark.django_db
def test_the_school_sees_all_it_owes_overdue_first(place):
    page = page_for(clerk_of(place), place)

    assert [row.letter.subject for row in page.context["rows"]] == [
        "เรื่องที่เกินกำหนด",
        "เรื่องของกลุ่มอื่น",
    ]
    assert page.context["is_own"]
    assert page.context["figures"].letters == 2


@pytest.mark.django_db
def test_an_officer_sees_the_own_letters_and_the_registrar_all(place):
    late = Arrival.objects.get(letter__subject="เรื่องที่เกินกำหนด").letter

    page = page_for(officer_of(late.owner_unit), place)
    assert [row.letter for row in page.context["rows"]] == [late]
    assert page.context["figures"].letters == 1
    assert "เรื่องของกลุ่มอื่น" not in page.content.decode()
    assert len(page_for(registrar_of(late.office), place).context["rows"]) == 2


@pytest.mark.django_db
def test_nobody_else_has_the_page(place):
    neighbour = clerk_of(school(Arrival.objects.first().letter, "วัดโตนด"))
    teacher = HoldingFactory(role=Role.TEACHER, unit=place)
    for actor in (neighbour, teacher, registrar_of(OfficeFactory())):
        assert page_for(actor, place).status_code == 404


@pytest.mark.django_db
def test_what_is_answered_is_no_longer_owed_and_counts(place):
    clerk = clerk_of(place)
    letter = SentLetterFactory(
        owner_unit=GroupFactory(office=place.office),
        response_kind=ResponseKind.TEXT,
        due_at=db_now() + DAY,
    )
    arrival = ArrivalFactory(letter=letter, unit=place)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)
    submit_response(arrival, text="ตอบ", key=uuid4(), by=clerk)

    page = page_for(clerk, place)

    assert len(page.context["rows"]) == 2
    figures = page.context["figures"]
    assert (figures.received_in_time, figures.answered_in_time, figures.reports) == (100, 50, 1)


@pytest.mark.django_db
def test_the_page_asks_the_same_however_many(place):
    browser = browser_of(clerk_of(place))
    few = len(own_queries(browser, at("unit", place)))
    for _ in range(3):
        answered_arrival(unit=place)

    assert len(own_queries(browser, at("unit", place))) == few <= 4
