"""What participants write of a meeting: the one-page note, and the mind map."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from meetings.models.meetings import Meeting
from meetings.querysets.notes import MindMapQuerySet, NoteQuerySet

MEMBER = settings.AUTH_USER_MODEL


class Note(models.Model):
    """โน้ตหน้าเดียว: what one participant heard, thought, asked and wrote; private until shared.

    `tasks` are rows of task, who, by: words of the note, not the tasks of resolutions. `version`
    grows by one with each save. Without `asks_by_name` the room sees the questions alone.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="notes")
    writer = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="meeting_notes")
    heard = models.TextField("สุ ฟัง", blank=True)
    thought = models.TextField("จิ คิด", blank=True)
    asked = models.TextField("ปุ ถาม", blank=True)
    written = models.TextField("ลิ เขียน", blank=True)
    tasks = models.JSONField("งานที่ฉันรับหรือมอบ", default=list, blank=True)
    asks_by_name = models.BooleanField("แสดงชื่อกับคำถาม", default=True)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["shared_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "writer"], name="note_unique"),
        ]
        indexes = [
            models.Index(
                fields=["meeting", "shared_at", "id"],
                condition=models.Q(shared_at__isnull=False),
                name="note_shared",
            )
        ]

    def __str__(self) -> str:
        return f"โน้ตของ{self.writer}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:note-shared", args=[self.meeting_id, self.pk])

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None

    @property
    def questions(self) -> list[str]:
        """The questions of the box ปุ, one for each line."""
        return [line.strip() for line in self.asked.splitlines() if line.strip()]


class MindMap(models.Model):
    """แผนที่ความคิด: one tree of short texts; the meeting's own, or one participant's (`drawer`).

    `tree` has passed `meetings.domain.maps.clean_tree`. A participant's map is theirs alone.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="maps")
    drawer = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="mind_maps"
    )
    tree: models.JSONField[Any, Any] = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    objects = MindMapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(drawer__isnull=True),
                name="map_of_meeting_unique",
            ),
            models.UniqueConstraint(
                fields=["meeting", "drawer"],
                condition=models.Q(drawer__isnull=False),
                name="map_of_drawer_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"แผนที่ความคิด {self.meeting}"

    def get_absolute_url(self) -> str:
        name = "meetings:map" if self.drawer_id is None else "meetings:map-mine"
        return reverse(name, args=[self.meeting_id])
