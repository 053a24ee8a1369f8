"""A letter says the name that its unit had on its day, also after the unit was renamed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from documents.models import LetterOrigin
from documents.tests.factories import ArrivalFactory, SentLetterFactory
from members.models import Role
from members.services import rename_unit
from members.tests.factories import GroupFactory, HoldingFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    group = GroupFactory(name="กลุ่มแผนงาน")
    return SentLetterFactory(owner_unit=group, dated_on=today() - timedelta(days=30))


def renamed(unit, on):
    return rename_unit(unit, name="กลุ่มนโยบายและแผน", short_name="", on=on, by=SYSTEM)


@pytest.mark.parametrize(
    ("days", "name"), [(29, "กลุ่มแผนงาน"), (30, "กลุ่มนโยบายและแผน"), (40, "กลุ่มนโยบายและแผน")]
)
def test_its_name_is_that_of_its_day(letter, days, name):
    letter.owner_unit = renamed(letter.owner_unit, today() - timedelta(days=days))

    assert (letter.owner_name, letter.sender_then) == (name, name)


def test_a_draft_has_the_name_of_today_and_a_letter_from_outside_its_sender(letter):
    letter.owner_unit = renamed(letter.owner_unit, today())
    letter.dated_on = None
    drafted = letter.owner_name
    letter.origin, letter.outside_party = LetterOrigin.OUTSIDE, "จังหวัดพัทลุง"

    assert (drafted, letter.sender_then) == ("กลุ่มนโยบายและแผน", "จังหวัดพัทลุง")


def test_of_a_unit_never_renamed_nothing_is_asked(letter, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert letter.owner_name == "กลุ่มแผนงาน"


def test_the_page_of_the_letter_says_it(letter, client):
    school = SchoolFactory(office=letter.office)
    arrival = ArrivalFactory(letter=letter, unit=school)
    client.force_login(HoldingFactory(role=Role.SCHOOL_CLERK, unit=school).member)
    renamed(letter.owner_unit, today())

    page = client.get(arrival.get_absolute_url()).content.decode()

    assert "กลุ่มแผนงาน" in page


def test_a_letter_before_the_first_known_name_has_the_oldest(letter):
    letter.owner_unit = renamed(letter.owner_unit, today())
    letter.dated_on = date(2001, 1, 1)

    assert letter.owner_name == "กลุ่มแผนงาน"
