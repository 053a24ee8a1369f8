"""In whose stead somebody acts: by an order, for a time, never further than who gave it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from members.models import ActingPhrase, Holding, Member, Role, Unit
from members.policies import can_administer
from members.services import (
    Order,
    act_at,
    actor_of,
    end_holding,
    give_delegation,
    save_member,
    withdraw_delegation,
)
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
    acting,
)
from portal.audit.models import AuditEntry
from portal.audit.services import history_of, record
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.errors import DomainError
from portal.notifications.kinds import kind_of
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


def day(days):
    return today() + timedelta(days=days)


def order(first=0, last=3, phrase=ActingPhrase.IN_CHARGE):
    return Order(phrase=phrase, number="125/2569", on=today(), from_on=day(first), to_on=day(last))


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def director(office):
    return HoldingFactory(role=Role.DIRECTOR, unit=office, post__title="ผู้อำนวยการ")


@pytest.fixture
def deputy(office):
    return HoldingFactory(role=Role.DEPUTY_DIRECTOR, unit=office)


def give(own, to, **times):
    return give_delegation(own, to=to.member, order=order(**times), by=acting(own.member))


def directs(member, office, on=None):
    """Answer whether the member holds the director's post that day, and so what it may."""
    return Member.objects.holding(units=[office.pk], roles=[Role.DIRECTOR], on=on).contains(member)


def test_the_stand_in_holds_the_post_from_the_first_to_the_last_day(director, deputy, office):
    give(director, deputy, first=1, last=3)

    held = [directs(deputy.member, office, day(n)) for n in range(5)]
    assert held == [False, True, True, True, False]


def test_the_post_begins_and_ends_at_midnight_in_bangkok(director, deputy, office, clock):
    clock(2026, 11, 20, 12, 0)
    give(director, deputy, first=1, last=1)

    moments = [(20, 23, 59), (21, 0, 0), (21, 23, 59), (22, 0, 0)]
    seen = []
    for on, hour, minute in moments:
        clock(2026, 11, on, hour, minute)
        seen.append(directs(deputy.member, office))
    assert seen == [False, True, True, False]


def test_both_hold_the_post_and_see_its_unit(director, deputy, office):
    school = HoldingFactory(role=Role.SCHOOL_CLERK, unit=SchoolFactory(office=office))
    head = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=school.post.unit)
    neighbour = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=SchoolFactory(office=office))

    give(head, neighbour)

    holders = Member.objects.holding(units=[school.post.unit_id], roles=[Role.SCHOOL_DIRECTOR])
    assert set(holders) == {head.member, neighbour.member}
    assert school.post.unit in Unit.objects.held_by(neighbour.member)


def test_ones_own_post_comes_first_and_the_other_is_chosen_by_the_deed(director, deputy, office):
    stand_in = give(director, deputy)

    actor = actor_of(deputy.member)
    assert actor.holding == deputy
    acted = act_at(actor, [office.pk], [Role.DIRECTOR])
    assert (acted.holding, acted.for_post) == (stand_in, director.post)
    assert actor.for_post is None


def test_the_history_names_both(director, deputy, office):
    give(director, deputy)
    actor = act_at(actor_of(deputy.member), [office.pk], [Role.DIRECTOR])

    record("unit.changed", office, by=actor)

    entry = AuditEntry.objects.get(action="unit.changed")
    assert entry.for_post_id == director.post_id
    assert entry.capacity == f"รักษาราชการแทนผู้อำนวยการ {office.label} ({director.member})"
    (deed,) = history_of(office, {"unit.changed": "แก้ไข"})
    assert str(deputy.member) in deed.who
    assert str(director.member) in deed.who


def test_the_person_is_told_and_a_form_sent_twice_gives_once(director, deputy, office):
    key = uuid4()
    given = {"to": deputy.member, "order": order(), "key": key, "by": acting(director.member)}

    first, second = give_delegation(director, **given), give_delegation(director, **given)

    assert first == second
    message = OutboxMessage.objects.get(topic="members.delegation_given")
    kind = kind_of(message.topic)
    assert list(kind.recipients(message)) == [deputy.member]
    assert "รักษาราชการแทนผู้อำนวยการ" in kind.text(message).title
    assert str(director.member) in kind.text(message).lines[0]
    assert AuditEntry.objects.filter(action="delegation.given").count() == 1


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"first": -1}, "ย้อนหลัง"),
        ({"first": 2, "last": 1}, "วันสุดท้าย"),
        ({"last": 11}, "ครองตำแหน่งนี้อยู่"),
    ],
)
def test_no_longer_than_the_giver_and_not_in_the_past(director, deputy, times, words):
    Holding.objects.filter(pk=director.pk).update(to_on=day(10))

    with pytest.raises(DomainError, match=words):
        give(director, deputy, **times)
    assert give(director, deputy, last=10).to_on == day(10)


