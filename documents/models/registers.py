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
    MEMO = "memo", "ทะเบียนบันทึกข้อความ"
    ORDER = "order", "ทะเบียนคำสั่ง"
    ANNOUNCEMENT = "announce", "ทะเบียนประกาศ"
    CERTIFICATE = "cert", "ทะเบียนหนังสือรับรอง"
    AWARD = "award", "ทะเบียนเกียรติบัตร"


# Books of one unit and year as they stand on its shelf: what comes in, what goes out, its own.
SHELF_ORDER = models.Case(
    *(models.When(series=series, then=place) for place, series in enumerate(Series.values))
)


class RegisterBook(models.Model):
    """A register of one unit, one series and one Buddhist year."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="register_books")
    series = models.CharField(max_length=10, choices=Series)
    be_year = models.PositiveSmallIntegerField()
    start_number = models.PositiveIntegerField(default=1)
    last_number = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField("ปิดทะเบียนเมื่อ", null=True, blank=True)
    closed_by = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_note = models.CharField("บันทึกการปิด", max_length=500, blank=True)

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


class EntryState(models.TextChoices):
    """Whether the number stands for something: used, reserved for later, or void with a reason."""

    USED = "used", "ใช้แล้ว"
    RESERVED = "reserved", "จองไว้"
    VOID = "void", "ยกเลิก"


class RegisterEntry(models.Model):
    """One line of a register (forms 13 and 14); its number is never changed nor used again.

    Numbers taken together (awards of one event) have one line each; `run_head` is the line of the
    first, whose `run_end` is the last number, and lists show the run as one line.
    """

    book = models.ForeignKey(RegisterBook, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.USED)
    run_head = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="run"
    )
    run_end = models.PositiveIntegerField(null=True, blank=True)
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
    voided_at = models.DateTimeField("ยกเลิกเมื่อ", null=True, blank=True)
    voided_by = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField("เหตุผลที่ยกเลิก", max_length=500, blank=True)

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="entry_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="entry_number_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=EntryState.values), name="entry_state_known"
            ),
            models.CheckConstraint(
                condition=(models.Q(state="void") & ~models.Q(void_reason=""))
                | (~models.Q(state="void") & models.Q(void_reason="", voided_at__isnull=True)),
                name="entry_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class NumberReservation(models.Model):
    """A number kept for a letter that is still to come: for what, for whom, until when.

    Open while the entry's state is reserved; then the number was used, given up or ran out.
    """

    entry = models.OneToOneField(
        RegisterEntry, on_delete=models.PROTECT, related_name="reservation"
    )
    purpose = models.CharField("จองไว้สำหรับ", max_length=300)
    holder = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField("ใช้ภายใน")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.purpose}"


class EntryCorrection(models.Model):
    """A slip in a register put right: the old words stay readable, with the reason.

    The electronic form of correcting in red ink (domain guide 2.10). Added, never changed.
    """

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="corrections")
    column = models.CharField(max_length=20)
    old_value = models.CharField(max_length=500, blank=True)
    new_value = models.CharField(max_length=500, blank=True)
    reason = models.CharField("เหตุผล", max_length=300)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.column}"
