"""A new password by a code that a colleague gave."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from members.models import Holding, Member, OneTimeCode, Role, Session
from members.policies import can_give_code
from members.services import give_code, use_code
from members.services.codes import TOO_OFTEN, WRONG
from members.services.failures import MOST_OF_A_NAME
from members.tests.factories import (
    PASSWORD,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
    acting,
)
from portal.audit.models import AuditEntry
from portal.core.clock import today
from portal.core.errors import DomainError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]

NEW = "new-lotus-2570"
HERE = "127.0.0.1"


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def clerk(school):
    return acting(HoldingFactory(role=Role.SCHOOL_CLERK, unit=school).member)


@pytest.fixture
def teacher(school):
    return HoldingFactory(
        role=Role.TEACHER, unit=school, member__username="malee", member__email="malee@example.org"
    ).member


def set_by(code, name="malee", password=NEW):
    return use_code(name=name, code=code, password=password, address=HERE)


@pytest.mark.parametrize("name", ["malee", " MALEE ", "Malee@Example.org"])
def test_a_code_sets_the_password_and_ends_what_was_open(client, clerk, teacher, name):
    client.force_login(teacher)
    code = give_code(teacher, by=clerk)

    set_by(f" {code.upper()} ", name=name)

    teacher.refresh_from_db()
    assert teacher.check_password(NEW)
    assert not Session.objects.filter(member=teacher).exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "member"))
    assert actions == [
        ("auth.code_given", clerk.member.pk),
        ("auth.sessions_ended", teacher.pk),
        ("auth.password_set", teacher.pk),
    ]


def test_only_a_hash_of_the_code_is_kept(clerk, teacher):
    code = give_code(teacher, by=clerk)

    row = OneTimeCode.objects.get()
    assert row.given_by == clerk.member
    assert code.replace("-", "") not in str(OneTimeCode.objects.values().get())
    assert code not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("why", ["used", "late", "replaced", "shut out", "other's", "mistyped"])
def test_a_code_that_counts_no_longer_is_refused_in_the_same_words(clerk, teacher, clock, why):
    clock(2026, 11, 20, 9, 0)
    code = give_code(teacher, by=clerk)
    name = "malee"
    if why == "used":
        set_by(code, password="another-lotus-2571")
    elif why == "late":
        clock(2026, 11, 20, 9, 31)
    elif why == "replaced":
        give_code(teacher, by=clerk)
    elif why == "shut out":
        Member.objects.filter(pk=teacher.pk).update(is_active=False)
    elif why == "other's":
        name = MemberFactory().username
    else:
        code = f"{code[:-1]}{'a' if code[-1] != 'a' else 'b'}"

    with pytest.raises(DomainError, match=re.escape(WRONG)):
        set_by(code, name=name)

    teacher.refresh_from_db()
    assert not teacher.check_password(NEW)


def test_codes_cannot_be_guessed_for_ever(clerk, teacher):
    code = give_code(teacher, by=clerk)
    for _ in range(MOST_OF_A_NAME):
        with pytest.raises(DomainError, match=re.escape(WRONG)):
            set_by("abcde-23456")

    with pytest.raises(DomainError, match=re.escape(TOO_OFTEN)):
        set_by(code)


def test_a_poor_password_leaves_the_code_for_a_better_one(clerk, teacher):
    code = give_code(teacher, by=clerk)

    with pytest.raises(DomainError):
        set_by(code, password="12345678")
    set_by(code)

    teacher.refresh_from_db()
    assert teacher.check_password(NEW)


def test_nobody_gets_in_who_was_shut_out(clerk, teacher):
    Member.objects.filter(pk=teacher.pk).update(is_active=False)

    with pytest.raises((DomainError, PermissionDenied)):
        give_code(Member.objects.get(pk=teacher.pk), by=clerk)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_CLERK])
@pytest.mark.parametrize("by", [Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR])
def test_the_desk_of_a_school_gives_codes_to_its_people(school, role, by):
    giver = acting(HoldingFactory(role=by, unit=school).member)

    assert can_give_code(giver, HoldingFactory(role=role, unit=school).member)
    assert not can_give_code(giver, HoldingFactory(role=role).member)


@pytest.mark.parametrize(
    ("by", "may"), [(Role.GROUP_CLERK, True), (Role.OFFICER, False), (Role.GROUP_HEAD, False)]
)
def test_in_a_group_it_is_the_clerk(by, may):
    group = GroupFactory()
    giver = acting(HoldingFactory(role=by, unit=group).member)

    assert can_give_code(giver, HoldingFactory(role=Role.OFFICER, unit=group).member) is may
    assert not can_give_code(giver, HoldingFactory(role=Role.GROUP_HEAD, unit=group).member)


@pytest.mark.parametrize(
    "why",
    [
        "director",
        "administrator",
        "owner",
        "back office",
        "second unit",
        "stand-in",
        "nobody",
        "self",
    ],
)
def test_a_clerk_opens_no_account_that_may_do_more_than_their_unit(school, clerk, teacher, why):
    member = teacher
    if why == "director":
        member = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school).member
    elif why == "administrator":
        HoldingFactory(role=Role.ADMINISTRATOR, unit=school.office, member=teacher)
    elif why in {"owner", "back office"}:
        member.is_superuser, member.is_staff = why == "owner", why == "back office"
    elif why == "second unit":
        HoldingFactory(role=Role.TEACHER, member=teacher)
    elif why == "stand-in":
        own = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school)
        Holding.objects.create(
            member=teacher,
            post=own.post,
            acting_for=own,
            phrase="in_charge",
            from_on=today(),
            to_on=today() + timedelta(days=1),
        )
    elif why == "nobody":
        member = MemberFactory()
    else:
        member = clerk.member

    assert not can_give_code(clerk, member)


def test_the_administrator_gives_codes_to_accounts_of_the_office(administrator, office):
    giver = acting(administrator)
    director = HoldingFactory(role=Role.DIRECTOR, unit=office, member__office=office).member
    stranger = MemberFactory(office=OfficeFactory())
    owner = MemberFactory(office=office, is_superuser=True)

    assert can_give_code(giver, director)
    assert not can_give_code(giver, stranger)
    assert not can_give_code(giver, owner)


def test_the_code_is_shown_once_and_opens_the_door(client, clerk, teacher):
    client.force_login(clerk.member)
    person = client.get(reverse("members:person", args=[teacher.pk])).content.decode()
    address = reverse("members:code-give", args=[teacher.pk])

    page = client.post(address)
    code = page.context["code"]
    again = client.get(address).content.decode()

    assert address in person
    assert code in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert code not in again
    client.logout()
    response = client.post(
        reverse("members:use-code"), {"name": "malee", "code": code, "password": NEW, "again": NEW}
    )
    assert response["Location"] == reverse("account_login")
    client.post(reverse("account_login"), {"login": "malee", "password": NEW})
    assert client.session["_auth_user_id"] == str(teacher.pk)


def test_the_form_says_what_is_wrong_and_gives_no_secret_back(client, teacher):
    url = reverse("members:use-code")

    different = client.post(
        url, {"name": "malee", "code": "abcde-23456", "password": NEW, "again": PASSWORD}
    )
    wrong = client.post(
        url, {"name": "malee", "code": "abcde-23456", "password": NEW, "again": NEW}
    )

    assert (different.status_code, wrong.status_code) == (422, 422)
    assert "รหัสผ่านสองช่องไม่เหมือนกัน" in different.content.decode()
    assert WRONG in wrong.content.decode()
    assert NEW not in wrong.content.decode()


def test_the_door_to_giving_is_shut_on_the_page_of_others(client, clerk):
    unit = clerk.holding.post.unit
    other = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=unit).member
    client.force_login(clerk.member)

    page = client.get(reverse("members:person", args=[other.pk]))

    assert page.status_code == 200
    assert reverse("members:code-give", args=[other.pk]) not in page.content.decode()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_a_code_that_two_use_at_once_is_used_once(clerk, teacher, race):
    code = give_code(teacher, by=clerk)

    results = race(4, lambda number: set_by(code, password=f"lotus-number-{number}"))

    assert len([one for one in results if isinstance(one, Member)]) == 1
    assert OneTimeCode.objects.get().used_at is not None
