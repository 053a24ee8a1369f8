"""Notices, who has them in the bell, and what goes out to whom by which channel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.notifications.querysets import (
    DeliveryQuerySet,
    DigestQuerySet,
    NotificationQuerySet,
)
from portal.outbox.models import OutboxMessage

MEMBER = settings.AUTH_USER_MODEL
MAX_TITLE = 600
MAX_UNIT_TEXT = 300
MAX_OFFICE_TEXT = 200


class Channel(models.TextChoices):
    EMAIL = "email", "อีเมล"


class Notice(models.Model):
    """What one event has to say, written once for everybody it concerns."""

    message = models.OneToOneField(
        OutboxMessage, null=True, on_delete=models.SET_NULL, related_name="notice"
    )
    kind = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=MAX_TITLE)
    lines = models.JSONField(default=list)
    url = models.CharField(max_length=300, blank=True)
    unit_text = models.CharField(max_length=MAX_UNIT_TEXT, blank=True)
    office_text = models.CharField(max_length=MAX_OFFICE_TEXT, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "ข้อความแจ้ง"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="notice_subject")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Notification(models.Model):
    """A notice in the bell of one member."""

    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    recipient = models.ForeignKey(
        MEMBER, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "การแจ้งเตือน"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "recipient"], name="notification_unique")
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_recipient"),
            models.Index(
                fields=["recipient", "-id"],
                condition=models.Q(read_at__isnull=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.recipient_id}"

    def get_absolute_url(self) -> str:
        return reverse("notifications:open", args=[self.pk])

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


class UnreadCounter(models.Model):
    """How many notifications a member has not read; always equal to counting them."""

    member = models.OneToOneField(
        MEMBER, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    n = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "จำนวนที่ยังไม่อ่าน"

    def __str__(self) -> str:
        return f"{self.member_id}: {self.n}"


class Leased(models.Model):
    """Work that one worker at a time takes, for a while, by the database's clock."""

    channel = models.CharField(max_length=10, choices=Channel)
    claimed_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class DeliveryState(models.TextChoices):
    PENDING = "pending", "รอส่ง"
    LEASED = "leased", "กำลังส่ง"
    SENT = "sent", "ส่งแล้ว"
    FAILED = "failed", "ส่งไม่ได้"
    DEAD = "dead", "เลิกส่ง"
    WITHDRAWN = "withdrawn", "ไม่มีสิทธิ์แล้ว"
    EXPIRED = "expired", "เลยเวลา"
    SKIPPED = "skipped", "อ่านแล้ว ไม่ต้องส่ง"


class Delivery(Leased):
    """A notification on its way out to its recipient by one channel.

    One with `is_digest` waits for the morning mail of its recipient and is never sent alone.
    """

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    recipient = models.ForeignKey(
        MEMBER, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    is_digest = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    provider_ref = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "การส่ง"
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_unique"),
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(is_digest=False, state__in=["pending", "leased"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["recipient", "channel"],
                condition=models.Q(is_digest=True, state="pending"),
                name="delivery_for_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}"


class Digest(Leased):
    """The morning mail of one member: when the next one goes, and on which day the last one went.

    One row for ever, so that two workers can never make two mails of one morning.
    """

    member = models.ForeignKey(MEMBER, on_delete=models.CASCADE, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True)
    last_sent_on = models.DateField(null=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = "จดหมายสรุปตอนเช้า"
        constraints = [models.UniqueConstraint(fields=["member", "channel"], name="digest_unique")]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(due_at__isnull=False),
                name="digest_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.member_id}"
