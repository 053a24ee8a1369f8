"""Reading, and a counter that is always right."""

from __future__ import annotations

import pytest

from members.models import Role, Unit
from members.services import actor_of
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.notifications.models import Notification
from portal.notifications.services import (
    read_all_notifications,
    read_notification,
    read_notifications_about,
    unread_count,
)
from portal.notifications.tests.factories import staffed_school, tell, wrong_counters

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def test_reading_twice_counts_once():
    school, people = staffed_school(1)
    tell(school)
    tell(school)
    notification = Notification.objects.first()

    answers = [read_notification(notification, by=actor_of(people[0])) for _ in range(2)]

    assert answers == [True, False]
    assert unread_count(people[0]) == 1
    assert wrong_counters() == {}


def test_nobody_reads_what_is_not_theirs():
    school, people = staffed_school(2)
    tell(school)
    own = Notification.objects.get(recipient=people[0])

    answer = read_notification(own, by=actor_of(people[1]))

    assert answer is False
    assert [unread_count(person) for person in people] == [1, 1]
    assert wrong_counters() == {}


def test_reading_all_leaves_nothing_and_nobody_else_is_touched():
    school, people = staffed_school(2)
    for _ in range(3):
        tell(school)
    read_notification(
        Notification.objects.filter(recipient=people[0]).first(), by=actor_of(people[0])
    )

    counts = [read_all_notifications(by=actor_of(people[0])) for _ in range(2)]

    assert counts == [2, 0]
    assert [unread_count(person) for person in people] == [0, 3]
    assert wrong_counters() == {}


def test_what_was_found_another_way_is_read_and_nothing_else_is():
    (school, people), other = staffed_school(2), SchoolFactory()
    HoldingFactory(role=Role.TEACHER, unit=other, member=people[0])
    for unit in (school, school, other):
        tell(unit)
    kept = Notification.objects.filter(recipient=people[0]).latest("pk")

    counts = [
        read_notifications_about(Unit.objects.filter(pk=school.pk), member=people[0])
        for _ in range(2)
    ]

    assert counts == [2, 0]
    assert [unread_count(person) for person in people] == [1, 2]
    assert list(Notification.objects.visible_to(people[0]).unread()) == [kept]
    assert wrong_counters() == {}


def test_whoever_has_nothing_unread_costs_one_look(django_assert_num_queries):
    school, people = staffed_school(1)

    with django_assert_num_queries(1):
        read_notifications_about(Unit.objects.filter(pk=school.pk), member=people[0])


def test_a_member_who_was_never_told_anything_has_nothing_unread():
    _, people = staffed_school(1)

    assert unread_count(people[0]) == 0
    assert read_all_notifications(by=actor_of(people[0])) == 0


def test_counting_is_one_query_by_key(django_assert_num_queries):
    school, people = staffed_school(1)
    for _ in range(3):
        tell(school)

    with django_assert_num_queries(1):
        assert unread_count(people[0]) == 3


def test_whoever_signed_in_keeps_the_count_until_they_read_one(django_assert_num_queries):
    school, people = staffed_school(1)
    tell(school)
    people[0].unread_kept = 1  # as the session brought it

    with django_assert_num_queries(0):
        before = unread_count(people[0])
    read_notifications_about(Unit.objects.filter(pk=school.pk), member=people[0])

    assert (before, unread_count(people[0])) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_reading_while_more_is_told_keeps_the_counter_right(race):
    school, people = staffed_school(2)
    for _ in range(6):
        tell(school)
    rows = list(Notification.objects.filter(recipient=people[0]))
    actor = actor_of(people[0])
    deeds = [
        lambda: tell(school),
        lambda: read_all_notifications(by=actor),
        *(lambda row=row: read_notification(row, by=actor) for row in rows[:4]),
        lambda: tell(school),
        lambda: read_all_notifications(by=actor),
    ]

    results = race(len(deeds), lambda number: deeds[number]())

    assert [result for result in results if isinstance(result, Exception)] == []
    assert wrong_counters() == {}
    assert Notification.objects.filter(recipient=people[1]).count() == unread_count(people[1]) == 8
