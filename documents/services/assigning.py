"""A unit gives a letter to its people, to act on it or to know of it; they acknowledge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Min, OuterRef, QuerySet, Subquery

from documents.models import Arrival, ArrivalState, Assignment, AssignmentPurpose, Opening
from documents.policies import ASSIGNING_ROLES, can_assign
from documents.services.noting import note_deeds
from members.models import Member
from members.services import Actor, act_at
from portal.audit.services import record
from portal.core.clock import db_now, today
from portal.core.errors import DomainError, require
from portal.core.prepared import prepared
from portal.outbox.services import publish
from portal.search.services import refresh


@transaction.atomic
def assign_arrival(
    arrival: Arrival, *, assignees: Sequence[Member], note: str = "", by: Actor
) -> list[Assignment]:
    """The members named, all of this unit, have the letter with the note; the new ones are told.

    Who had it to know of it has it to act on now, and acknowledges again.
    """
    locked, actor = _locked(arrival, by, "ลงรับก่อน แล้วจึงมอบหมาย")
    if not assignees:
        raise DomainError("เลือกผู้รับมอบหมายอย่างน้อย 1 คน")
    _require_colleagues(locked, assignees, "มอบหมายได้เฉพาะบุคลากรของหน่วยงานนี้")
    now, words = db_now(), note.strip()
    told = []
    knowing = locked.assignments.filter(purpose=AssignmentPurpose.KNOW, assignee__in=assignees)
    for assignment in knowing.order_by("pk"):
        assignment.purpose = AssignmentPurpose.ACT
        assignment.note, assignment.acknowledged_at = words, None
        assignment.assigned_at, assignment.assigned_by = now, by.member
        assignment.save(
            update_fields=["purpose", "note", "acknowledged_at", "assigned_at", "assigned_by"]
        )
        told.append(assignment)
    told += _hand_out(locked, assignees, AssignmentPurpose.ACT, words, by)
    if not told:
        raise DomainError("มอบหมายให้ผู้ที่เลือกไว้แล้ว")
    return _tell("assigned", locked, told, actor)


@transaction.atomic
def circulate_arrival(
    arrival: Arrival, *, readers: Sequence[Member], note: str = "", by: Actor
) -> list[Assignment]:
    """The members named, all of this unit, have the letter to read; the new ones are told.

    แจ้งเวียน, the duty of who receives a circular (clause 32). Who has it already keeps it as it
    is, so that more people can be added at any time.
    """
    locked, actor = _locked(arrival, by, "ลงรับก่อน แล้วจึงแจ้งเวียน")
    if not readers:
        raise DomainError("เลือกผู้ที่ต้องทราบอย่างน้อย 1 คน")
    _require_colleagues(locked, readers, "แจ้งเวียนได้เฉพาะบุคลากรของหน่วยงานนี้")
    made = _hand_out(locked, readers, AssignmentPurpose.KNOW, note.strip(), by)
    if not made:
        raise DomainError("แจ้งเวียนให้ผู้ที่เลือกไว้แล้วทุกคน")
    return _tell("circulated", locked, made, actor)


def _locked(arrival: Arrival, by: Actor, not_yet: str) -> tuple[Arrival, Actor]:
    """Return the received arrival under lock, and the actor in the post that may hand it out."""
    locked = Arrival.objects.select_related("unit", "letter").lock(arrival.pk)
    actor = act_at(by, [locked.unit_id], ASSIGNING_ROLES)
    require(can_assign(actor, locked))
    if locked.state != ArrivalState.RECEIVED:
        raise DomainError(not_yet)
    return locked, actor


def _require_colleagues(arrival: Arrival, members: Iterable[Member], problem: str) -> None:
    colleagues = set(Member.objects.holding(units=[arrival.unit_id]).values_list("pk", flat=True))
    if any(member.pk not in colleagues for member in members):
        raise DomainError(problem)


def _hand_out(
    arrival: Arrival, members: Sequence[Member], purpose: str, note: str, by: Actor
) -> list[Assignment]:
    """Write one row for each member who has none yet; the arrival is locked."""
    already = set(arrival.assignments.values_list("assignee_id", flat=True))
    now = db_now()
    return Assignment.objects.bulk_create(
        Assignment(
            arrival=arrival,
            assignee=member,
            purpose=purpose,
            note=note,
            assigned_at=now,
            assigned_by=by.member,
        )
        for member in sorted(set(members), key=lambda member: member.pk)
        if member.pk not in already
    )


def _tell(
    deed: str, arrival: Arrival, assignments: list[Assignment], actor: Actor
) -> list[Assignment]:
    note_deeds(arrival)
    record(
        f"arrival.{deed}",
        arrival,
        by=actor,
        assignees=[assignment.assignee_id for assignment in assignments],
    )
    publish(
        f"documents.arrival_{deed}",
        arrival,
        by=actor,
        assignments=[assignment.pk for assignment in assignments],
    )
    refresh(arrival.letter, by=actor)
    return assignments


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


# Who knows, and who does not ---------------------------------------------------------------------


def unread_of(arrival: Arrival) -> QuerySet[Assignment]:
    """Return what was circulated and is not acknowledged, for reminding; active members only."""
    return arrival.assignments.filter(
        purpose=AssignmentPurpose.KNOW, acknowledged_at__isnull=True, assignee__is_active=True
    ).select_related("assignee")


def with_reading(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Give each assignment when its member first opened the letter (`read_at`), from the log.

    Reading is a fact beside the acknowledgement: who opened it has not yet said that they know.
    """
    openings = (
        Opening.objects.filter(arrival=OuterRef("arrival"), member=OuterRef("assignee"))
        .order_by()
        .values("arrival")
        .annotate(first=Min("at"))
        .values("first")
    )
    return assignments.annotate(read_at=Subquery(openings))


@dataclass(frozen=True)
class Reader:
    """One line of the list of who has to know (บัญชีแจ้งเวียน)."""

    assignment: Assignment
    read_at: datetime | None

    @property
    def assignee(self) -> Member:
        return self.assignment.assignee

    @property
    def acknowledged_at(self) -> datetime | None:
        return self.assignment.acknowledged_at

    @property
    def is_read_only(self) -> bool:
        """The letter was opened, and nobody has said that they know."""
        return self.read_at is not None and self.acknowledged_at is None


def readers_of(arrival: Arrival) -> list[Reader]:
    """Return everybody who has the letter in this unit, who does not know first, by name."""
    rows = with_reading(arrival.assignments.select_related("assignee"))
    readers = [Reader(row, getattr(row, "read_at", None)) for row in rows]
    return sorted(readers, key=lambda one: (one.acknowledged_at is not None, str(one.assignee)))


def people_of(unit: int) -> list[Member]:
    """Return whoever holds a post in the unit today: to whom it may give a letter."""
    return _people(unit, today())


@prepared
def _people(unit: int, day: date) -> QuerySet[Member]:
    return Member.objects.holding(units=[unit], on=day)
