"""Keeping people, units, posts and holidays: what is stored, and what the history says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from members.models import Holding, Holiday, Member, Post, Role, Unit, UnitKind
from members.services import (
    Actor,
    end_holding,
    office_holidays,
    remove_holiday,
    save_holding,
    save_holiday,
    save_member,
    save_post,
    save_unit,
)
from members.tests.factories import (
    PASSWORD,
    ActorFactory,
    ClusterFactory,
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    HolidayFactory,
    MemberFactory,
    OfficeFactory,
    PostFactory,
    SchoolFactory,
)
from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(office):
    return ActorFactory(role=Role.ADMINISTRATOR, unit=office)


def history():
    """The lines of the history, as (action, what changed)."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "data"))


# Units ----------------------------------------------------------------------------------------


def test_a_changed_unit_says_what_it_was(office, administrator):
    school = SchoolFactory(office=office, name="โรงเรียนบ้านนา", pupils=90)
    school.name, school.pupils, school.phone = "โรงเรียนบ้านนาใหม่", 95, "0 7469 1000"

    save_unit(school, changes=["name", "pupils"], by=administrator)

    school.refresh_from_db()
    assert (school.name, school.pupils, school.phone) == ("โรงเรียนบ้านนาใหม่", 95, "")
    assert history() == [
        ("unit.changed", {"name": ["โรงเรียนบ้านนา", "โรงเรียนบ้านนาใหม่"], "pupils": [90, 95]})
    ]


def test_a_unit_that_did_not_change_says_nothing(office, administrator):
    school = SchoolFactory(office=office)

    save_unit(school, changes=["name", "pupils"], by=administrator)

    assert history() == []


def test_a_new_unit_says_what_it_is(office, administrator):
    district = DistrictFactory(office=office)
    school = Unit(kind=UnitKind.SCHOOL, office=office, name="โรงเรียนวัดโตนด", district=district)

    save_unit(school, by=administrator)

    (action, said), *rest = history()
    assert (action, rest) == ("unit.added", [])
    assert said["name"] == "โรงเรียนวัดโตนด"
    assert said["district"] == district.pk


def test_the_history_keeps_the_capacity_of_the_deed(office, administrator):
    save_unit(Unit(kind=UnitKind.GROUP, office=office, name="กลุ่มใหม่"), by=administrator)

    entry = AuditEntry.objects.get()
    assert entry.member == administrator.member
    assert entry.holding_id == administrator.holding.pk
    assert entry.capacity == str(administrator.holding)


def test_only_the_owner_founds_an_office(administrator):
    founded = save_unit(Unit(kind=UnitKind.OFFICE, name="สพป.ใหม่"), by=SYSTEM)

    assert founded.office == founded
    with pytest.raises(PermissionDenied):
        save_unit(Unit(kind=UnitKind.OFFICE, name="สพป.อีกแห่ง"), by=administrator)


def test_a_unit_cannot_be_moved_to_an_office_one_does_not_administer(office, administrator):
    school = SchoolFactory(office=office)
    school.office = OfficeFactory()

    with pytest.raises(PermissionDenied):
        save_unit(school, changes=["office"], by=administrator)


def test_a_unit_of_another_office_is_not_ones_business(administrator):
    theirs = SchoolFactory()
    theirs.name = "เปลี่ยน"

    with pytest.raises(PermissionDenied):
        save_unit(theirs, changes=["name"], by=administrator)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (lambda o: {"district": ClusterFactory(office=o)}, "เลือกหน่วยงานประเภทอำเภอ"),
        (lambda o: {"cluster": DistrictFactory(office=o)}, "เลือกหน่วยงานประเภทกลุ่มเครือข่าย"),
        (lambda o: {"district": DistrictFactory()}, "เลือกหน่วยงานในสำนักงานเดียวกัน"),
        (lambda o: {"parent": GroupFactory()}, "เลือกหน่วยงานในสำนักงานเดียวกัน"),
        (
            lambda o: {"opened_on": date(2026, 5, 2), "closed_on": date(2026, 5, 1)},
            "วันยุบเลิกต้องไม่ก่อนวันตั้ง",
        ),
        (lambda o: {"code8": SchoolFactory(office=o).code8}, "มีหน่วยงานที่ใช้รหัส 8 หลักนี้แล้ว"),
    ],
)
def test_a_unit_that_contradicts_itself_is_refused(office, administrator, wrong, complaint):
    school = SchoolFactory(office=office)
    changes = wrong(office)
    for name, value in changes.items():
        setattr(school, name, value)

    with pytest.raises(DomainError, match=complaint):
        save_unit(school, changes=changes, by=administrator)


