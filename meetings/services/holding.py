"""Open a meeting and close its minutes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from meetings.models import Meeting, MeetingState, Presence, Series
from meetings.services.standing import as_keeper
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import bangkok, be_year, db_now
from portal.core.errors import DomainError
from portal.search.services import refresh


@transaction.atomic
def open_meeting(meeting: Meeting, *, opened_at: datetime | None = None, by: Actor) -> Meeting:
    """The meeting began; one of a series has the next number of its year, and no other has it."""
    if meeting.series_id:
        # The series is the queue: two meetings that open at once are numbered one after the other.
        Series.objects.lock(meeting.series_id)
    locked = Meeting.objects.lock(meeting.pk)
    actor = as_keeper(by, locked)
    now = db_now()
    opened_at = opened_at or now
    if locked.on > bangkok(now).date():
        raise DomainError("ยังไม่ถึงวันประชุม เปิดประชุมได้ในวันประชุม")
    locked.move_to(MeetingState.HELD)
    locked.opened_at = opened_at
    if locked.series_id:
        locked.be_year = be_year(locked.starts_at)
        locked.number = _next_number(locked)
    locked.save(update_fields=["state", "opened_at", "be_year", "number"])
    record("meeting.opened", locked, by=actor, number=locked.number, be_year=locked.be_year)
    refresh(locked, by=actor)
    return locked


def _next_number(meeting: Meeting) -> int:
    numbered = Meeting.objects.filter(series=meeting.series_id, be_year=meeting.be_year)
    return int(numbered.aggregate(last=Max("number"))["last"] or 0) + 1


def missing_for_closing(meeting: Meeting) -> list[str]:
    """Return what the minutes still lack, in sentences; empty when they can be closed."""
    missing = []
    unmarked = meeting.attendances.filter(presence=Presence.UNKNOWN).count()
    if unmarked:
        missing.append(f"ยังไม่ได้ลงว่ามาหรือไม่มา {unmarked} คน")
    without = meeting.resolutions.filter(is_for_information=False, tasks__isnull=True)
    numbers = list(without.order_by("number").values_list("number", flat=True))
    if numbers:
        named = ", ".join(str(number) for number in numbers)
        missing.append(f"มติที่ {named} ยังไม่มีงาน มอบงาน หรือทำเครื่องหมายว่าเป็นมติเพื่อทราบ")
    return missing


@transaction.atomic
def close_meeting(meeting: Meeting, *, ended_at: datetime, by: Actor) -> Meeting:
    """The minutes are closed: nothing in them changes but by a correction with its reason."""
    locked = Meeting.objects.lock(meeting.pk)
    actor = as_keeper(by, locked)
    if not locked.can_move_to(MeetingState.CLOSED):
        locked.move_to(MeetingState.CLOSED)
    missing = missing_for_closing(locked)
    if missing:
        raise DomainError(" · ".join(missing))
    if locked.opened_at and ended_at <= locked.opened_at:
        raise DomainError("เวลาเลิกประชุมต้องหลังเวลาเริ่มประชุม")
    locked.move_to(MeetingState.CLOSED)
    locked.ended_at = ended_at
    locked.closed_at = db_now()
    locked.save(update_fields=["state", "ended_at", "closed_at"])
    record("meeting.closed", locked, by=actor)
    refresh(locked, by=actor)
    return locked
