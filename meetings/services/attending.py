"""Answer an invitation, check in, and mark who came."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from meetings.models import Answer, Attendance, Meeting, MeetingState, Presence
from meetings.policies import can_answer
from meetings.services.calling import invite
from meetings.services.standing import as_keeper
from members.models import Member, Unit
from members.querysets import MemberQuerySet
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError, require


def colleagues_of(attendance: Attendance) -> MemberQuerySet:
    """Return who may come instead: people of the same units who are not invited themselves."""
    units = Unit.objects.held_by(attendance.member)
    people: MemberQuerySet = Member.objects.holding(units=units.values("pk"))
    invited = Attendance.objects.filter(meeting=attendance.meeting_id).exclude(
        stands_for=attendance
    )
    return people.exclude(pk__in=invited.values("member"))


@transaction.atomic
def answer_invitation(
    attendance: Attendance,
    *,
    answer: str,
    answer_reason: str = "",
    stand_in: Member | None = None,
    by: Actor,
) -> Attendance:
    """The invited person comes, or does not with the reason; a stand-in is invited instead."""
    meeting = Meeting.objects.select_related("unit").lock(attendance.meeting_id)
    row = Attendance.objects.select_related("member").lock(attendance.pk)
    require(can_answer(by, row))
    if meeting.state != MeetingState.PLANNED:
        raise DomainError("ตอบรับได้ก่อนเปิดประชุมเท่านั้น")
    declines = answer == Answer.DECLINED
    if declines and not (answer_reason.strip() or stand_in):
        raise DomainError("บอกเหตุผล หรือเลือกผู้มาแทน")
    if stand_in is not None and not declines:
        raise DomainError("ผู้มาแทนใช้เมื่อไม่เข้าร่วมเท่านั้น")
    if stand_in is not None and not colleagues_of(row).filter(pk=stand_in.pk).exists():
        raise DomainError("เลือกผู้มาแทนจากหน่วยงานของท่านที่ยังไม่ได้รับเชิญ")
    row.answer = answer
    row.answer_reason = answer_reason.strip() if declines else ""
    row.answered_at = db_now()
    row.save(update_fields=["answer", "answer_reason", "answered_at"])
    record("attendance.answered", row, by=by, answer=str(answer))
    others = row.stand_ins.exclude(member=stand_in) if stand_in else row.stand_ins.all()
    others.filter(presence=Presence.UNKNOWN).delete()
    if stand_in and not row.stand_ins.filter(member=stand_in).exists():
        invite(meeting, [stand_in], stands_for=row, by=by)
    return row


@transaction.atomic
def check_in(attendance: Attendance, *, by: Actor) -> Attendance:
    """The person is here; only on the meeting's day. A second time changes nothing."""
    meeting = Meeting.objects.lock(attendance.meeting_id)
    row = Attendance.objects.lock(attendance.pk)
    require(can_answer(by, row))
    now = db_now()
    if meeting.state not in {MeetingState.PLANNED, MeetingState.HELD} or not meeting.is_on(now):
        raise DomainError("ลงชื่อเข้าประชุมได้ในวันประชุม ก่อนปิดรายงาน")
    if row.presence != Presence.CAME:
        _mark(row, Presence.CAME, "", by=by)
        record("attendance.checked_in", row, by=by)
    return row


@transaction.atomic
def mark_attendances(
    meeting: Meeting, *, marks: Mapping[int, tuple[str, str]], by: Actor
) -> list[Attendance]:
    """Each attendance named (by pk) is marked: came, or absent with the reason."""
    locked = Meeting.objects.lock(meeting.pk)
    actor = as_keeper(by, locked)
    if locked.state != MeetingState.HELD:
        raise DomainError("ลงการมาประชุมได้หลังเปิดประชุม ก่อนปิดรายงาน")
    changed = []
    for row in locked.attendances.lock_all().filter(pk__in=marks):
        presence, reason = marks[row.pk]
        reason = reason.strip() if presence == Presence.ABSENT else ""
        if (row.presence, row.absence_reason) != (presence, reason):
            _mark(row, presence, reason, by=actor)
            changed.append(row)
    if changed:
        record(
            "meeting.attendance_marked",
            locked,
            by=actor,
            marks={str(row.pk): str(row.presence) for row in changed},
        )
    return changed


def _mark(row: Attendance, presence: str, reason: str, *, by: Actor) -> None:
    row.presence = presence
    row.absence_reason = reason
    row.marked_at = db_now()
    row.marked_by = by.member
    row.save(update_fields=["presence", "absence_reason", "marked_at", "marked_by"])
