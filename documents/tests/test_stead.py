"""Letters in somebody's stead: the signature says so, and nobody judges what they wrote."""

from datetime import timedelta

import pytest

from documents.models import LetterKind
from documents.services.drafting import create_letter
from documents.services.routing import endorse_matter
from documents.tests.matter_factories import proposed
from members.models import ActingPhrase, Role
from members.services import Order, act_at, actor_of, give_delegation
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db


def give(own, to, phrase=ActingPhrase.IN_CHARGE):
    day = today()
    order = Order(phrase, "125/2569", day, from_on=day, to_on=day + timedelta(days=3))
    return give_delegation(own, to=to, order=order, by=SYSTEM)


@pytest.fixture
def school(house):
    school = house.school
    school.name = "โรงเรียนบ้านนา"
    school.save(update_fields=["name"])
    return school


def begun(house):
    return create_letter(house.school, kind=LetterKind.EXTERNAL, by=house.school_clerk)


def test_a_schools_letter_is_signed_by_who_is_in_charge(house, school):
    head = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school)
    assert begun(house).signer_position == "ผู้อำนวยการโรงเรียนบ้านนา"
    teacher = HoldingFactory(role=Role.TEACHER, unit=school, post__title="ครูชำนาญการ")

    give(head, teacher.member)

    letter = begun(house)
    assert letter.signer_name == str(teacher.member)
    assert letter.signer_position == "ครูชำนาญการ รักษาราชการแทน\nผู้อำนวยการโรงเรียนบ้านนา"


def test_the_director_next_door_is_named_with_the_own_school(house, school):
    head = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school)
    next_door = SchoolFactory(office=house.office, name="โรงเรียนวัดทุ่ง")
    neighbour = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=next_door)

    give(head, neighbour.member)

    lines = begun(house).signer_position.splitlines()
    assert lines == ["ผู้อำนวยการโรงเรียนวัดทุ่ง รักษาราชการแทน", "ผู้อำนวยการโรงเรียนบ้านนา"]


def test_work_given_away_while_the_director_is_there_leaves_the_signature(house, school):
    head = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school)
    teacher = HoldingFactory(role=Role.TEACHER, unit=school)

    give(head, teacher.member, ActingPhrase.ON_BEHALF)

    assert begun(house).signer_name == str(head.member)


def test_an_order_in_the_directors_stead_says_so(house):
    give(house.director.holding, house.deputy.member)
    matter = proposed(house)
    deputy = act_at(actor_of(house.deputy.member), [house.office.pk], [Role.DIRECTOR])

    endorse_matter(matter, text="ดำเนินการ", main_unit=house.group, by=deputy)

    step = matter.steps.last()
    assert step.by == house.deputy.member
    assert step.post_text == f"รักษาราชการแทน{house.director.holding.post.title}"


def test_nobody_orders_in_anothers_stead_upon_what_they_wrote(house):
    give(house.director.holding, house.deputy.member)
    matter = proposed(house)
    letter = matter.arrival.letter
    letter.drafter = house.deputy.member
    letter.save(update_fields=["drafter"])
    deputy = act_at(actor_of(house.deputy.member), [house.office.pk], [Role.DIRECTOR])

    with pytest.raises(DomainError, match="ร่างหนังสือฉบับนี้เอง"):
        endorse_matter(matter, text="ดำเนินการ", main_unit=house.group, by=deputy)
    # The control: somebody else's word in the same post counts, and so does the director's own.
    letter.drafter = house.director.member
    letter.save(update_fields=["drafter"])
    endorse_matter(matter, text="ดำเนินการ", main_unit=house.group, by=house.director)
    assert matter.steps.last().by == house.director.member
