"""Who hears of each step inside the office; nobody outside does."""

from __future__ import annotations

import pytest

from documents.services.handling import (
    accept_matter,
    assign_matter,
    close_matter,
    reopen_matter,
    return_matter,
)
from documents.services.routing import endorse_matter
from documents.tests.matter_factories import assigned, closed, proposed, sent_by_school
from portal.notifications.models import Notification
from tests.walk import work

pytestmark = pytest.mark.django_db(transaction=True)


def told(title):
    """Return who was told something under such a title, once the worker has done its part."""
    work()
    rows = Notification.objects.filter(notice__title__startswith=title)
    return set(rows.values_list("recipient", flat=True))


def people(*actors):
    return {actor.member.pk for actor in actors}


def test_a_letter_that_comes_rings_at_the_registry(house):
    letter = sent_by_school(house.school_clerk)

    assert told(letter.subject) == people(house.registrar)


def test_what_is_proposed_rings_where_it_was_laid(house):
    proposed(house, to=house.deputy)

    assert told("รอสั่งการ") == people(house.deputy)


def test_an_order_rings_at_the_group_and_at_the_copies(house):
    endorse_matter(
        proposed(house),
        text="มอบ",
        main_unit=house.group,
        copies=[house.other_group],
        by=house.director,
    )

    assert told("เรื่องถึงกลุ่ม") == people(house.head, house.clerk, house.other_clerk)


def test_an_assignment_rings_at_the_officer_and_what_comes_back_at_the_desk_before(house):
    matter = assigned(house)
    assert told("มอบหมายให้ท่าน") == people(house.officer)

    return_matter(matter, reason="ไม่ใช่", by=house.officer)
    assert told("ส่งคืน") == people(house.head, house.clerk)
    return_matter(matter, reason="ไม่ใช่", by=house.head)
    assert told("ส่งคืน") == people(house.head, house.clerk, house.registrar)


def test_what_is_done_rings_at_the_registry_and_what_is_reopened_at_the_group(house):
    matter = closed(house)
    assert told("เรื่องเสร็จ") == people(house.registrar)

    reopen_matter(matter, reason="ขอเพิ่ม", by=house.registrar)

    assert told("เปิดเรื่องอีกครั้ง") == people(house.head, house.clerk)


def test_an_officer_is_not_told_of_what_is_done_already(house):
    matter = assign_matter(assigned(house), officer=house.officer.member, by=house.clerk)
    accept_matter(matter, by=house.officer)
    close_matter(matter, result="แจ้งแล้ว", by=house.officer)

    assert told("มอบหมายให้ท่าน") == set()