def test_two_offices_may_use_the_same_code(office):
    SchoolFactory(office=office, code8="93020001")

    assert SchoolFactory(code8="93020001").pk


# People ---------------------------------------------------------------------------------------


def test_a_new_member_signs_in_with_the_password_and_small_letters(office, administrator):
    member = Member(
        username="Suda.C",
        first_name="สุดา",
        last_name="ชูแก้ว",
        email="Suda@Example.ORG",
        office=office,
    )

    save_member(member, password=PASSWORD, by=administrator)

    stored = Member.objects.get(username="suda.c")
    assert stored.check_password(PASSWORD)
    assert stored.email == "suda@example.org"


def test_a_new_member_without_a_password_cannot_sign_in(office, administrator):
    member = Member(username="new", first_name="ใหม่", last_name="มา", office=office)

    save_member(member, by=administrator)

    assert not Member.objects.get(username="new").has_usable_password()


def test_no_password_enters_the_history(office, administrator):
    member = MemberFactory(office=office, first_name="เดิม")
    member.first_name = "ใหม่"

    save_member(member, changes=["first_name"], password="another-lotus-2569", by=administrator)

    assert history() == [("member.changed", {"first_name": ["เดิม", "ใหม่"], "password": True})]
    member.refresh_from_db()
    assert member.check_password("another-lotus-2569")


def test_the_same_name_in_capitals_is_the_same_name(office, administrator):
    MemberFactory(username="suda")

    with pytest.raises(DomainError, match="มีชื่อผู้ใช้นี้แล้ว"):
        save_member(
            Member(username="SUDA", first_name="สุดา", last_name="อื่น", office=office),
            by=administrator,
        )


def test_the_database_refuses_the_same_name_in_capitals():
    MemberFactory(username="suda")

    with pytest.raises(IntegrityError), transaction.atomic():
        MemberFactory(username="Suda")


def test_an_address_that_was_replaced_opens_nothing_any_more(office, administrator):
    member = MemberFactory(office=office, email="old@example.org")
    EmailAddress.objects.create(user=member, email="old@example.org", verified=True, primary=True)
    member.email = "new@example.org"

    save_member(member, changes=["email"], by=administrator)

    assert not EmailAddress.objects.filter(user=member).exists()


def test_an_administrator_keeps_only_the_accounts_of_the_own_office(administrator):
    for member in (MemberFactory(office=OfficeFactory()), MemberFactory(office=None)):
        member.first_name = "เปลี่ยน"
        with pytest.raises(PermissionDenied):
            save_member(member, changes=["first_name"], by=administrator)


def test_an_administrator_never_touches_the_owners_account(office, administrator):
    owner = MemberFactory(office=office, is_superuser=True)

    with pytest.raises(PermissionDenied):
        save_member(owner, password="stolen-lotus-2569", by=administrator)
    owner.is_superuser = False
    with pytest.raises(PermissionDenied):
        save_member(owner, changes=["is_superuser"], by=administrator)


def test_an_administrator_makes_no_owners(office, administrator):
    member = MemberFactory(office=office)
    member.is_superuser = True

    with pytest.raises(PermissionDenied):
        save_member(member, changes=["is_superuser"], by=administrator)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.CENTRAL_REGISTRAR, Role.TEACHER])
def test_other_roles_keep_nothing(office, role):
    actor = ActorFactory(role=role, unit=office)

    with pytest.raises(PermissionDenied):
        save_unit(SchoolFactory(office=office), changes=["name"], by=actor)
    with pytest.raises(PermissionDenied):
        save_member(MemberFactory(office=office), changes=["email"], by=actor)
    with pytest.raises(PermissionDenied):
        save_post(PostFactory(unit=office), changes=["title"], by=actor)
    with pytest.raises(PermissionDenied):
        save_holding(HoldingFactory(unit=office), changes=["to_on"], by=actor)
    with pytest.raises(PermissionDenied):
        save_holiday(HolidayFactory(office=office), changes=["name"], by=actor)
    with pytest.raises(PermissionDenied):
        end_holding(HoldingFactory(unit=office), on=today(), by=actor)


