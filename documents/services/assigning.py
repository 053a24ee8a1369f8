"""A school gives a letter to its people; they acknowledge."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from documents.models import Arrival, ArrivalState, Assignment
from documents.policies import ASSIGNING_ROLES, can_assign
from members.models import Member
from members.services import Actor, act_at
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.outbox.services import publish
from portal.search.services import refresh


@transaction.atomic
def assign_arrival(
    arrival: Arrival, *, assignees: Sequence[Member], note: str = "", by: Actor
) -> list[Assignment]:
    """The members named, all of this unit, have the letter with the note; the new ones are told."""
    locked = Arrival.objects.select_related("unit", "letter").lock(arrival.pk)
    actor = act_at(by, [locked.unit_id], ASSIGNING_ROLES)
    require(can_assign(actor, locked))
    if locked.state != ArrivalState.RECEIVED:
        raise DomainError("ลงรับก่อน แล้วจึงมอบหมาย")
    if not assignees:
        raise DomainError("เลือกผู้รับมอบหมายอย่างน้อย 1 คน")
    colleagues = set(Member.objects.holding(units=[locked.unit_id]).values_list("pk", flat=True))
    if any(member.pk not in colleagues for member in assignees):
        raise DomainError("มอบหมายได้เฉพาะบุคลากรของหน่วยงานนี้")
    already = set(locked.assignments.values_list("assignee_id", flat=True))
    now = db_now()
    made = Assignment.objects.bulk_create(
        Assignment(
            arrival=locked,
            assignee=member,
            note=note.strip(),
            assigned_at=now,
            assigned_by=by.member,
        )
        for member in sorted(assignees, key=lambda member: member.pk)
        if member.pk not in already
    )
    if not made:
        raise DomainError("มอบหมายให้ผู้ที่เลือกไว้แล้ว")
    record(
        "arrival.assigned",
        locked,
        by=actor,
        assignees=[assignment.assignee_id for assignment in made],
    )
    publish(
        "documents.arrival_assigned",
        locked,
        by=actor,
        assignments=[assignment.pk for assignment in made],
    )
    refresh(locked.letter, by=actor)
    return made


@transaction.atomic
def acknowledge_assignment(assignment: Assignment, *, by: Actor) -> Assignment:
    """The assignee knows; the time is kept. A second time changes nothing."""
    locked = Assignment.objects.lock(assignment.pk)
    require(locked.assignee_id == by.member.pk)
    if locked.acknowledged_at is None:
        locked.acknowledged_at = db_now()
        locked.save(update_fields=["acknowledged_at"])
        record("assignment.acknowledged", locked, by=by)
    return locked
