"""Who finds what: role × own or other unit × state; and both sides of the gate agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.models import (
    Arrival,
    Assignment,
    Letter,
    LetterState,
    RegisterBook,
    Response,
    Series,
)
from documents.services.answering import accept_response, return_response
from documents.services.assigning import assign_arrival
from documents.tests.factories import (
    ArrivalFactory,
    AssignmentFactory,
    LetterFactory,
    SentLetterFactory,
    answered_arrival,
    clerk_of,
    officer_of,
    refused_arrival,
)
from members.models import Role
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.resources import resource_for

pytestmark = pytest.mark.django_db

OWNERS = {"officer", "group-clerk", "group-head"}
OVERSEERS = {"registrar", "deputy", "director"}
SCHOOL_DESK = {"school-clerk", "school-director"}
GONE = {"former-officer", "future-officer", "former-clerk", "outsider", "owner", "admin"}


@dataclass
class Scene:
    """Two offices, and a member for every role in own and other units."""

    office: object
    group: object
    other_group: object
    school: object
    other_school: object
    other_office: object
    people: dict[str, object]

    def who(self, gate, thing):
        """Return the names of those who find the thing."""
        return {
            name
            for name, member in self.people.items()
            if gate.visible_to(member).filter(pk=thing.pk).exists()
        }


@pytest.fixture
def scene():
    office, other_office = OfficeFactory(), OfficeFactory()
    group, other_group = GroupFactory(office=office), GroupFactory(office=office)
    school, other_school = SchoolFactory(office=office), SchoolFactory(office=office)
    stranger_group = GroupFactory(office=other_office)
    stranger_school = SchoolFactory(office=other_office)
    posts = {
        "officer": (Role.OFFICER, group),
        "group-clerk": (Role.GROUP_CLERK, group),
        "group-head": (Role.GROUP_HEAD, group),
        "other-officer": (Role.OFFICER, other_group),
        "other-group-clerk": (Role.GROUP_CLERK, other_group),
        "other-group-head": (Role.GROUP_HEAD, other_group),
        "registrar": (Role.CENTRAL_REGISTRAR, office),
        "deputy": (Role.DEPUTY_DIRECTOR, office),
        "director": (Role.DIRECTOR, office),
        "admin": (Role.ADMINISTRATOR, office),
        "school-clerk": (Role.SCHOOL_CLERK, school),
        "school-director": (Role.SCHOOL_DIRECTOR, school),
        "teacher": (Role.TEACHER, school),
        "colleague": (Role.TEACHER, school),
        "other-clerk": (Role.SCHOOL_CLERK, other_school),
        "other-school-director": (Role.SCHOOL_DIRECTOR, other_school),
        "other-teacher": (Role.TEACHER, other_school),
        "stranger-registrar": (Role.CENTRAL_REGISTRAR, other_office),
        "stranger-director": (Role.DIRECTOR, other_office),
        "stranger-officer": (Role.OFFICER, stranger_group),
        "stranger-clerk": (Role.SCHOOL_CLERK, stranger_school),
    }
    today = timezone.localdate()
    day = timedelta(days=1)
    people = {
        name: HoldingFactory(role=role, unit=unit).member for name, (role, unit) in posts.items()
    }
    people |= {
        "former-officer": HoldingFactory(role=Role.OFFICER, unit=group, to_on=today - day).member,
        "future-officer": HoldingFactory(role=Role.OFFICER, unit=group, from_on=today + day).member,
        "former-clerk": HoldingFactory(
            role=Role.SCHOOL_CLERK, unit=school, to_on=today - day
        ).member,
        "outsider": MemberFactory(),
        "owner": MemberFactory(is_superuser=True, is_staff=True),
    }
    return Scene(office, group, other_group, school, other_school, other_office, people)


# Letters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (LetterState.DRAFT, OWNERS),
        (LetterState.DISCARDED, OWNERS),
        (LetterState.SUBMITTED, OWNERS | OVERSEERS),
        (LetterState.REGISTERED, OWNERS | OVERSEERS),
        (LetterState.SENT, OWNERS | OVERSEERS),
    ],
)
def test_a_letter_is_its_groups_until_it_is_handed_in(scene, state, seen):
    number = 7 if state in {LetterState.REGISTERED, LetterState.SENT} else None
    letter = LetterFactory(owner_unit=scene.group, state=state, number=number)

    assert scene.who(Letter.objects, letter) == seen


def test_a_letter_that_arrived_is_seen_at_that_schools_desk_and_no_other(scene):
    letter = SentLetterFactory(owner_unit=scene.group)
    ArrivalFactory(letter=letter, unit=scene.school)

    assert scene.who(Letter.objects, letter) == OWNERS | OVERSEERS | SCHOOL_DESK


def test_a_letter_to_another_group_is_seen_by_its_clerk_and_head(scene):
    letter = SentLetterFactory(owner_unit=scene.group)
    ArrivalFactory(letter=letter, unit=scene.other_group)

    seen = scene.who(Letter.objects, letter)

    assert seen == OWNERS | OVERSEERS | {"other-group-clerk", "other-group-head"}


def test_a_letter_to_a_person_is_that_persons(scene):
    letter = SentLetterFactory(owner_unit=scene.group)
    ArrivalFactory(letter=letter, unit=scene.school, member=scene.people["teacher"])

    assert scene.who(Letter.objects, letter) == OWNERS | OVERSEERS | {"teacher"}


def test_an_assigned_letter_is_seen_by_the_assignee_as_well(scene):
    letter = SentLetterFactory(owner_unit=scene.group)
    arrival = ArrivalFactory(letter=letter, unit=scene.school)
    AssignmentFactory(arrival=arrival, assignee=scene.people["teacher"])

    seen = scene.who(Letter.objects, letter)

    assert seen == OWNERS | OVERSEERS | SCHOOL_DESK | {"teacher"}


def test_whoever_is_gone_not_yet_there_or_nobody_finds_nothing(scene):
    letter = SentLetterFactory(owner_unit=scene.group)
    arrival = ArrivalFactory(letter=letter, unit=scene.school)

    assert not scene.who(Letter.objects, letter) & GONE
    assert not scene.who(Arrival.objects, arrival) & GONE
    for gate in (Letter, Arrival, Response, Assignment, RegisterBook):
        assert not gate.objects.visible_to(None).exists()
        assert not gate.objects.visible_to(SimpleNamespace(pk=None)).exists()


def test_someone_who_was_shut_out_finds_nothing_though_it_was_theirs(scene):
    teacher = scene.people["teacher"]
    named = ArrivalFactory(
        letter=SentLetterFactory(owner_unit=scene.group), unit=scene.school, member=teacher
    )
    AssignmentFactory(arrival=ArrivalFactory(unit=scene.school), assignee=teacher)
    assert Letter.objects.visible_to(teacher).count() == 2

    teacher.is_active = False
    teacher.save(update_fields=["is_active"])

    for gate in (Letter, Arrival, Response, Assignment, RegisterBook):
        assert not gate.objects.visible_to(teacher).exists()
    assert named.state == "waiting"


# Arrivals, answers, assignments, books ----------------------------------------------------------


@pytest.mark.parametrize("make", [ArrivalFactory, refused_arrival, "received", "answered"])
def test_an_arrival_is_its_desks_in_every_state(scene, make):
    letter = SentLetterFactory(owner_unit=scene.group, response_kind="acknowledge")
    if make == "received":
        arrival = ArrivalFactory(letter=letter, unit=scene.school, state="received")
    elif make == "answered":
        arrival = ArrivalFactory(
            letter=letter, unit=scene.school, state="received", response_state="answered"
        )
    else:
        arrival = make(letter=letter, unit=scene.school)

    assert scene.who(Arrival.objects, arrival) == SCHOOL_DESK


def test_the_boards_rows_are_those_of_letters_one_sent(scene):
    arrival = ArrivalFactory(letter=SentLetterFactory(owner_unit=scene.group), unit=scene.school)

    following = {
        name
        for name, member in scene.people.items()
        if Arrival.objects.followed_by(member).filter(pk=arrival.pk).exists()
    }

    assert following == OWNERS | OVERSEERS


@pytest.mark.parametrize("review", [None, accept_response, return_response])
def test_an_answer_is_its_schools_and_the_senders_in_every_state(scene, review):
    letter = answered_letter(scene)
    arrival, _ = answered_arrival(letter=letter, unit=scene.school)
    AssignmentFactory(arrival=arrival, assignee=scene.people["teacher"])
    answer = arrival.responses.get()
    reason = {"reason": "ยอดไม่ตรง"} if review is return_response else {}
    if review:
        review(answer, by=officer_of(scene.group), **reason)

    assert scene.who(Response.objects, answer) == OWNERS | OVERSEERS | SCHOOL_DESK


def answered_letter(scene):
    return SentLetterFactory(
        owner_unit=scene.group,
        response_kind="form",
        questions=[{"key": "q1", "kind": "number", "label": "กี่หลัง"}],
    )


def test_an_assignment_is_the_assignees_and_the_desks_never_the_offices(scene):
    arrival = ArrivalFactory(
        letter=SentLetterFactory(owner_unit=scene.group), unit=scene.school, state="received"
    )
    [made] = assign_arrival(arrival, assignees=[scene.people["teacher"]], by=clerk_of(scene.school))

    assert scene.who(Assignment.objects, made) == SCHOOL_DESK | {"teacher"}


@pytest.mark.parametrize("series", Series.values)
def test_a_book_is_its_units(scene, series):
    of_school = RegisterBook.objects.create(unit=scene.school, series=series, be_year=2569)
    of_group = RegisterBook.objects.create(unit=scene.group, series=series, be_year=2569)
    of_office = RegisterBook.objects.create(unit=scene.office, series=series, be_year=2569)

    assert scene.who(RegisterBook.objects, of_school) == SCHOOL_DESK
    assert scene.who(RegisterBook.objects, of_group) == OWNERS
    assert scene.who(RegisterBook.objects, of_office) == OVERSEERS


def test_what_waits_for_a_number_waits_at_the_registry_that_may_issue_it(scene):
    central = LetterFactory(owner_unit=scene.group, state=LetterState.SUBMITTED)
    issuing = GroupFactory(office=scene.office, can_issue_numbers=True)
    clerk = HoldingFactory(role=Role.GROUP_CLERK, unit=issuing).member
    own = LetterFactory(owner_unit=issuing, state=LetterState.SUBMITTED)
    LetterFactory(owner_unit=issuing)

    waiting = Letter.objects.to_register_by

    assert set(waiting(scene.people["registrar"])) == {central, own}
    assert set(waiting(clerk)) == {own}
    assert set(waiting(scene.people["group-clerk"])) == set()
    assert set(waiting(scene.people["stranger-registrar"])) == set()


# Both sides of the gate -------------------------------------------------------------------------

POSTS = st.lists(
    st.tuples(
        st.integers(0, 3),  # who
        st.sampled_from(list(Role)),
        st.integers(0, 6),  # where
        st.sampled_from([(-9, None), (-9, -1), (-9, 0), (0, None), (1, None)]),  # from, to
    ),
    min_size=1,
    max_size=6,
)
STATES = st.sampled_from(["draft", "submitted", "registered", "sent", "discarded"])


def readers_and_finders(thing, members):
    """Return who reads a thing by its list of readers, and who by asking the gate."""
    resource = resource_for(thing._meta.label_lower)
    readers = set(resource.readers(thing))
    finders = {m for m in members if resource.visible_to(m).filter(pk=thing.pk).exists()}
    return readers, finders


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(posts=POSTS, state=STATES, named=st.integers(0, 3), shut_out=st.integers(0, 9))
def test_readers_are_exactly_those_who_pass_the_gate(db, posts, state, named, shut_out):
    with transaction.atomic():
        things, members = a_world(posts, state, named, shut_out)

        for thing in things:
            readers, finders = readers_and_finders(thing, members)
            assert readers == finders, thing._meta.label

        transaction.set_rollback(True)


def units_and_people(posts):
    """An office with two groups and two schools, another with one, and four who hold the posts."""
    office, other = OfficeFactory(), OfficeFactory()
    units = [
        office,
        GroupFactory(office=office),
        GroupFactory(office=office),
        SchoolFactory(office=office),
        SchoolFactory(office=office),
        other,
        SchoolFactory(office=other),
    ]
    members = MemberFactory.create_batch(4)
    today = timezone.localdate()
    for who, role, where, (since, until) in posts:
        HoldingFactory(
            member=members[who],
            role=role,
            unit=units[where],
            from_on=today + timedelta(days=since),
            to_on=None if until is None else today + timedelta(days=until),
        )
    return units, members


def a_world(posts, state, named, shut_out):
    """One letter in this state with its arrivals, answers and people, and everybody there is."""
    units, members = units_and_people(posts)
    group, school = units[1], units[3]
    if shut_out < len(members):
        members[shut_out].is_active = False
        members[shut_out].save(update_fields=["is_active"])
    number = 7 if state in {"registered", "sent"} else None
    letter = LetterFactory(owner_unit=group, state=state, number=number)
    if number is None:
        return [letter], members
    desk = ArrivalFactory(letter=letter, unit=school)
    person = ArrivalFactory(letter=letter, unit=school, member=members[named])
    at_group = ArrivalFactory(letter=letter, unit=units[2])
    AssignmentFactory(arrival=desk, assignee=members[(named + 1) % 4])
    answers = [
        Response.objects.create(
            arrival=arrival, version=1, submitted_at=timezone.now(), submitted_by=members[0]
        )
        for arrival in (desk, person)
    ]
    return [letter, desk, person, at_group, *answers], members


def test_a_reader_too_many_would_be_noticed(scene):
    arrival = ArrivalFactory(letter=SentLetterFactory(owner_unit=scene.group), unit=scene.school)
    members = [scene.people["school-clerk"], scene.people["teacher"]]

    readers, finders = readers_and_finders(arrival, members)

    assert readers == {scene.people["school-clerk"], scene.people["school-director"]}
    assert finders == {scene.people["school-clerk"]}
