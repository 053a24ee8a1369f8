"""The registers: books and their lines, never changed, never deleted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.letters import Letter
from documents.querysets import (
    RegisterBookQuerySet,
    RegisterEntryQuerySet,
)
from members.models import Holding, Unit

MEMBER = settings.AUTH_USER_MODEL


class Series(models.TextChoices):
    IN = "in", "ทะเบียนรับ"
    OUT = "out", "ทะเบียนส่ง"
    CIRCULAR = "circular", "ทะเบียนส่ง หนังสือเวียน (ว)"


class RegisterBook(models.Model):
    """A register of one unit, one series and one Buddhist year."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="register_books")
    series = models.CharField(max_length=10, choices=Series)
    be_year = models.PositiveSmallIntegerField()
    start_number = models.PositiveIntegerField(default=1)
    last_number = models.PositiveIntegerField(default=0)

    objects = RegisterBookQuerySet.as_manager()

    class Meta:
        ordering = ["-be_year", "unit", "series"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "series", "be_year"], name="book_unique"),
            models.CheckConstraint(
                condition=models.Q(series__in=Series.values), name="book_series_known"
            ),
            models.CheckConstraint(
                condition=models.Q(start_number__gte=1), name="book_starts_at_one_or_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_series_display()} {self.be_year} {self.unit.label}"

    def get_absolute_url(self) -> str:
        return reverse("documents:register", args=[self.pk])


class RegisterEntry(models.Model):
    """One line of a register (forms 13 and 14); its number is never changed nor used again."""

    book = models.ForeignKey(RegisterBook, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, null=True, on_delete=models.PROTECT, related_name="+")
    letter = models.ForeignKey(
        Letter, null=True, on_delete=models.PROTECT, related_name="register_entries"
    )
    letter_number = models.CharField("ที่", max_length=80, blank=True)
    letter_dated_on = models.DateField("ลงวันที่", null=True)
    from_text = models.CharField("จาก", max_length=300, blank=True)
    to_text = models.CharField("ถึง", max_length=300, blank=True)
    subject = models.CharField("เรื่อง", max_length=500, blank=True)
    subject_search = models.CharField(max_length=700, blank=True)
    action_text = models.CharField("การปฏิบัติ", max_length=500, blank=True)
    remarks = models.CharField("หมายเหตุ", max_length=500, blank=True)

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="entry_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="entry_number_positive"),
        ]

    def __str__(self) -> str:
        return str(self.number)
