"""What a meeting resolved, and who does it until when."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.urls import reverse

from meetings.models.meetings import AgendaItem, Meeting
from meetings.querysets.meetings import CorrectionQuerySet, ResolutionQuerySet, TaskQuerySet
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


class TaskState(models.TextChoices):
    OPEN = "open", "ยังไม่เสร็จ"
    DONE = "done", "ทำแล้ว"
    DROPPED = "dropped", "ไม่ได้ทำ"


class Resolution(models.Model):
    """มติ: what the meeting resolved on one item; numbered within the meeting.

    Its text is free until the minutes are closed, and changes afterwards only by a Correction.
    Every resolution has a task, or says that it is only to be known (`is_for_information`).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="resolutions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField("มติ")
    is_for_information = models.BooleanField("มติเพื่อทราบ ไม่ต้องมีงาน", default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="resolution_number_unique")
        ]

    def __str__(self) -> str:
        return f"มติที่ {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:resolution", args=[self.pk])


class Correction(models.Model):
    """A resolution was worded otherwise after the minutes were closed, and why."""

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="corrections")
    old_text = models.TextField()
    new_text = models.TextField("แก้เป็น")
    reason = models.CharField("เหตุผล", max_length=300)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.resolution_id} {self.made_at:%Y-%m-%d}"


class Task(Stateful):
    """What one person does until a day, because of one resolution."""

    TRANSITIONS = {
        TaskState.OPEN: {TaskState.DONE, TaskState.DROPPED},
        TaskState.DONE: {TaskState.OPEN},
        TaskState.DROPPED: {TaskState.OPEN},
    }

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField("งาน", max_length=300)
    assignee = models.ForeignKey(
        MEMBER, verbose_name="ผู้รับผิดชอบ", on_delete=models.PROTECT, related_name="meeting_tasks"
    )
    due_on = models.DateField("ภายใน")
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    result = models.TextField("ผล", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=TaskState.values), name="meeting_task_state_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_on", "id"],
                condition=models.Q(state="open"),
                name="meeting_task_open",
            ),
            models.Index(fields=["due_on", "id"], name="meeting_task_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:task", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on < today