def test_the_owner_acts_without_any_post(office):
    owner = Actor(member=MemberFactory(is_superuser=True))

    save_unit(Unit(kind=UnitKind.GROUP, office=office, name="กลุ่มใหม่"), by=owner)

    assert AuditEntry.objects.get().member == owner.member


# Posts and holdings ---------------------------------------------------------------------------


def test_posts_and_holdings_say_what_changed(office, administrator):
    post = save_post(
        Post(unit=office, title="สารบรรณกลาง", role=Role.CENTRAL_REGISTRAR), by=administrator
    )
    member = MemberFactory(office=office)
    holding = save_holding(
        Holding(member=member, post=post, from_on=date(2026, 10, 1)), by=administrator
    )
    holding.to_on = date(2027, 9, 30)

    save_holding(holding, changes=["to_on"], by=administrator)

    assert [action for action, _ in history()] == [
        "post.added",
        "holding.added",
        "holding.changed",
    ]
    assert history()[-1][1] == {"to_on": [None, "2027-09-30"]}


def test_a_holding_ends_with_its_last_day(office, administrator):
    holding = HoldingFactory(unit=office)

    end_holding(holding, on=today(), by=administrator)

    holding.refresh_from_db()
    assert holding.to_on == today()
    assert history() == [("holding.ended", {"to_on": [None, today().isoformat()]})]


def test_a_holding_cannot_end_before_it_began(office, administrator):
    holding = HoldingFactory(unit=office, from_on=today())

    with pytest.raises(DomainError, match="วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม"):
        end_holding(holding, on=today() - timedelta(days=1), by=administrator)


@pytest.mark.parametrize(
    ("from_on", "to_on", "overlaps"),
    [
        (date(2026, 1, 1), None, True),
        (date(2026, 5, 31), date(2026, 5, 31), True),
        (date(2026, 6, 1), None, False),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2025, 1, 1), None, True),
    ],
)
def test_nobody_holds_the_same_post_twice_on_one_day(
    office, administrator, from_on, to_on, overlaps
):
    held = HoldingFactory(unit=office, from_on=date(2026, 1, 1), to_on=date(2026, 5, 31))
    again = Holding(member=held.member, post=held.post, from_on=from_on, to_on=to_on)

    if not overlaps:
        assert save_holding(again, by=administrator).pk
        return
    with pytest.raises(DomainError, match="ครองตำแหน่งนี้อยู่แล้ว"):
        save_holding(again, by=administrator)


def test_two_people_may_hold_one_post(office, administrator):
    held = HoldingFactory(unit=office)

    save_holding(
        Holding(member=MemberFactory(office=office), post=held.post, from_on=held.from_on),
        by=administrator,
    )

    assert Holding.objects.current().filter(post=held.post).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_holding_saved_by_eight_at_once_is_one_holding(race):
    office = OfficeFactory()
    administrator = ActorFactory(role=Role.ADMINISTRATOR, unit=office)
    member, post = MemberFactory(office=office), PostFactory(unit=office)

    results = race(
        8,
        lambda number: save_holding(
            Holding(member=member, post=post, from_on=date(2026, 10, 1)), by=administrator
        ),
    )

    assert Holding.objects.filter(member=member, post=post).count() == 1
    assert sum(isinstance(result, DomainError) for result in results) == 7


# Holidays -------------------------------------------------------------------------------------


def test_an_office_knows_its_own_holidays(office, administrator):
    save_holiday(Holiday(office=office, on=date(2026, 12, 7), name="วันหยุดชดเชย"), by=administrator)
    HolidayFactory(on=date(2026, 12, 10))

    assert office_holidays(office) == frozenset({date(2026, 12, 7)})


def test_a_holiday_that_is_removed_leaves_its_trace(office, administrator):
    holiday = HolidayFactory(office=office, on=date(2026, 12, 7), name="วันหยุดชดเชย")

    remove_holiday(holiday, by=administrator)

    assert office_holidays(office) == frozenset()
    assert history() == [("holiday.removed", {"on": "2026-12-07", "name": "วันหยุดชดเชย"})]


def test_the_same_day_is_closed_only_once(office, administrator):
    HolidayFactory(office=office, on=date(2026, 12, 7))

    with pytest.raises(DomainError, match="มีวันหยุดของวันนี้แล้ว"):
        save_holiday(Holiday(office=office, on=date(2026, 12, 7), name="ซ้ำ"), by=administrator)
