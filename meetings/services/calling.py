"""Call a meeting, change it, invite to it, cancel it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from meetings.models import Attendance, CancelCause, Meeting, MeetingState
from meetings.policies import can_call
from meetings.querysets.meetings import STAFF_ROLES
from meetings.services.standing import as_keeper, invitees
from members.models import Holding, Member, Unit
from members.services import Actor, act_at, read_rule
from portal.audit.services import record
from portal.core.actors import Actor as AnyActor
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.seen import require_as_seen
from portal.core.thaitext import tidy
from portal.outbox.services import publish
from portal.search.services import refresh

MOST_PEOPLE = 500
DETAILS = ("title", "starts_at", "ends_at", "place", "online_url", "chair", "secretary")


class PeopleChanged(DomainError):
    """The people whom the rule means are no longer those who were shown."""


@transaction.atomic
def create_meeting(
    unit: Unit,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    chair: Member,
    secretary: Member | None = None,
    place: str = "",
    online_url: str = "",
    rule: dict[str, Any] | None = None,
    key: UUID | None = None,
    by: Actor,
) -> Meeting:
    """The unit has a planned meeting to which nobody is invited yet; same key: the same meeting."""
    actor = act_at(by, [unit.pk], STAFF_ROLES)
    require(can_call(actor, unit))
    _check_times(starts_at, ends_at)
    body = [unit.pk, title, starts_at, ends_at, chair.pk, secretary and secretary.pk, place]
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return Meeting.objects.get(pk=done.result["meeting"])
        meeting = Meeting.objects.create(
            unit=unit,
            title=tidy(title).strip(),
            starts_at=starts_at,
            ends_at=ends_at,
            chair=chair,
            secretary=secretary,
            place=tidy(place).strip(),
            online_url=online_url,
            rule={"groups": [unit.pk]} if rule is None else read_rule(rule).to_json(),
            created_by=by.member,
            created_at=db_now(),
        )
        done.result = {"meeting": meeting.pk}
    record("meeting.called", meeting, by=actor, starts_at=starts_at.isoformat())
    refresh(meeting, by=actor)
    return meeting


@transaction.atomic
def change_meeting(meeting: Meeting, *, seen: str = "", by: Actor, **details: Any) -> Meeting:
    """The planned meeting has the new details; those invited are told of a new time or place.

    Overtaken when it no longer reads as the page showed it (`seen`).
    """
    locked = Meeting.objects.select_related("unit").lock(meeting.pk)
    actor = as_keeper(by, locked)
    if not locked.is_planned:
        raise DomainError("แก้ได้เฉพาะการประชุมที่ยังไม่เปิด")
    require_as_seen(locked, DETAILS, seen)
    changed = [
        name for name in DETAILS if name in details and getattr(locked, name) != details[name]
    ]
    if not changed:
        return locked
    old = {name: _plain(getattr(locked, name)) for name in changed}
    for name in changed:
        setattr(locked, name, details[name])
    _check_times(locked.starts_at, locked.ends_at)
    locked.is_edited = True
    locked.save(update_fields=[*changed, "is_edited"])
    new: dict[str, Any] = {name: [old[name], _plain(getattr(locked, name))] for name in changed}
    record("meeting.changed", locked, by=actor, **new)
    if locked.invited_at and {"starts_at", "ends_at", "place", "online_url"} & set(changed):
        publish("meetings.changed", locked, by=actor)
    refresh(locked, by=actor)
    return locked


@transaction.atomic
def choose_people(meeting: Meeting, *, rule: dict[str, Any], by: Actor) -> Meeting:
    """The meeting is for whom the rule means; nobody is told until they are invited."""
    locked = Meeting.objects.select_related("unit").lock(meeting.pk)
    actor = as_keeper(by, locked)
    _still_open(locked)
    locked.rule = read_rule(rule).to_json()
    locked.save(update_fields=["rule"])
    record("meeting.people_chosen", locked, by=actor, rule=locked.rule)
    return locked


def to_invite(meeting: Meeting) -> list[Member]:
    """Return whom the rule means now and who are not invited yet."""
    already = set(meeting.attendances.values_list("member_id", flat=True))
    return [member for member in invitees(meeting) if member.pk not in already]


@transaction.atomic
def invite_people(
    meeting: Meeting, *, expected: Sequence[int] | None = None, by: Actor
) -> list[Attendance]:
    """Whom the rule means now is invited and told; who was invited before stays.

    `expected` are the persons who were shown: when others are meant by now, PeopleChanged.
    """
    locked = Meeting.objects.select_related("unit__office").lock(meeting.pk)
    actor = as_keeper(by, locked)
    _still_open(locked)
    people = to_invite(locked)
    if expected is not None and {member.pk for member in people} != set(expected):
        raise PeopleChanged("รายชื่อเปลี่ยนไปจากที่แสดง ตรวจรายชื่ออีกครั้งแล้วกดเชิญ")
    if not people:
        raise DomainError("ทุกคนที่เลือกได้รับเชิญแล้ว")
    return invite(locked, people, by=actor)


def invite(
    meeting: Meeting,
    people: Sequence[Member],
    *,
    stands_for: Attendance | None = None,
    by: AnyActor,
) -> list[Attendance]:
    """These people have an invitation to the locked meeting, in their post of today, and know."""
    if len(people) > MOST_PEOPLE:
        raise DomainError(f"เชิญครั้งละไม่เกิน {MOST_PEOPLE} คน")
    now = db_now()
    capacities = _capacities(people, meeting.unit)
    made = Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            member=member,
            capacity=capacities.get(member.pk, ""),
            stands_for=stands_for,
            invited_at=now,
        )
        for member in people
    )
    if meeting.invited_at is None:
        meeting.invited_at = now
        meeting.save(update_fields=["invited_at"])
    record("meeting.invited", meeting, by=by, members=[row.member_id for row in made])
    publish("meetings.invited", meeting, by=by, attendances=[row.pk for row in made])
    refresh(meeting, by=by)
    return made


@transaction.atomic
def withdraw_invitation(attendance: Attendance, *, by: Actor) -> None:
    """The person is no longer of the planned meeting, nor who was to come instead of them."""
    meeting = Meeting.objects.lock(attendance.meeting_id)
    actor = as_keeper(by, meeting)
    if not meeting.is_planned:
        raise DomainError("เปิดประชุมแล้ว ลงว่าไม่มาแทนการถอนชื่อ")
    row = Attendance.objects.filter(pk=attendance.pk).first()
    if row is None:
        return
    record("meeting.invitation_withdrawn", meeting, by=actor, member=row.member_id)
    row.stand_ins.all().delete()
    row.delete()
    refresh(meeting, by=actor)


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, by: Actor) -> Meeting:
    """The planned meeting does not take place; those invited are told why."""
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่งดประชุม")
    locked = Meeting.objects.lock(meeting.pk)
    actor = as_keeper(by, locked)
    return cancel(locked, cause=CancelCause.PERSON, reason=reason.strip(), by=actor)


def cancel(meeting: Meeting, *, cause: str, reason: str, by: AnyActor) -> Meeting:
    """The locked meeting is cancelled for this cause; who was invited is told."""
    meeting.move_to(MeetingState.CANCELLED)
    meeting.cancel_cause = cause
    meeting.cancel_reason = reason
    meeting.save(update_fields=["state", "cancel_cause", "cancel_reason"])
    record("meeting.cancelled", meeting, by=by, cause=str(cause), reason=reason)
    if meeting.invited_at:
        publish("meetings.cancelled", meeting, by=by)
    refresh(meeting, by=by)
    return meeting


@transaction.atomic
def restore_meeting(meeting: Meeting, *, by: Actor) -> Meeting:
    """The cancelled meeting takes place after all, if its time is still to come."""
    locked = Meeting.objects.lock(meeting.pk)
    actor = as_keeper(by, locked)
    if locked.starts_at < db_now():
        raise DomainError("เลยเวลาประชุมแล้ว เรียกประชุมใหม่แทน")
    return restore(locked, by=actor)


def restore(meeting: Meeting, *, by: AnyActor) -> Meeting:
    """The locked meeting is planned again; who was invited is told."""
    meeting.move_to(MeetingState.PLANNED)
    meeting.cancel_cause = meeting.cancel_reason = ""
    meeting.save(update_fields=["state", "cancel_cause", "cancel_reason"])
    record("meeting.restored", meeting, by=by)
    if meeting.invited_at:
        publish("meetings.changed", meeting, by=by)
    refresh(meeting, by=by)
    return meeting


def _capacities(people: Sequence[Member], unit: Unit) -> dict[int, str]:
    """Return the post of each person as it is called now; a post in the meeting's unit first."""
    held = (
        Holding.objects.current()
        .filter(member__in=people, post__unit__office=unit.office_id)
        .select_related("post__unit")
        .order_by("-post__sort_order", "-pk")
    )
    rows = sorted(held, key=lambda holding: holding.post.unit_id == unit.pk)
    return {holding.member_id: str(holding.post)[:300] for holding in rows}


def _still_open(meeting: Meeting) -> None:
    if meeting.state not in {MeetingState.PLANNED, MeetingState.HELD}:
        raise DomainError("เชิญได้เฉพาะการประชุมที่ยังไม่ปิดรายงานและไม่งด")


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise DomainError("เวลาเลิกต้องหลังเวลาเริ่ม")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.pk if isinstance(value, Member) else value