def test_what_is_held_in_anothers_stead_is_not_given_on(director, deputy, office):
    officer = HoldingFactory(unit=GroupFactory(office=office))
    stand_in = give(director, deputy)

    with pytest.raises(DomainError, match="มอบต่อไม่ได้"):
        give_delegation(stand_in, to=officer.member, order=order(), by=acting(deputy.member))
    # Not even by a row that no service wrote.
    Holding.objects.create(
        member=officer.member,
        post=director.post,
        acting_for=stand_in,
        phrase=ActingPhrase.IN_CHARGE,
        from_on=today(),
        to_on=day(3),
    )
    assert not directs(officer.member, office)


def test_an_administrators_post_is_given_to_nobody(office):
    keeper = HoldingFactory(role=Role.ADMINISTRATOR, unit=office)
    officer = HoldingFactory(unit=office)

    with pytest.raises(DomainError, match="ผู้ดูแลระบบ"):
        give(keeper, officer)
    stand_in = Holding.objects.create(
        member=officer.member,
        post=keeper.post,
        acting_for=keeper,
        phrase=ActingPhrase.IN_CHARGE,
        from_on=today(),
        to_on=day(3),
    )
    assert not Unit.objects.administered_by(officer.member).exists()
    assert not can_administer(acting(officer.member).__class__(officer.member, stand_in), office)


@pytest.mark.parametrize("whom", ["stranger", "self", "shut out", "administrator"])
def test_only_people_of_the_office_stand_in(director, office, whom):
    people = {
        "stranger": HoldingFactory(role=Role.DEPUTY_DIRECTOR),
        "self": director,
        "shut out": HoldingFactory(unit=office, member__is_active=False),
        "administrator": HoldingFactory(role=Role.ADMINISTRATOR, unit=office),
    }

    with pytest.raises(DomainError, match="เขตนี้"):
        give(director, people[whom])


def test_only_who_holds_the_post_or_the_administrator_gives_and_takes_back(
    director, deputy, office
):
    clerk = HoldingFactory(role=Role.CENTRAL_REGISTRAR, unit=office)
    keeper = HoldingFactory(role=Role.ADMINISTRATOR, unit=office)

    with pytest.raises(PermissionDenied):
        give_delegation(director, to=deputy.member, order=order(), by=acting(clerk.member))
    stand_in = give_delegation(director, to=deputy.member, order=order(), by=acting(keeper.member))
    with pytest.raises(PermissionDenied):
        withdraw_delegation(stand_in, by=acting(deputy.member))
    withdraw_delegation(stand_in, by=acting(director.member))
    assert not directs(deputy.member, office)
    with pytest.raises(DomainError, match="สิ้นสุด"):
        withdraw_delegation(stand_in, by=acting(director.member))


def test_who_ends_takes_the_stand_in_along_at_once(director, deputy, office):
    give(director, deputy)
    assert directs(deputy.member, office)

    end_holding(director, by=SYSTEM)

    assert AuditEntry.objects.filter(action="holding.ended_at_once").count() == 1
    assert not directs(director.member, office)
    assert not directs(deputy.member, office)


def test_who_is_shut_out_takes_the_stand_in_along(director, deputy, office):
    give(director, deputy)
    director.member.is_active = False

    save_member(director.member, changes=["is_active"], by=SYSTEM)

    assert not directs(deputy.member, office)


def test_the_pages_give_show_and_take_back(client, director, deputy, office):
    client.force_login(director.member)
    page = client.get(reverse("members:delegation-new"))
    assert str(deputy.member) in page.content.decode()
    typed = {
        "key": page.context["form"]["key"].value(),
        "post": director.pk,
        "to": deputy.member_id,
        "phrase": "in_charge",
        "order_number": "125/2569",
        "order_on": str(today()),
        "from_on": str(today()),
        "to_on": str(day(3)),
        "remark": "",
    }

    refused = client.post(reverse("members:delegation-new"), typed | {"to_on": "พรุ่งนี้"})
    assert refused.status_code == 422
    assert "พรุ่งนี้" in refused.content.decode()
    assert client.post(reverse("members:delegation-new"), typed).status_code == 302

    stand_in = Holding.objects.get(acting_for=director)
    assert "ใช้อยู่" in client.get(reverse("members:delegations")).content.decode()
    client.force_login(deputy.member)
    assert str(director.member) in client.get(reverse("members:delegations")).content.decode()
    withdraw = reverse("members:delegation-withdraw", args=[stand_in.pk])
    assert client.post(withdraw).status_code == 404
    client.force_login(director.member)
    assert client.post(withdraw).status_code == 302
    assert "สิ้นสุดแล้ว" in client.get(reverse("members:delegations")).content.decode()
    again = client.post(withdraw)
    assert again.status_code == 422
    assert "สิ้นสุดไปแล้ว" in again.content.decode()


def test_who_has_no_post_has_nothing_to_give(client):
    client.force_login(MemberFactory())

    assert client.get(reverse("members:delegations")).status_code == 200
    assert client.get(reverse("members:delegation-new")).status_code == 403
