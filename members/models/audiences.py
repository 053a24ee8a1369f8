"""Whom something is for: saved rules, and recipients as they stood."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from members.domain import AudienceRule, InvalidRule
from members.models.people import Member
from members.models.units import Unit
from members.querysets import AudienceQuerySet


class Audience(models.Model):
    """A saved group of recipients: a rule that names whom it means today."""

    owner_unit = models.ForeignKey(
        Unit, verbose_name="เจ้าของ", on_delete=models.CASCADE, related_name="audiences"
    )
    name = models.CharField("ชื่อกลุ่มผู้รับ", max_length=200)
    rule = models.JSONField("เงื่อนไข", default=dict)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = "กลุ่มผู้รับ"
        verbose_name_plural = "กลุ่มผู้รับ"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_unit", "name"],
                name="audience_name_unique",
                violation_error_message="หน่วยงานนี้มีกลุ่มผู้รับชื่อนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a rule that is not one, or that names nobody."""
        try:
            rule = AudienceRule.parse(self.rule)
        except InvalidRule as error:
            raise ValidationError({"rule": "เงื่อนไขของกลุ่มผู้รับไม่ถูกต้อง"}) from error
        if rule.is_empty:
            raise ValidationError({"rule": "เลือกผู้รับอย่างน้อยหนึ่งรายการ"})


class AudienceSnapshot(models.Model):
    """The recipients as they stood when the confirmation page was shown; never changed.

    `recipients` is a list of `[unit_id, member_id or null]`, sorted and distinct. `standing` says
    what they rested on: while that is the same, the rule means the same (see `AudienceMove`).
    """

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rule = models.JSONField(default=dict)
    recipients = models.JSONField(default=list)
    standing = models.JSONField(null=True)
    total = models.PositiveIntegerField()
    summary = models.CharField(max_length=300)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.summary


class AudienceMove(models.Model):
    """A unit, a post, a holder, a person or a saved group was changed: audiences may have moved.

    PostgreSQL writes the row itself, in the transaction of the change and by whatever way it
    comes (`members/checks.py`). Nobody waits for it, as one would for a counter; those who see
    the same rows see the same units, posts, holders and groups.
    """

    at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return str(self.at)
