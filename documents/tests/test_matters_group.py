"""A matter in its group, by the services: handed out, taken on, given back, answered, closed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import (
    Letter,
    LetterState,
    MatterState,
    RegisterEntry,
    StepKind,
)
from documents.services.drafting import save_draft
from documents.services.handling import (
    accept_matter,
    assign_matter,
    begin_reply,
    close_matter,
    reopen_matter,
    return_matter,
)
from documents.services.routing import (
    endorse_matter,
    route_matter,
)
from documents.tests.factories import send
from documents.tests.matter_factories import (
    action_of,
    assigned,
    closed,
    complete,
    endorsed,
    from_outside,
    in_hand,
    kinds_of,
    proposed,
    routed,
)
from members.models import Role
from members.tests.factories import ActorFactory
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError, InvalidTransition
from portal.core.thaidates import short_date
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


# In the group -----------------------------------------------------------------------------------


def test_the_group_assigns_and_the_officer_takes_it_on(house):
    due_at = timezone.now() + timedelta(days=2)

    matter = assign_matter(
        routed(house), officer=house.officer.member, text="ด่วน", due_at=due_at, by=house.clerk
    )
    assert (matter.state, matter.officer, matter.due_at) == (
        MatterState.ASSIGNED,
        house.officer.member,
        due_at,
    )
    taken = accept_matter(matter, by=house.officer)

    assert taken.state == MatterState.IN_HAND
    assert kinds_of(taken)[-2:] == [StepKind.ASSIGNED, StepKind.ACCEPTED]
    assert published("documents.matter_assigned") == 1


def test_only_people_of_the_group_are_assigned_by_its_desk(house):
    matter = routed(house)

    with pytest.raises(DomainError, match="คนในกลุ่มนี้"):
        assign_matter(matter, officer=house.other_clerk.member, by=house.head)
    for stranger in (house.officer, house.other_clerk, house.registrar, house.director):
        with pytest.raises(PermissionDenied):
            assign_matter(matter, officer=house.officer.member, by=stranger)


def test_it_goes_one_desk_back_with_a_reason(house):
    matter = assigned(house)

    with pytest.raises(DomainError, match="เหตุผล"):
        return_matter(matter, reason=" ", by=house.officer)
    back = return_matter(matter, reason="เป็นงานของคุณสมศรี", by=house.officer)
    assert (back.state, back.officer) == (MatterState.ROUTED, None)
    with pytest.raises(PermissionDenied):
        return_matter(back, reason="ไม่ใช่", by=house.officer)
    registry = return_matter(back, reason="เป็นงานของกลุ่มอื่น", by=house.head)

    assert registry.state == MatterState.RECEIVED
    again = route_matter(registry, main_unit=house.other_group, by=house.registrar)
    rows = again.routings.values_list("unit", "is_main")
    assert sorted(rows) == sorted([(house.group.pk, False), (house.other_group.pk, True)])
    assert not again.routings.filter(is_main=False, acknowledged_at__isnull=True).exists()


def test_somebody_else_may_be_assigned_while_it_is_in_hand(house):
    other = ActorFactory(role=Role.OFFICER, unit=house.group)

    matter = assign_matter(in_hand(house), officer=other.member, by=house.head)

    assert (matter.state, matter.officer) == (MatterState.ASSIGNED, other.member)
    with pytest.raises(PermissionDenied):
        accept_matter(matter, by=house.officer)


# Answered and closed ----------------------------------------------------------------------------


def test_a_reply_is_drafted_with_what_is_known_and_answers_when_it_is_numbered(house):
    matter = in_hand(house)
    asked = matter.letter

    draft = begin_reply(matter, key=uuid4(), by=house.officer)
    assert (draft.subject, draft.answers, draft.owner_unit) == (asked.subject, matter, house.group)
    assert draft.audience_rule == {"units": [house.school.pk]}
    reference = draft.references.get()
    assert reference.to_letter == asked
    assert asked.number_text in reference.text
    matter.refresh_from_db()
    assert matter.state == MatterState.IN_HAND

    reply = send(complete(draft, house.officer), by=house.registrar, key=uuid4())

    matter.refresh_from_db()
    assert (matter.state, matter.settled_at) == (MatterState.ANSWERED, reply.sent_at)
    words = f"ที่ {reply.number_text} ลงวันที่ {short_date(reply.dated_on)}"
    assert action_of(matter) == f"มอบ{house.group.name} · ตอบแล้ว {words}"
    assert reply.arrivals.get().unit == house.school
    assert history_of(matter)[-1] == "matter.answered"


def test_a_reply_to_somebody_outside_is_numbered_and_sent_to_nobody_here(house):
    matter = from_outside(house.registrar)
    route_matter(matter, main_unit=house.group, by=house.registrar)
    draft = begin_reply(matter, key=uuid4(), by=house.head)
    save_draft(draft, version=draft.version, changes={"addressee": "ผู้ว่าราชการจังหวัด"}, by=house.head)
    draft.refresh_from_db()

    reply = send(complete(draft, house.head), by=house.registrar, key=uuid4())

    assert (reply.state, reply.arrivals.count()) == (LetterState.SENT, 0)
    assert RegisterEntry.objects.get(letter=reply).to_text == "ผู้ว่าราชการจังหวัด"
    matter.refresh_from_db()
    assert matter.state == MatterState.ANSWERED


def test_the_same_button_begins_one_reply(house):
    matter, key = in_hand(house), uuid4()

    drafts = {begin_reply(matter, key=key, by=house.officer).pk for _ in range(2)}

    assert len(drafts) == 1
    assert Letter.objects.get(pk=drafts.pop()).references.count() == 1


def test_a_reply_sent_after_closing_is_linked_and_reopens_nothing(house):
    matter = in_hand(house)
    draft = complete(begin_reply(matter, by=house.officer), house.officer)
    close_matter(matter, result="แจ้งแล้ว", by=house.officer)

    send(draft, by=house.registrar, key=uuid4())

    matter.refresh_from_db()
    assert matter.state == MatterState.CLOSED
    assert kinds_of(matter)[-1] == StepKind.ANSWERED


def test_officer_or_head_close_with_a_result(house):
    matter = in_hand(house)

    with pytest.raises(DomainError, match="ผลการดำเนินการ"):
        close_matter(matter, result="", by=house.officer)
    with pytest.raises(PermissionDenied):
        close_matter(matter, result="ปิด", by=house.clerk)
    done = close_matter(matter, result="แจ้งโรงเรียนแล้ว", by=house.head)

    assert done.state == MatterState.CLOSED
    assert action_of(done) == f"มอบ{house.group.name} · ปิดเรื่อง: แจ้งโรงเรียนแล้ว"
    with pytest.raises(InvalidTransition):
        close_matter(matter, result="อีกครั้ง", by=house.head)


def test_a_settled_matter_is_taken_up_again_with_a_reason(house):
    matter = closed(house)

    with pytest.raises(PermissionDenied):
        reopen_matter(matter, reason="โรงเรียนขอเพิ่ม", by=house.officer)
    with pytest.raises(DomainError, match="เหตุผล"):
        reopen_matter(matter, reason="", by=house.registrar)
    again = reopen_matter(matter, reason="โรงเรียนขอเพิ่ม", by=house.registrar)

    assert (again.state, again.officer, again.result) == (MatterState.ROUTED, None, "")
    assert [step.text for step in again.steps.all()][-2:] == [
        "แจ้งโรงเรียนทางโทรศัพท์แล้ว",
        "โรงเรียนขอเพิ่ม",
    ]


def test_what_was_filed_at_once_is_reopened_at_the_registry(house):
    filed = endorse_matter(proposed(house), text="ทราบ", by=house.director)

    assert reopen_matter(filed, reason="ต้องตอบ", by=house.registrar).state == MatterState.RECEIVED


def test_an_order_gives_the_deadline(house):
    due_at = timezone.now() + timedelta(days=5)

    assert endorsed(house, due_at=due_at).due_at == due_at
