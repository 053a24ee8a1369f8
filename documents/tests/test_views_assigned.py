"""What a school gave to its people: the list of the one who got it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.services.assigning import acknowledge_assignment
from documents.tests.factories import AssignmentFactory, received_arrival
from members.models import Role
from members.tests.factories import ActorFactory

pytestmark = pytest.mark.django_db

ASSIGNED = reverse("documents:assigned")


def assign(teacher, **fields):
    arrival, clerk = received_arrival(unit=teacher.holding.post.unit, **fields)
    return AssignmentFactory(
        arrival=arrival, assignee=teacher.member, assigned_by=clerk.member, note="ดำเนินการ"
    )


def test_the_list_shows_what_is_mine_with_the_note_and_takes_it_as_known(client):
    teacher = ActorFactory(role=Role.TEACHER)
    mine, other = assign(teacher), AssignmentFactory()
    client.force_login(teacher.member)

    page = client.get(ASSIGNED).content.decode()

    assert mine.arrival.letter.subject in page
    assert "ดำเนินการ" in page
    assert other.arrival.letter.subject not in page
    client.post(reverse("documents:assignment-acknowledge", args=[mine.pk]))
    assert "รับทราบแล้ว" in client.get(ASSIGNED).content.decode()


def test_what_is_not_known_yet_stands_first(client):
    teacher = ActorFactory(role=Role.TEACHER)
    known, unknown = assign(teacher), assign(teacher)
    acknowledge_assignment(known, by=teacher)
    client.force_login(teacher.member)

    rows = client.get(ASSIGNED).context["rows"]

    assert [row.pk for row in rows] == [unknown.pk, known.pk]


def test_three_rows_cost_as_many_questions_as_one(client):
    teacher = ActorFactory(role=Role.TEACHER)
    assign(teacher)
    client.force_login(teacher.member)
    client.get(ASSIGNED)  # the first page also writes the form token into the session
    with CaptureQueriesContext(connection) as one:
        client.get(ASSIGNED)
    assign(teacher)
    assign(teacher)

    with CaptureQueriesContext(connection) as three:
        client.get(ASSIGNED)

    assert len(three) == len(one)
