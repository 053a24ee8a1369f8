"""Who finds which units and people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from members.models import Holding, Member, Role, Unit
from members.tests.factories import (
    ClusterFactory,
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core import clock
from portal.core.resources import resource_for

pytestmark = pytest.mark.django_db


def yesterday():
    return clock.today() - timedelta(days=1)


@pytest.mark.parametrize(
    ("opened", "closed", "is_open"),
    [
        (None, None, True),
        (0, None, True),
        (1, None, False),
        (None, 0, False),
        (None, 1, True),
        (-9, -1, False),
    ],
)
def test_a_unit_is_open_from_its_first_day_until_it_is_closed(opened, closed, is_open):
    def day(days):
        return None if days is None else clock.today() + timedelta(days=days)

    school = SchoolFactory(opened_on=day(opened), closed_on=day(closed))

    assert (school in Unit.objects.open()) is is_open


def test_units_are_found_by_place_and_by_size():
    office = OfficeFactory()
    district, cluster = DistrictFactory(office=office), ClusterFactory(office=office)
    here = SchoolFactory(office=office, district=district, pupils=50)
    there = SchoolFactory(office=office, cluster=cluster, pupils=500)
    SchoolFactory(office=office, pupils=None)

    assert set(Unit.objects.in_places([district.pk], [])) == {here}
    assert set(Unit.objects.in_places([district.pk], [cluster.pk])) == {here, there}
    assert set(Unit.objects.schools().of_size(["small"])) == {here}
    assert set(Unit.objects.schools().of_size(["small", "medium"])) == {here, there}


@pytest.mark.parametrize("words", ["ปากพล", "บ้าน ปากพล", "เกาะนางคำ", "93020001", "  ปากพล  "])
def test_a_school_is_found_by_name_place_or_code(words):
    school = SchoolFactory(name="โรงเรียนบ้านปากพล", subdistrict="เกาะนางคำ", code8="93020001")
    SchoolFactory(name="โรงเรียนวัดโตนด")

    assert list(Unit.objects.matching(words)) == [school]


def test_a_person_is_found_by_first_and_last_name():
    suda = MemberFactory(first_name="สุดา", last_name="ชูแก้ว", username="suda.c")
    MemberFactory(first_name="สุดา", last_name="ใจดี")

    assert list(Member.objects.matching("สุดา ชูแก้ว")) == [suda]
    assert list(Member.objects.matching("SUDA")) == [suda]


def test_one_sees_the_units_and_colleagues_of_ones_own_office():
    office, other = OfficeFactory(), OfficeFactory()
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK, unit=SchoolFactory(office=office)).member
    colleague = HoldingFactory(unit=GroupFactory(office=office)).member
    HoldingFactory(unit=GroupFactory(office=other))

    assert set(Unit.objects.visible_to(clerk)) == set(Unit.objects.filter(office=office))
    assert set(Member.objects.visible_to(clerk)) == {clerk, colleague}


def test_a_post_that_ended_shows_nothing_of_that_office_any_more():
    mover = MemberFactory()
    old, new = OfficeFactory(), OfficeFactory()
    HoldingFactory(member=mover, unit=GroupFactory(office=old), to_on=yesterday())
    HoldingFactory(member=mover, unit=GroupFactory(office=new))
    former = HoldingFactory(unit=GroupFactory(office=old)).member

    assert set(Unit.objects.visible_to(mover)) == set(Unit.objects.filter(office=new))
    assert former not in Member.objects.visible_to(mover)


@pytest.mark.parametrize("member", [None, Member()])
def test_nobody_sees_nothing(member):
    SchoolFactory()

    assert not Unit.objects.visible_to(member).exists()
    assert not Unit.objects.held_by(member).exists()
    assert not Unit.objects.administered_by(member).exists()
    assert not Member.objects.visible_to(member).exists()


def test_a_member_without_a_post_sees_only_themselves():
    outsider = MemberFactory()
    HoldingFactory()

    assert not Unit.objects.visible_to(outsider).exists()
    assert list(Member.objects.visible_to(outsider)) == [outsider]


def test_the_role_must_be_held_now_and_in_that_very_post():
    school, office = SchoolFactory(), OfficeFactory()
    member = MemberFactory()
    HoldingFactory(member=member, role=Role.TEACHER, unit=school)
    HoldingFactory(member=member, role=Role.SCHOOL_CLERK, unit=school, to_on=yesterday())
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=school)
    HoldingFactory(member=member, role=Role.DIRECTOR, unit=office)

    assert set(Unit.objects.held_by(member)) == {school, office}
    assert set(Unit.objects.held_by(member, roles=[Role.SCHOOL_CLERK])) == set()
    assert member not in Member.objects.holding(units=[school.pk], roles=[Role.SCHOOL_CLERK])


def test_an_office_is_administered_through_the_role_alone():
    office, other = OfficeFactory(), OfficeFactory()
    group_admin = HoldingFactory(role=Role.ADMINISTRATOR, unit=GroupFactory(office=office)).member
    director = HoldingFactory(role=Role.DIRECTOR, unit=office).member
    owner = MemberFactory(is_superuser=True)

    assert list(Unit.objects.administered_by(group_admin)) == [office]
    assert list(Unit.objects.administered_by(director)) == []
    assert set(Unit.objects.administered_by(owner)) == {office, other}


class TheTwoSidesOfTheGate(HypothesisCase):
    """m in readers(x) ⇔ x in visible_to(m), in any arrangement of offices, posts and dates."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 4), st.sampled_from([None, -1, 0, 1])),
            max_size=8,
        ),
        st.sets(st.integers(0, 3), max_size=2),
        st.sets(st.integers(0, 3), max_size=1),
    )
    def test_readers_are_those_who_see(self, posts, inactive, owners):
        offices = [OfficeFactory(), OfficeFactory()]
        units = [
            *offices,
            GroupFactory(office=offices[0]),
            SchoolFactory(office=offices[0]),
            SchoolFactory(office=offices[1]),
        ]
        people = [
            MemberFactory(is_active=number not in inactive, is_superuser=number in owners)
            for number in range(4)
        ]
        for person, unit, days in posts:
            HoldingFactory(
                member=people[person],
                unit=units[unit],
                to_on=None if days is None else clock.today() + timedelta(days=days),
            )

        for things in (units, people):
            resource = resource_for(things[0]._meta.label_lower)
            for thing in things:
                seers = {one for one in people if thing in resource.visible_to(one)}
                assert set(resource.readers(thing)) == seers


def test_one_person_with_three_posts_is_one_colleague():
    office = OfficeFactory()
    member = MemberFactory()
    for _ in range(3):
        HoldingFactory(member=member, role=Role.SCHOOL_CLERK, unit=SchoolFactory(office=office))

    assert list(Member.objects.of_office(office)) == [member]
    assert list(Member.objects.visible_to(member)) == [member]
    assert Holding.objects.current().count() == 3
