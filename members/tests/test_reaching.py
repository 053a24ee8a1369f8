"""Which units a letter may not reach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members.models import Role, Unit
from members.services import quiet_units
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core import clock

pytestmark = pytest.mark.django_db


def signed_in(days_ago):
    return clock.db_now() - timedelta(days=days_ago)


def staffed(school, *, clerk=1, director=1):
    """Give the school a desk whose people signed in so many days ago; None never did."""
    for role, days in ((Role.SCHOOL_CLERK, clerk), (Role.SCHOOL_DIRECTOR, director)):
        HoldingFactory(
            role=role,
            unit=school,
            member__last_login=None if days is None else signed_in(days),
        )
    return school


@pytest.fixture
def office():
    return OfficeFactory()


def schools_of(office):
    return Unit.objects.filter(office=office).schools()


def test_a_school_with_a_desk_that_looks_in_is_not_named(office):
    staffed(SchoolFactory(office=office))
    staffed(SchoolFactory(office=office), clerk=6, director=None)

    assert quiet_units(schools_of(office)) == []


def test_a_school_is_named_with_what_is_wrong(office):
    empty = SchoolFactory(office=office, name="โรงเรียน ก")
    no_clerk = SchoolFactory(office=office, name="โรงเรียน ข")
    HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=no_clerk, member__last_login=signed_in(1))
    no_director = SchoolFactory(office=office, name="โรงเรียน ค")
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=no_director, member__last_login=signed_in(1))
    silent = staffed(SchoolFactory(office=office, name="โรงเรียน ง"), clerk=8, director=9)
    never = staffed(SchoolFactory(office=office, name="โรงเรียน จ"), clerk=None, director=None)

    found = quiet_units(schools_of(office))

    assert [(quiet.unit, quiet.problems) for quiet in found] == [
        (empty, ["ไม่มีธุรการ", "ไม่มีผู้อำนวยการ", "ไม่มีผู้เข้าระบบ 7 วัน"]),
        (no_clerk, ["ไม่มีธุรการ"]),
        (no_director, ["ไม่มีผู้อำนวยการ"]),
        (silent, ["ไม่มีผู้เข้าระบบ 7 วัน"]),
        (never, ["ไม่มีผู้เข้าระบบ 7 วัน"]),
    ]
    assert clock.bangkok(found[3].last_sign_in).date() == clock.today() - timedelta(days=8)
    assert found[4].last_sign_in is None


def test_who_has_left_is_shut_out_or_only_teaches_reaches_nobody(office):
    school = SchoolFactory(office=office)
    HoldingFactory(
        role=Role.SCHOOL_CLERK,
        unit=school,
        member__last_login=signed_in(0),
        to_on=clock.today() - timedelta(days=1),
    )
    HoldingFactory(
        role=Role.SCHOOL_DIRECTOR,
        unit=school,
        member=MemberFactory(is_active=False, last_login=signed_in(0)),
    )
    HoldingFactory(role=Role.TEACHER, unit=school, member__last_login=signed_in(0))

    [quiet] = quiet_units(schools_of(office))

    assert (quiet.lacks_clerk, quiet.lacks_director, quiet.last_sign_in) == (True, True, None)


def test_a_clerk_of_three_schools_looks_in_for_all_of_them(office):
    clerk = MemberFactory(last_login=signed_in(1))
    for _ in range(3):
        school = SchoolFactory(office=office)
        HoldingFactory(role=Role.SCHOOL_CLERK, unit=school, member=clerk)
        HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school, member__last_login=None)

    assert quiet_units(schools_of(office)) == []


def test_a_group_has_its_own_desk(office):
    group = GroupFactory(office=office)
    HoldingFactory(role=Role.GROUP_HEAD, unit=group, member__last_login=signed_in(1))

    [quiet] = quiet_units(Unit.objects.filter(pk=group.pk))

    assert quiet.problems == ["ไม่มีสารบรรณ"]


@pytest.mark.parametrize("days", [3, 30])
def test_the_number_of_days_is_the_askers(office, days):
    staffed(SchoolFactory(office=office), clerk=10, director=10)

    assert bool(quiet_units(schools_of(office), days=days)) is (days == 3)


@pytest.mark.parametrize("count", [1, 3])
def test_it_is_one_query_for_one_unit_and_for_three(office, count, django_assert_num_queries):
    for _ in range(count):
        SchoolFactory(office=office)

    with django_assert_num_queries(1):
        assert len(quiet_units(schools_of(office))) == count
