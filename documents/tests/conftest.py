"""Who is signed in, and what lies before them, in the tests of the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import ResponseKind
from documents.tests.factories import (
    CHOICE_QUESTION,
    NUMBER_QUESTION,
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    received_arrival,
    with_pdf,
)
from documents.tests.matter_factories import make_house
from members.models import Role
from members.tests.factories import (
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)

# The office -------------------------------------------------------------------------------------


@pytest.fixture
def officer(client):
    """A signed-in officer of a group."""
    actor = officer_of(GroupFactory())
    client.force_login(actor.member)
    return actor


@pytest.fixture
def draft(officer):
    """A complete draft of the officer's group, with two schools to receive it."""
    group = officer.holding.post.unit
    district = DistrictFactory(office=group.office, name="อำเภอริมน้ำ")
    for name in ("บ้านต้นสน", "วัดป่าเรไร"):
        SchoolFactory(office=group.office, district=district, name=f"โรงเรียน{name}")
    return LetterFactory(owner_unit=group, drafter=officer.member)


@pytest.fixture
def letter(officer):
    """A sent letter of the officer's group with a short form of two questions, due tomorrow."""
    return SentLetterFactory(
        owner_unit=officer.holding.post.unit,
        response_kind=ResponseKind.FORM,
        questions=[NUMBER_QUESTION, CHOICE_QUESTION],
        due_at=timezone.now() + timedelta(days=1),
    )


@pytest.fixture
def house():
    """An office with a school and a group, and somebody in every post a matter passes."""
    return make_house()


# The schools ------------------------------------------------------------------------------------


@pytest.fixture
def clerk(client):
    """A signed-in clerk of one school."""
    actor = clerk_of(SchoolFactory())
    client.force_login(actor.member)
    return actor


@pytest.fixture
def three_schools(client):
    """Three small schools of one office, whose clerk is signed in."""
    office = OfficeFactory()
    schools = [SchoolFactory(office=office, name=f"โรงเรียนบ้าน{name}") for name in "กขค"]
    actor = clerk_of(schools[0])
    for school in schools[1:]:
        HoldingFactory(member=actor.member, role=Role.SCHOOL_CLERK, unit=school)
    client.force_login(actor.member)
    return schools


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
def received_line(client):
    """A line of a school's receive register, and the clerk who keeps it, signed in."""
    arrival, clerk = received_arrival()
    client.force_login(clerk.member)
    return arrival.entry, clerk


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


@pytest.fixture
def asked(client):
    """`asked(kind)`: a received letter that asks for such an answer; its clerk is signed in."""

    def ask(kind=ResponseKind.FORM, **fields):
        questions = fields.pop("questions", [NUMBER_QUESTION])
        letter = SentLetterFactory(response_kind=kind, questions=questions, **fields)
        arrival, clerk = received_arrival(letter=letter)
        client.force_login(clerk.member)
        return arrival

    return ask
