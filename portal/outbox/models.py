"""What is to be done after a commit: one row per thing, and the row is the work."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from portal.outbox.querysets import OutboxQuerySet


class OutboxState(models.TextChoices):
    WAITING = "waiting", "รอทำ"
    LEASED = "leased", "กำลังทำ"
    DONE = "done", "เสร็จ"
    DEAD = "dead", "หยุด"


class OutboxMessage(models.Model):
    """One deed's consequence, written with the deed and carried out by a worker.

    `attempts` counts the claims, `losses` those in a row of which nothing was heard again: a row
    that kills its worker is put aside before it kills them all.
    """

    topic = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Null and not empty: most rows have no key, and only keys are unique.
    unique_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - see above
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.WAITING)
    claimed_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

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
            models.Index(fields=["id"], condition=models.Q(state="dead"), name="outbox_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"

    @property
    def subject_pk(self) -> int:
        """The pk of what this message is about; ValueError when it is about nothing."""
        if self.subject_id is None:
            raise ValueError(f"{self} is about nothing")
        return self.subject_id
