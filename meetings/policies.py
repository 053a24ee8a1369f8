"""Rights of meetings: what a post, or a person of the meeting, may do. Never asks states."""

from __future__ import annotations

from meetings.models import Attendance, Meeting, Series, Task
from meetings.querysets.meetings import STAFF_ROLES
from members.models import Role, Unit
from members.services import Actor

HEAD_ROLES = frozenset({Role.DIRECTOR, Role.GROUP_HEAD, Role.SCHOOL_DIRECTOR})


def _role(actor: Actor) -> str:
    return actor.holding.post.role if actor.holding else ""


def _unit_id(actor: Actor) -> int | None:
    return actor.holding.post.unit_id if actor.holding else None


def can_call(actor: Actor, unit: Unit) -> bool:
    """Whoever works in an office, a group or a school calls meetings of the unit of their post."""
    return _role(actor) in STAFF_ROLES and _unit_id(actor) == unit.pk


def _keeps(actor: Actor, thing: Meeting | Series) -> bool:
    """Chair, secretary and who called it keep a meeting; so does the head of its unit."""
    is_head = _role(actor) in HEAD_ROLES and _unit_id(actor) == thing.unit_id
    own = actor.member.pk in {thing.chair_id, thing.secretary_id, thing.created_by_id}
    return bool(actor.member.is_active and (own or is_head))


def can_manage(actor: Actor, meeting: Meeting) -> bool:
    return _keeps(actor, meeting)


def can_answer(actor: Actor, attendance: Attendance) -> bool:
    """Everybody answers and checks in for themselves."""
    return bool(attendance.member_id == actor.member.pk)


def can_do(actor: Actor, task: Task) -> bool:
    """The assignee reports on a task; whoever keeps the meeting may do it for them."""
    return task.assignee_id == actor.member.pk or can_manage(actor, task.resolution.meeting)


def can_take_notes(actor: Actor, meeting: Meeting) -> bool:
    """Whoever is invited to a meeting or keeps it writes a note of it, and on its map."""
    member = actor.member
    takes_part = Meeting.objects.of(member).filter(pk=meeting.pk)
    return bool(member.is_active and takes_part.exists())
