"""In which post somebody acts, and from which day to which."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from members.models import Holding, Member, Role, Unit
from members.services import (
    act_at,
    act_for_office,
    act_where,
    actor_of,
    holdings_of,
    may_do,
    office_of,
    units_of,
)
from members.tests.factories import (
    ActorFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core import clock
from portal.core.errors import ChooseCapacity

pytestmark = pytest.mark.django_db

DESK = {Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR}


@pytest.fixture
def clerk_of_three():
    """A clerk of three schools of one office, with the schools."""
    office, member = OfficeFactory(), MemberFactory()
    schools = [SchoolFactory(office=office) for _ in range(3)]
    for school in schools:
        HoldingFactory(member=member, role=Role.SCHOOL_CLERK, unit=school)
    return member, schools


@pytest.mark.parametrize(
    ("from_days", "to_days", "is_current"),
    [
        (-10, None, True),
        (-10, -1, False),
        (-10, 0, True),
        (-10, 1, True),
        (0, 0, True),
        (0, None, True),
        (1, None, False),
    ],
)
def test_a_holding_counts_on_its_first_and_its_last_day(from_days, to_days, is_current):
    today = clock.today()
    holding = HoldingFactory(
        from_on=today + timedelta(days=from_days),
        to_on=None if to_days is None else today + timedelta(days=to_days),
    )

    assert holdings_of(holding.member) == ([holding] if is_current else [])
    assert Unit.objects.held_by(holding.member).exists() is is_current
    assert Member.objects.of_office(holding.post.unit.office).exists() is is_current


@pytest.mark.engine
@pytest.mark.parametrize(("time_of_day", "is_current"), [("23:59:50", True), ("00:00:10", False)])
def test_the_last_day_ends_at_midnight_in_bangkok(settings, time_of_day, is_current):
    last_day = date(2026, 9, 30)
    day = last_day if is_current else last_day + timedelta(days=1)
    moment = datetime.fromisoformat(f"{day} {time_of_day}").replace(tzinfo=clock.BANGKOK)
    holding = HoldingFactory(to_on=last_day)

    settings.CLOCK_SHIFT_SECONDS = (moment - clock.db_now()).total_seconds()

    assert (holdings_of(holding.member) == [holding]) is is_current
    assert Holding.objects.current().exists() is is_current


def test_somebody_who_is_no_longer_active_holds_nothing():
    holding = HoldingFactory(member__is_active=False)

    assert holdings_of(holding.member) == []


def test_nobody_acts_for_a_visitor():
    assert actor_of(AnonymousUser()) is None


def test_an_actor_without_a_post_has_no_holding_and_no_office():
    actor = actor_of(MemberFactory())

    assert actor is not None
    assert actor.holding is None
    assert office_of(actor) is None


def test_the_first_post_acts_until_another_is_chosen(clerk_of_three):
    member, schools = clerk_of_three
    last = Holding.objects.get(post__unit=schools[2])

    first_actor, chosen_actor = actor_of(member), actor_of(member, chosen=last.pk)

    assert first_actor.holding.post.unit == schools[0]
    assert chosen_actor.holding == last


def test_a_post_that_is_not_ones_own_cannot_be_chosen(clerk_of_three):
    member, schools = clerk_of_three
    strange = HoldingFactory(role=Role.SCHOOL_CLERK, unit=schools[2])

    actor = actor_of(member, chosen=strange.pk)

    assert actor.holding.post.unit == schools[0]


def test_a_post_that_ended_cannot_be_chosen(clerk_of_three):
    member, schools = clerk_of_three
    ended = Holding.objects.get(post__unit=schools[1])
    Holding.objects.filter(pk=ended.pk).update(to_on=clock.today() - timedelta(days=1))

    actor = actor_of(member, chosen=ended.pk)

    assert actor.holding.post.unit == schools[0]


def test_the_unit_of_the_thing_decides_in_which_post_one_acts(clerk_of_three):
    member, schools = clerk_of_three

    actor = act_at(actor_of(member), [schools[1].pk], DESK)

    assert actor.holding.post.unit == schools[1]


def test_the_acting_post_wins_where_several_fit(clerk_of_three):
    member, schools = clerk_of_three
    chosen = Holding.objects.get(post__unit=schools[2])

    actor = act_at(actor_of(member, chosen=chosen.pk), [s.pk for s in schools], DESK)

    assert actor.holding == chosen


def test_a_choice_is_asked_only_where_nothing_decides(clerk_of_three):
    member, schools = clerk_of_three

    with pytest.raises(ChooseCapacity) as asked:
        act_at(actor_of(member), [schools[1].pk, schools[2].pk], DESK)

    assert [held.post.unit for held in asked.value.holdings] == schools[1:]


def test_the_first_of_several_posts_is_no_choice(clerk_of_three):
    member, schools = clerk_of_three

    with pytest.raises(ChooseCapacity):
        act_at(actor_of(member), [schools[0].pk, schools[1].pk], DESK)


def test_the_only_fitting_post_needs_no_choice(clerk_of_three):
    member, schools = clerk_of_three

    actor = act_at(actor_of(member), [schools[0].pk], DESK)

    assert actor.holding.post.unit == schools[0]


def test_two_posts_in_the_same_unit_need_no_choice():
    school, member = SchoolFactory(), MemberFactory()
    HoldingFactory(member=member, role=Role.SCHOOL_DIRECTOR, unit=school)
    HoldingFactory(member=member, role=Role.SCHOOL_CLERK, unit=school)
    HoldingFactory(member=member, role=Role.TEACHER)

    actor = act_at(actor_of(member), [school.pk], DESK)

    assert actor.holding.post.role == Role.SCHOOL_DIRECTOR


@pytest.mark.parametrize("role", [Role.TEACHER, Role.OFFICER])
def test_a_post_of_another_role_does_not_open_the_desk(role):
    school = SchoolFactory()
    actor = ActorFactory(role=role, unit=school)

    with pytest.raises(PermissionDenied):
        act_at(actor, [school.pk], DESK)


def test_one_acts_as_administrator_only_of_the_office_itself():
    office, other = OfficeFactory(), OfficeFactory()
    member = MemberFactory()
    first = HoldingFactory(member=member, role=Role.OFFICER, unit=office)
    post = HoldingFactory(member=member, role=Role.ADMINISTRATOR, unit=office)

    assert act_for_office(actor_of(member), office).holding == post
    assert act_for_office(actor_of(member), other).holding == first
    assert act_for_office(actor_of(member), None).holding == first


def test_fifty_deeds_ask_for_the_posts_once(clerk_of_three, django_assert_num_queries):
    member, schools = clerk_of_three

    with django_assert_num_queries(1):
        actor = actor_of(member)
        for school in schools * 16:
            act_at(actor, [school.pk], DESK)


def test_a_person_acts_in_the_post_that_may_and_in_none_that_may_not(clerk_of_three):
    member, (_, second, third) = clerk_of_three
    actor = actor_of(member)

    assert (
        act_where(actor, lambda by, unit: by.holding.post.unit == unit, second).holding.post.unit
        == second
    )
    assert may_do(actor, lambda by, unit: by.holding.post.unit == unit, third)
    assert not may_do(actor, lambda by, unit: False, third)
    assert not may_do(None, lambda by, unit: True, third)
    with pytest.raises(PermissionDenied):
        act_where(actor, lambda by, unit: False, third)


def test_the_units_of_a_role_begin_with_that_of_the_acting_post(clerk_of_three):
    member, (first, second, third) = clerk_of_three
    chosen = next(held for held in holdings_of(member) if held.post.unit == second)
    actor = actor_of(member, chosen=chosen.pk)

    assert units_of(actor, DESK) == [second, first, third]
    assert units_of(actor, {Role.TEACHER}) == []
    assert units_of(None, DESK) == []
