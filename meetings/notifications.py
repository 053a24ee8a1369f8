"""What meetings tell the portal's members."""

from __future__ import annotations

from django.db.models import QuerySet

from meetings.models import Answer, Attendance, Meeting, MeetingState, Task
from members.models import Member, Unit
from members.services import office_holidays
from portal.core.clock import db_now
from portal.core.thaidates import short_date, short_datetime
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage


def _speaker(unit: Unit) -> Office:
    office = unit.office or unit
    return Office(office.label, office_holidays(office))


class MeetingKind(Kind):
    """News about a meeting for whoever is of it; its office speaks."""

    icon = "users"

    def meeting(self, message: OutboxMessage) -> Meeting:
        return Meeting.objects.select_related("unit__office").get(pk=message.subject_pk)

    def office(self, message: OutboxMessage) -> Office:
        return _speaker(self.meeting(message).unit)

    def attendances(self, message: OutboxMessage) -> QuerySet[Attendance]:
        return Attendance.objects.filter(meeting=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        coming = self.attendances(message).exclude(answer=Answer.DECLINED)
        return Member.objects.active().filter(pk__in=coming.values("member"))

    def compose(self, meeting: Meeting, title: str, *lines: str) -> Text:
        place = meeting.place or ("ประชุมออนไลน์" if meeting.online_url else "")
        when = f"เมื่อ: {short_datetime(meeting.starts_at)}"
        return Text(
            title=f"{title}: {meeting}",
            lines=[line for line in (*lines, when, place and f"ที่: {place}") if line],
            url=meeting.get_absolute_url(),
            unit_text=meeting.unit.label,
        )


@register
class MeetingInvited(MeetingKind):
    """Somebody is invited to a meeting."""

    key = "meetings.invited"
    label = "เชิญประชุม"

    def attendances(self, message: OutboxMessage) -> QuerySet[Attendance]:
        return super().attendances(message).filter(pk__in=message.data["attendances"])

    def text(self, message: OutboxMessage) -> Text:
        return self.compose(self.meeting(message), "เชิญประชุม")

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.meeting(message).state == MeetingState.PLANNED


@register
class MeetingChanged(MeetingKind):
    """Time or place of a meeting changed, or it takes place after all."""

    key = "meetings.changed"
    label = "เปลี่ยนนัดประชุม"
    icon = "calendar-clock"

    def text(self, message: OutboxMessage) -> Text:
        return self.compose(self.meeting(message), "เปลี่ยนนัดประชุม")

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.meeting(message).state == MeetingState.PLANNED


@register
class MeetingCancelled(MeetingKind):
    """A meeting does not take place."""

    key = "meetings.cancelled"
    label = "งดประชุม"
    icon = "undo-2"

    def text(self, message: OutboxMessage) -> Text:
        meeting = self.meeting(message)
        return self.compose(meeting, "งดประชุม", f"เหตุผล: {meeting.cancel_reason}")

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.meeting(message).state == MeetingState.CANCELLED


@register
class MeetingTomorrow(MeetingKind):
    """A meeting is on the next working day."""

    key = "meetings.tomorrow"
    label = "ใกล้วันประชุม"
    icon = "clock"

    def text(self, message: OutboxMessage) -> Text:
        return self.compose(self.meeting(message), "ใกล้วันประชุม")

    def is_still_true(self, message: OutboxMessage) -> bool:
        meeting = self.meeting(message)
        return meeting.state == MeetingState.PLANNED and meeting.starts_at > db_now()


class TaskKind(Kind):
    """News about a task, for the one who has it."""

    icon = "circle-check"

    def task(self, message: OutboxMessage) -> Task:
        rows = Task.objects.select_related("resolution__meeting__unit__office", "assignee")
        return rows.get(pk=message.subject_pk)

    def office(self, message: OutboxMessage) -> Office:
        return _speaker(self.task(message).resolution.meeting.unit)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return Member.objects.active().filter(pk=self.task(message).assignee_id)

    def compose(self, task: Task, title: str, *lines: str) -> Text:
        meeting = task.resolution.meeting
        return Text(
            title=f"{title}: {task.title}",
            lines=[*lines, f"ภายใน: {short_date(task.due_on)}", f"จาก: {meeting}"],
            url=task.get_absolute_url(),
            unit_text=meeting.unit.label,
        )


@register
class TaskGiven(TaskKind):
    """A task was given to somebody, or its day was moved."""

    key = "meetings.task_given"
    label = "งานจากที่ประชุม"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return super().recipients(message).filter(pk=message.data["assignee"])

    def text(self, message: OutboxMessage) -> Text:
        return self.compose(self.task(message), "มอบงานให้ท่าน")

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.task(message).is_open


@register
class TaskDue(TaskKind):
    """A task is due on the next working day, or fell due."""

    key = "meetings.task_due"
    label = "งานใกล้ครบกำหนด"
    icon = "clock"

    def text(self, message: OutboxMessage) -> Text:
        return self.compose(self.task(message), "ใกล้ครบกำหนด")

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.task(message).is_open


@register
class TaskEnded(TaskKind):
    """A task was done or will not be; who keeps the meeting should know."""

    key = "meetings.task_ended"
    label = "งานเสร็จแล้ว"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        task = self.task(message)
        meeting = task.resolution.meeting
        keepers = {meeting.chair_id, meeting.secretary_id} - {message.member_id}
        return Member.objects.active().filter(pk__in=keepers)

    def text(self, message: OutboxMessage) -> Text:
        task = self.task(message)
        return self.compose(
            task, task.get_state_display(), f"ผู้รับผิดชอบ: {task.assignee}", f"ผล: {task.result[:200]}"
        )

    def is_still_true(self, message: OutboxMessage) -> bool:
        return not self.task(message).is_open
