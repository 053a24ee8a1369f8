"""Both sides of the gate agree for every direction, and a school's affairs stay the schools'."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.models import Arrival, Letter, Matter, Response, Routing
from documents.querysets import LetterQuerySet
from documents.tests.directions import sent
from documents.tests.factories import ArrivalFactory, AssignmentFactory, LetterFactory, clerk_of
from documents.tests.matter_factories import make_house
from documents.tests.pages import browser_of
from documents.tests.test_querysets import POSTS, readers_and_finders, units_and_people
from members.tests.factories import (
    SchoolFactory,
)

pytestmark = pytest.mark.django_db

SCHOOL, NEIGHBOUR, GROUP, OTHER_GROUP, OFFICE = 3, 4, 1, 2, 0
# origin, kind, whose it is, where it arrives
DIRECTIONS = {
    "school to school": ("school", "external", SCHOOL, [NEIGHBOUR]),
    "school to office and school": ("school", "circular", SCHOOL, [OFFICE, NEIGHBOUR]),
    "own order of a school": ("school", "order", SCHOOL, [SCHOOL]),
    "memo to a group": ("office", "memo", GROUP, [OTHER_GROUP]),
    "memo to group and director": ("office", "memo", GROUP, [OFFICE, OTHER_GROUP]),
    "order to a school": ("office", "order", GROUP, [SCHOOL]),
    "announcement to nobody": ("office", "announce", GROUP, []),
}


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    posts=POSTS,
    direction=st.sampled_from(sorted(DIRECTIONS)),
    state=st.sampled_from(["draft", "registered", "sent", "discarded"]),
    is_routed=st.booleans(),
)
def test_readers_are_exactly_those_who_pass_the_gate(db, posts, direction, state, is_routed):
    with transaction.atomic():
        things, members = a_world(posts, direction, state, is_routed)

        for thing in things:
            readers, finders = readers_and_finders(thing, members)
            assert readers == finders, (direction, thing._meta.label)

        transaction.set_rollback(True)


def a_world(posts, direction, state, is_routed):
    """A letter of this direction with all that lies at its recipients, and everybody there is."""
    units, members = units_and_people(posts)
    origin, kind, owner, places = DIRECTIONS[direction]
    is_out = state in {"registered", "sent"}
    letter = LetterFactory(
        owner_unit=units[owner],
        origin=origin,
        kind=kind,
        state=state,
        number=7 if is_out else None,
        audience_rule={"units": [units[place].pk for place in places]} if places else {},
    )
    things = [letter]
    for place in places if is_out else []:
        arrival = ArrivalFactory(letter=letter, unit=units[place])
        AssignmentFactory(arrival=arrival, assignee=members[0], purpose="know")
        answer = Response.objects.create(
            arrival=arrival, version=1, submitted_at=timezone.now(), submitted_by=members[1]
        )
        things += [arrival, answer]
        if place == OFFICE:
            matter = Matter.objects.create(
                office=units[OFFICE],
                arrival=arrival,
                received_at=timezone.now(),
                officer=members[2],
            )
            things.append(matter)
            if is_routed:
                things.append(
                    Routing.objects.create(
                        matter=matter, unit=units[GROUP], routed_at=timezone.now()
                    )
                )
    return things, members


def test_a_gate_that_lets_the_office_in_would_be_noticed(monkeypatch):
    house = make_house()
    neighbour = clerk_of(SchoolFactory(office=house.office))
    letter = sent(house.school_clerk, to={"units": [neighbour.holding.post.unit_id]})
    people = [house.registrar.member, house.school_clerk.member, neighbour.member]
    readers, finders = readers_and_finders(letter, people)
    assert readers == finders == {house.school_clerk.member, neighbour.member}

    monkeypatch.setattr(LetterQuerySet, "visible_to", lambda rows, member: rows)

    assert readers_and_finders(letter, people)[1] == set(people)


def test_what_lies_between_schools_is_in_no_count_of_the_office():
    house = make_house()
    neighbour = clerk_of(SchoolFactory(office=house.office))
    offices = (house.registrar, house.director, house.deputy, house.officer)
    empty = {actor.member.pk: counts_of(actor) for actor in offices}

    letter = sent(
        house.school_clerk,
        to={"units": [neighbour.holding.post.unit_id]},
        response_kind="acknowledge",
        due_at=timezone.now() + timedelta(minutes=5),
    )

    assert {actor.member.pk: counts_of(actor) for actor in offices} == empty
    assert counts_of(house.school_clerk)[0] == 1  # it would be counted
    for actor in offices:
        assert browser_of(actor).get(letter.get_absolute_url()).status_code == 404


def counts_of(actor):
    """Return how many letters and arrivals this member sees, sends and follows."""
    member = actor.member
    return (
        Letter.objects.visible_to(member).count(),
        Letter.objects.sent_from(member).count(),
        Arrival.objects.visible_to(member).count(),
        Arrival.objects.followed_by(member).count(),
    )
