"""What is to be done after a commit: the row is the work."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class OutboxState(models.TextChoices):
    WAITING = "waiting", "รอทำ"
    LEASED = "leased", "กำลังทำ"
    DONE = "done", "เสร็จ"
    DEAD = "dead", "หยุด"


class OutboxMessage(models.Model):
    """One deed's consequence, written with the deed and carried out by a worker."""

    topic = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    unique_key = models.CharField(max_length=120, null=True, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING
    )
    claimed_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OutboxState.values), name="outbox_state_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["waiting", "leased"]),
                name="outbox_due",
            ),
            models.Index(fields=["topic", "subject_id"], name="outbox_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"
