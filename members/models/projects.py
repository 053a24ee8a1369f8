"""Projects of an office (โครงการ), and which unit is in one from when to when."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from members.models.units import Unit
from members.querysets import ProjectQuerySet, ProjectStayQuerySet


class Project(models.Model):
    """A project that schools and other units of an office take part in, such as อพ.สธ."""

    office = models.ForeignKey(
        Unit, verbose_name="สำนักงาน", on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField("ชื่อโครงการ", max_length=200, help_text="เช่น โครงการ อพ.สธ.")
    opened_on = models.DateField("เริ่มเมื่อ", null=True, blank=True)
    closed_on = models.DateField("ปิดโครงการเมื่อ", null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "โครงการ"
        verbose_name_plural = "โครงการ"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "name"],
                name="project_name_unique",
                violation_error_message="สำนักงานนี้มีโครงการชื่อนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        if self.opened_on and self.closed_on and self.closed_on < self.opened_on:
            raise ValidationError("วันปิดโครงการต้องไม่ก่อนวันเริ่ม")


class ProjectStay(models.Model):
    """A unit is in a project from a day to a day, both included."""

    project = models.ForeignKey(
        Project, verbose_name="โครงการ", on_delete=models.PROTECT, related_name="stays"
    )
    unit = models.ForeignKey(
        Unit, verbose_name="หน่วยงาน", on_delete=models.PROTECT, related_name="project_stays"
    )
    from_on = models.DateField("ตั้งแต่")
    to_on = models.DateField("ถึง", null=True, blank=True)

    objects = ProjectStayQuerySet.as_manager()

    class Meta:
        verbose_name = "การร่วมโครงการ"
        verbose_name_plural = "การร่วมโครงการ"
        ordering = ["project", "unit", "-from_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="project_stay_dates_in_order",
                violation_error_message="วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม",
            )
        ]
        indexes = [models.Index(fields=["unit", "to_on"], name="project_stay_unit")]

    def __str__(self) -> str:
        return f"{self.unit.label} ร่วม{self.project.name}"

    def clean(self) -> None:
        """Refuse a unit of another office, and a second stay at the same time."""
        if not (self.project_id and self.unit_id and self.from_on):
            return
        if self.unit.office_id != self.project.office_id:
            raise ValidationError("เลือกหน่วยงานในสำนักงานของโครงการ")
        same = ProjectStay.objects.overlapping(self.from_on, self.to_on).exclude(pk=self.pk)
        if same.filter(project=self.project_id, unit=self.unit_id).exists():
            raise ValidationError("หน่วยงานร่วมโครงการนี้อยู่แล้วในช่วงเวลาเดียวกัน")
