"""Announcements, for whom they are, and who has said that they know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from members.models import AudienceSnapshot, Unit
from portal.announcements.querysets import (
    AcknowledgementQuerySet,
    AnnouncementQuerySet,
    RecipientQuerySet,
)
from portal.core.clock import today
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


class AnnouncementState(models.TextChoices):
    DRAFT = "draft", "ร่าง"
    PUBLISHED = "published", "เผยแพร่แล้ว"
    WITHDRAWN = "withdrawn", "ถอนแล้ว"
    DISCARDED = "discarded", "ทิ้งร่างแล้ว"


class Visibility(models.TextChoices):
    RECIPIENTS = "recipients", "เฉพาะผู้รับ"
    PUBLIC = "public", "ทุกคน เป็นข่าวบนหน้าแรกด้วย"


class Announcement(Stateful):
    """One message of a unit to an audience, shown from a day to a day."""

    TRANSITIONS = {
        AnnouncementState.DRAFT: {AnnouncementState.PUBLISHED, AnnouncementState.DISCARDED},
        AnnouncementState.DISCARDED: {AnnouncementState.DRAFT},
        AnnouncementState.PUBLISHED: {AnnouncementState.WITHDRAWN},
    }

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="announcements")
    author = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=AnnouncementState, default=AnnouncementState.DRAFT
    )
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    is_urgent = models.BooleanField(default=False)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.RECIPIENTS)
    needs_acknowledgement = models.BooleanField(default=False)
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    audience_rule = models.JSONField(default=dict, blank=True)
    snapshot = models.ForeignKey(
        AudienceSnapshot, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.CharField(max_length=300, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=AnnouncementState.values),
                name="announcement_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values),
                name="announcement_visibility_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "discarded"])
                | models.Q(published_at__isnull=False, from_on__isnull=False),
                name="announcement_published_has_day",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(from_on__isnull=True)
                | models.Q(until_on__gte=models.F("from_on")),
                name="announcement_days_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-saved_at"], name="announcement_unit"),
            models.Index(fields=["state", "-published_at"], name="announcement_published"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("announcements:announcement", args=[self.pk])

    @property
    def office(self) -> Unit:
        return self.unit.office or self.unit

    @property
    def is_draft(self) -> bool:
        return self.state == AnnouncementState.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == AnnouncementState.PUBLISHED

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC

    @property
    def is_over(self) -> bool:
        """Its last day has gone; it can be read, and is shown nowhere by itself."""
        return self.until_on is not None and self.until_on < today()

    @property
    def is_to_come(self) -> bool:
        return self.is_published and self.from_on is not None and self.from_on > today()

    @property
    def standing(self) -> str:
        """The state in one word for its own unit."""
        if self.is_to_come:
            return "รอวันแสดง"
        if self.is_published and self.is_over:
            return "พ้นกำหนดแสดง"
        return str(self.get_state_display())


class Recipient(models.Model):
    """A unit, or one person, to whom an announcement was sent."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, related_name="recipients"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "unit"],
                condition=models.Q(member__isnull=True),
                name="announcement_recipient_unit_unique",
            ),
            models.UniqueConstraint(
                fields=["announcement", "member"],
                condition=models.Q(member__isnull=False),
                name="announcement_recipient_member_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "announcement"], name="announcement_recipient_unit"),
        ]

    def __str__(self) -> str:
        return str(self.member or self.unit)


class Acknowledgement(models.Model):
    """A member has said once that they know."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    member = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "member"], name="acknowledgement_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.announcement_id}"
