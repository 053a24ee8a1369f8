"""The factories say what they promise to the tests of every room."""

from __future__ import annotations

import pytest

from members.models import Post, Role, Unit, UnitKind
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db


def test_an_office_belongs_to_itself():
    office = OfficeFactory()

    assert Unit.objects.get().office == office


def test_an_actor_holds_the_post_that_was_asked_for():
    school = SchoolFactory()

    actor = ActorFactory(role=Role.SCHOOL_CLERK, unit=school)

    assert actor.holding.post.role == Role.SCHOOL_CLERK
    assert actor.holding.post.unit == school
    assert actor.member == actor.holding.member
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.CENTRAL_REGISTRAR, UnitKind.OFFICE),
        (Role.OFFICER, UnitKind.GROUP),
        (Role.TEACHER, UnitKind.SCHOOL),
    ],
)
def test_a_holding_finds_its_usual_unit(role, kind):
    holding = HoldingFactory(role=role)

    assert holding.post.unit.kind == kind
    assert Unit.objects.filter(kind=kind).count() == 1


def test_parts_of_one_office_share_it():
    office = OfficeFactory()

    group = GroupFactory(office=office)

    assert (group.office, group.parent) == (office, office)
