"""A prepared question finds what its queryset finds, for the values of each call."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import F, Q

from members.models import Holding, Unit
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.core import clock
from portal.core.prepared import prepared

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 20)


@prepared
def units_of(ids: tuple[int, ...]):
    return Unit.objects.filter(pk__in=ids).order_by("pk")


@prepared
def holdings(member: int, day: date, *, is_over: bool = False):
    over = Q(to_on__lt=day) if is_over else Q(to_on__isnull=True) | Q(to_on__gte=day)
    found = Holding.objects.filter(over, member=member).select_related("post__unit__office")
    return found.annotate(begun=F("from_on")).order_by("pk")


@prepared
def names(kind: str, least: int):
    return Unit.objects.filter(kind=kind, pk__gte=least).order_by("pk").values_list("name", "pk")


def test_each_call_is_answered_for_its_own_values():
    first, second = SchoolFactory(), SchoolFactory()

    assert units_of((first.pk,)) == [first]
    assert units_of((second.pk,)) == [second]
    assert units_of((second.pk, first.pk)) == [first, second]
    assert units_of(()) == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_no_column_holds_finds_nothing(number):
    SchoolFactory()

    assert units_of((number,)) == []
    assert units_of((2**63 - 1,)) == []


def test_rows_are_fresh_and_come_as_the_queryset_gives_them(django_assert_num_queries):
    held = HoldingFactory(to_on=DAY)
    HoldingFactory()

    with django_assert_num_queries(1):
        [found] = holdings(held.member_id, DAY)
        assert (found, found.begun) == (held, held.from_on)
        assert found.post.unit.office == held.post.unit.office
    assert holdings(held.member_id, DAY + timedelta(days=1)) == []
    assert holdings(held.member_id, DAY + timedelta(days=1), is_over=True) == [held]

    Holding.objects.filter(pk=held.pk).update(to_on=DAY + timedelta(days=1))
    assert holdings(held.member_id, DAY + timedelta(days=1)) == [held]


def test_tuples_stay_tuples():
    school = SchoolFactory()

    assert names("school", school.pk) == [(school.name, school.pk)]
    assert names("group", school.pk) == []


def test_a_day_that_is_looked_up_inside_would_stay_for_ever_and_is_refused():
    @prepared
    def current(member: int):
        return Holding.objects.filter(member=member, from_on__lte=clock.today())

    with pytest.raises(TypeError, match="days and moments"):
        current(1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda name: Unit.objects.filter(name__icontains=name),
        lambda name: Unit.objects.filter(kind="school" if name else "group"),
    ],
)
def test_a_value_that_does_not_reach_the_sql_as_it_is_is_refused(ask):
    with pytest.raises(TypeError, match="as it is"):
        prepared(ask)("วัด")


def test_what_has_no_stand_in_is_refused():
    with pytest.raises(TypeError, match="cannot be given"):
        holdings(None, DAY)


def test_a_pattern_is_refused_because_it_holds_more_than_the_value():
    @prepared
    def planned(text: str):
        return Unit.objects.filter(name__contains=text)

    with pytest.raises(TypeError):
        planned("ควน")
