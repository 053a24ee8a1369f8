"""Who finds people and units, by what, and what their pages show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from members.models import Member, Role, Unit
from members.resources import find_member, find_unit
from members.services import (
    end_holding,
    find_by_posts_of_today,
    import_schools,
    save_holding,
    save_member,
    save_post,
    save_unit,
)
from members.services.importing import SchoolRow
from members.tests.factories import HoldingFactory, MemberFactory
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.resources import resource_for, scopes_of
from portal.outbox.services import drain
from portal.search.domain import read_query
from portal.search.services import find_things
from tests.world import ANONYMOUS, ROLES

pytestmark = pytest.mark.django_db


def found(typed, member):
    """Let the worker work, and return the titles that the member finds."""
    drain("test")
    hits = find_things(read_query(typed), member=member).hits
    return ["".join(piece.text for piece in hit.title) for hit in hits]


@pytest.mark.parametrize("role", [role for role in ROLES if role != ANONYMOUS])
def test_whoever_sees_a_person_or_unit_has_a_scope_of_it(world, role):
    """The index may be wider than the gate, never narrower."""
    reader = world.members[role]
    scopes = scopes_of(reader)

    people = list(Member.objects.visible_to(reader))
    units = list(Unit.objects.visible_to(reader))

    assert people
    assert [person for person in people if not find_member(person).scopes & scopes] == []
    assert [unit for unit in units if not find_unit(unit).scopes & scopes] == []


def test_a_new_colleague_is_found_by_name_and_post(world):
    officer = world.members["officer"]
    person = save_member(Member(username="malee", first_name="มาลี", last_name="ทะเลน้อย"), by=SYSTEM)
    assert found("ทะเลน้อย", officer) == []

    holding = HoldingFactory.build(member=person, post=None)
    holding.post = HoldingFactory(unit=world.group, role=Role.OFFICER).post
    holding.post.title = "นักทรัพยากรบุคคล"
    save_post(holding.post, changes=["title"], by=SYSTEM)
    save_holding(holding, by=SYSTEM)

    assert found("ทะเลน้อย", officer) == ["มาลี ทะเลน้อย"]
    assert "มาลี ทะเลน้อย" in found("ทรัพยากรบุคคล", officer)
    assert found("ทะเลน้อย", world.members["other-registrar"]) == []


def test_who_left_is_not_found_by_the_post_any_more(world, clock):
    holding = HoldingFactory(
        unit=world.group, role=Role.OFFICER, member__last_name="ทะเลน้อย", post__title="นิติกร"
    )
    save_member(holding.member, by=SYSTEM)
    assert len(found("นิติกร", holding.member)) == 1

    end_holding(holding, on=today(), by=SYSTEM)
    assert len(found("นิติกร", holding.member)) == 1

    tomorrow = today() + timedelta(days=1)
    clock(tomorrow.year, tomorrow.month, tomorrow.day, 0, 30)
    find_by_posts_of_today(by=SYSTEM)
    assert found("นิติกร", holding.member) == []
    assert len(found("ทะเลน้อย", holding.member)) == 1


def test_who_is_switched_off_is_not_found(world):
    person = HoldingFactory(unit=world.group, member__last_name="ทะเลน้อย").member
    save_member(person, by=SYSTEM)
    assert len(found("ทะเลน้อย", world.members["officer"])) == 1

    person.is_active = False
    save_member(person, changes=["is_active"], by=SYSTEM)

    assert found("ทะเลน้อย", world.members["officer"]) == []


def test_a_school_with_a_new_name_is_found_by_it_and_so_are_its_people(world):
    officer, school = world.members["officer"], world.school
    school.name = "โรงเรียนบ้านปากพะเนียด"
    save_unit(school, changes=["name"], by=SYSTEM)
    assert {"โรงเรียนบ้านปากพะเนียด", str(world.members["teacher"])} <= set(
        found("ปากพะเนียด", officer)
    )

    school.name = "โรงเรียนวัดโคกม่วง"
    save_unit(school, changes=["name"], by=SYSTEM)

    assert found("ปากพะเนียด", officer) == []
    assert "โรงเรียนวัดโคกม่วง" in found("โคกม่วง", officer)


def test_imported_schools_are_found_by_their_place(world):
    row = SchoolRow(2, "โรงเรียนบ้านช่องฟืน", "เกาะหมาก", "ปากพะยูน", "พัทลุง", code8="93010001")

    import_schools([row], office=world.office, by=SYSTEM)

    officer = world.members["officer"]
    assert found("เกาะหมาก", officer) == ["โรงเรียนบ้านช่องฟืน"]
    assert found("93010001", officer) == ["โรงเรียนบ้านช่องฟืน"]
    assert "อำเภอปากพะยูน" in found("ปากพะยูน", officer)


@pytest.mark.parametrize("kind", ["members.member", "members.unit"])
def test_finding_one_or_three_asks_as_often(world, kind, django_assert_num_queries):
    resource = resource_for(kind)
    things = resource.with_parts(resource.model.objects.all())

    for count in (1, 3):
        with django_assert_num_queries(2 if kind == "members.member" else 1):
            assert len([resource.find(thing) for thing in things.order_by("pk")[:count]]) == count


# Their pages -------------------------------------------------------------------------------------


def person_page(client, reader, person):
    client.force_login(reader)
    return client.get(reverse("members:person", args=[person.pk])).content.decode()


def test_own_telephone_is_for_the_person_and_the_same_unit(client, world):
    clerk = world.members["school-clerk"]
    clerk.phone, clerk.email = "081-000-0001", "clerk@example.go.th"
    clerk.save(update_fields=["phone", "email"])
    world.school.phone = "074-000-002"
    world.school.save(update_fields=["phone"])

    def sees(role):
        text = person_page(client, world.members[role], clerk)
        assert "074-000-002" in text
        return ("081-000-0001" in text, "clerk@example.go.th" in text)

    assert sees("school-clerk") == sees("teacher") == (True, True)
    assert sees("officer") == sees("other-clerk") == sees("director") == (False, False)


def test_posts_in_other_offices_are_not_shown(client, world):
    clerk = world.members["school-clerk"]
    HoldingFactory(member=clerk, unit=world.other_office, post__title="ที่ปรึกษา")

    text = person_page(client, world.members["officer"], clerk)

    assert world.school.name in text
    assert "ที่ปรึกษา" not in text
    assert "ที่ปรึกษา" in person_page(client, clerk, clerk)


def test_a_unit_shows_its_people_and_what_lies_in_it(client, world):
    client.force_login(world.members["teacher"])

    school = client.get(reverse("members:unit", args=[world.school.pk])).content.decode()
    office = client.get(reverse("members:unit", args=[world.office.pk])).content.decode()

    assert str(world.members["school-director"]) in school
    assert reverse("members:unit", args=[world.office.pk]) in school
    assert reverse("members:unit", args=[world.group.pk]) in office
    assert reverse("members:unit", args=[world.school.pk]) not in office


@pytest.mark.parametrize("many", [1, 3])
def test_a_unit_with_many_people_asks_as_often(client, world, many, django_assert_max_num_queries):
    for _ in range(many):
        HoldingFactory(unit=world.school, member=MemberFactory())
    client.force_login(world.members["teacher"])
    url = reverse("members:unit", args=[world.school.pk])
    client.get(url)

    with django_assert_max_num_queries(7):
        client.get(url)
