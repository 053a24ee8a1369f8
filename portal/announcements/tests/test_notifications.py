"""Who is told of an announcement, and in which words."""

from __future__ import annotations

import pytest

from members.tests.factories import GroupFactory, SchoolFactory, acting
from portal.announcements.services import withdraw_announcement
from portal.announcements.tests.factories import published, staff
from portal.core.clock import today
from portal.notifications.kinds import kind_of
from portal.notifications.services import unread_count
from portal.outbox.models import OutboxMessage
from portal.outbox.services import drain

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
KIND = kind_of("announcements.published")


@pytest.fixture
def told():
    """An urgent announcement to one school, its people, and its message."""
    school = SchoolFactory()
    people = [staff(school), staff(school)]
    one = published(
        unit=GroupFactory(office=school.office, name="กลุ่มอำนวยการ"),
        to=[school],
        title="ปิดระบบวันเสาร์",
        text="<p>ปิด <strong>09.00</strong> น.</p>",
        is_urgent=True,
        needs_acknowledgement=True,
        until_on=today(),
    )
    return one, people, OutboxMessage.objects.get(topic="announcements.published")


def test_the_recipients_are_told_what_it_says(told):
    one, people, message = told
    text = KIND.text(message)

    assert set(KIND.recipients(message)) == set(people)
    assert text.title == "ประกาศ: ปิดระบบวันเสาร์"
    assert list(text.lines[:2]) == ["ปิด 09.00 น.", "ขอให้กดรับทราบ"]
    assert (text.url, text.unit_text) == (one.get_absolute_url(), "กลุ่มอำนวยการ")
    assert KIND.is_urgent(message)
    assert KIND.is_still_true(message)


def test_nobody_is_told_of_what_was_withdrawn_meanwhile(told):
    one, _, message = told

    withdraw_announcement(one, reason="ผิด", by=acting(one.author))

    assert not KIND.is_still_true(message)


def test_the_bell_rings_for_every_recipient(told):
    _, people, _ = told

    drain("test")

    assert [unread_count(person) for person in people] == [1, 1]
