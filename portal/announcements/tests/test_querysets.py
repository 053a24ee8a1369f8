"""Who may read what, and that both sides of the gate agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members.models import Member
from members.tests.factories import acting
from portal.announcements.models import Announcement, Visibility
from portal.announcements.resources import announcement_waits, find, readers
from portal.announcements.services import acknowledge, withdraw_announcement
from portal.announcements.tests.factories import AnnouncementFactory, published
from portal.core.clock import today
from portal.core.resources import PUBLIC, scopes_of

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
SCHOOL = {"school-clerk", "school-director", "teacher"}


@pytest.fixture
def announced(world):
    """One of every state and audience, by name."""
    author = world.members["officer"]
    given = {"unit": world.group, "author": author}
    return {
        "draft": AnnouncementFactory(**given),
        "to school": published(to=[world.school], **given),
        "to a person": published(persons=[world.members["deputy"]], **given),
        "public": published(visibility=Visibility.PUBLIC, **given),
        "to come": published(to=[world.school], from_on=today() + timedelta(days=2), **given),
        "withdrawn": withdraw_announcement(
            published(to=[world.school], **given), reason="ผิด", by=acting(author)
        ),
        "of the school": published(
            unit=world.school, author=world.members["school-clerk"], to=[world.school]
        ),
    }


def readers_by_role(world, one):
    return {
        role
        for role, member in world.members.items()
        if Announcement.objects.visible_to(member).filter(pk=one.pk).exists()
    }


def test_everybody_sees_what_is_theirs_and_nothing_else(world, announced):
    seen = {name: readers_by_role(world, one) for name, one in announced.items()}

    assert seen == {
        "draft": {"officer"},
        "to school": SCHOOL | {"officer"},
        "to a person": {"deputy", "officer"},
        "public": set(world.members),
        "to come": {"officer"},
        "withdrawn": {"officer"},
        "of the school": SCHOOL,
    }


def test_a_visitor_sees_what_is_public_and_somebody_shut_out_nothing(world, announced):
    shut_out = world.members["teacher"]
    shut_out.is_active = False
    shut_out.save(update_fields=["is_active"])

    assert list(Announcement.objects.visible_to(None)) == [announced["public"]]
    assert list(Announcement.objects.visible_to(shut_out)) == []


def test_readers_are_the_other_side_of_the_gate(world, announced):
    for one in announced.values():
        allowed = set(readers(one))
        for member in Member.objects.all():
            seen = Announcement.objects.visible_to(member).filter(pk=one.pk).exists()
            assert (member in allowed) == seen, (one, member)


def test_whoever_may_read_has_a_word_by_which_the_search_finds_it(world, announced):
    for one in announced.values():
        found = find(one)
        for member in world.members.values():
            if found and Announcement.objects.visible_to(member).filter(pk=one.pk).exists():
                assert found.scopes & scopes_of(member), (one, member)


def test_only_what_is_published_is_found(announced):
    found = {name: bool(find(one)) for name, one in announced.items()}

    assert [name for name, there in found.items() if not there] == ["draft", "withdrawn"]
    assert PUBLIC in find(announced["public"]).scopes
    assert PUBLIC not in find(announced["to school"]).scopes


def test_what_asks_for_a_word_waits_until_it_is_given(world, django_assert_num_queries):
    teacher = world.members["teacher"]
    one = published(
        unit=world.group,
        author=world.members["officer"],
        to=[world.school],
        needs_acknowledgement=True,
        is_urgent=True,
    )
    with django_assert_num_queries(1):
        rows = list(announcement_waits(teacher))

    assert [(row.subject, row.urgency, row.url) for row in rows] == [
        (one.title, 1, one.get_absolute_url())
    ]
    assert list(announcement_waits(world.members["officer"])) == []
    acknowledge(one, by=acting(teacher))
    assert list(announcement_waits(teacher)) == []
