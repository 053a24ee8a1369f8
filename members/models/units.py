"""Units of an office, and the days on which it is closed."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models

from members.domain import CODE_LENGTHS, wrong_code
from members.querysets import HolidayQuerySet, UnitQuerySet


class UnitKind(models.TextChoices):
    OFFICE = "office", "สำนักงานเขตพื้นที่"
    GROUP = "group", "กลุ่ม"
    SCHOOL = "school", "โรงเรียน"
    CLUSTER = "cluster", "กลุ่มเครือข่าย"
    DISTRICT = "district", "อำเภอ"
    EXTERNAL = "external", "หน่วยงานภายนอก"


class CircularSeries(models.TextChoices):
    SEPARATE = "separate", "ชุดเลขหนังสือเวียนแยก"
    SHARED = "shared", "ชุดเลขเดียวกับหนังสือส่ง"


TRAITS = {
    "is_private": "โรงเรียนเอกชน",
    "by_temple": "โรงเรียนวัด",
    "is_remote": "เกาะ ห่างไกล หรือเครือข่ายไม่เสถียร",
}


def label_of(name: str, short_name: str) -> str:
    """Return the name as colleagues say it: without “โรงเรียน” or “กลุ่ม” in front."""
    return short_name or name.removeprefix("โรงเรียน")


class Unit(models.Model):
    """An office, one of its groups, a school, a cluster, a district or an outside body."""

    kind = models.CharField("ประเภท", max_length=10, choices=UnitKind)
    office = models.ForeignKey(
        "self",
        verbose_name="สังกัดสำนักงาน",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="units",
        help_text="สำนักงานเองชี้ที่ตัวเอง",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name="หน่วยงานแม่",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name = models.CharField("ชื่อเต็ม", max_length=200)
    short_name = models.CharField("ชื่อย่อ", max_length=100, blank=True)
    letter_code = models.CharField("รหัสหนังสือ เช่น ศธ 04225", max_length=40, blank=True)
    code8 = models.CharField("รหัส 8 หลัก", max_length=8, blank=True)
    code10 = models.CharField("รหัส 10 หลัก", max_length=10, blank=True)
    phone = models.CharField("โทรศัพท์", max_length=60, blank=True)
    email = models.EmailField("อีเมล", blank=True)
    address = models.TextField("ที่อยู่ (บรรทัดละบรรทัดบนหัวหนังสือ)", blank=True)
    subdistrict = models.CharField("ตำบล", max_length=100, blank=True)
    district = models.ForeignKey(
        "self",
        verbose_name="อำเภอ",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="district_units",
    )
    province = models.CharField("จังหวัด", max_length=100, blank=True)
    cluster = models.ForeignKey(
        "self",
        verbose_name="กลุ่มเครือข่าย",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cluster_units",
    )
    pupils = models.PositiveIntegerField("จำนวนนักเรียน", null=True, blank=True)
    levels = models.CharField("ระดับชั้น", max_length=100, blank=True)
    is_private = models.BooleanField(TRAITS["is_private"], default=False, db_default=False)
    by_temple = models.BooleanField(TRAITS["by_temple"], default=False, db_default=False)
    is_remote = models.BooleanField(TRAITS["is_remote"], default=False, db_default=False)
    can_issue_numbers = models.BooleanField("ออกเลขหนังสือเองได้", default=False)
    circular_series = models.CharField(
        "เลขหนังสือเวียน",
        max_length=10,
        choices=CircularSeries,
        default=CircularSeries.SEPARATE,
    )
    sort_order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    opened_on = models.DateField("ตั้งเมื่อ", null=True, blank=True)
    closed_on = models.DateField("ยุบเลิกเมื่อ", null=True, blank=True)
    renamed_on = models.DateField("ใช้ชื่อนี้ตั้งแต่", null=True, blank=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "หน่วยงาน"
        verbose_name_plural = "หน่วยงาน"
        ordering = ["sort_order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=UnitKind.values), name="unit_kind_known"
            ),
            models.UniqueConstraint(
                fields=["office", "code8"],
                condition=~models.Q(code8=""),
                name="unit_code8_unique",
                violation_error_message="มีหน่วยงานที่ใช้รหัส 8 หลักนี้แล้ว",
            ),
            models.UniqueConstraint(
                fields=["office", "code10"],
                condition=~models.Q(code10=""),
                name="unit_code10_unique",
                violation_error_message="มีหน่วยงานที่ใช้รหัส 10 หลักนี้แล้ว",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "kind", "name"], name="unit_office_kind"),
            models.Index(fields=["name", "subdistrict"], name="unit_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return label_of(self.name, self.short_name)

    def named_on(self, day: date | None) -> Unit | UnitName:
        """Return where its names of the day stand; a unit that was never renamed asks nothing."""
        if day is None or self.renamed_on is None or day >= self.renamed_on:
            return self
        return self.earlier_names.filter(to_on__gte=day).order_by("to_on").first() or self

    def name_on(self, day: date | None) -> str:
        """Return its full name as it was on the day; as it is, when no day is given."""
        return self.named_on(day).name

    def label_on(self, day: date | None) -> str:
        """Return its name of the day as colleagues said it."""
        then = self.named_on(day)
        return label_of(then.name, then.short_name)

    def names_before(self) -> list[UnitName]:
        """Return its earlier names, the last one first; not what was taken back at once."""
        if self.renamed_on is None:
            return []
        return [earlier for earlier in self.earlier_names.all() if earlier.name != self.name]

    @property
    def traits(self) -> list[str]:
        """Return what is to be known of a school beside its size: private, of a temple, remote."""
        return [label for name, label in TRAITS.items() if getattr(self, name)]

    def clean(self) -> None:
        """Refuse odd codes, places of another kind or office, and an end before the beginning."""
        wrong = self._wrong_office() | self._wrong_places() | self._wrong_codes()
        if self.opened_on and self.closed_on and self.closed_on < self.opened_on:
            wrong["closed_on"] = "วันยุบเลิกต้องไม่ก่อนวันตั้ง"
        if wrong:
            raise ValidationError(wrong)

    def _wrong_office(self) -> dict[str, str]:
        if self.kind != UnitKind.OFFICE:
            return {} if self.office_id else {"office": "เลือกสำนักงานที่สังกัด"}
        if self.office_id and self.office_id != self.pk:
            return {"office": "สำนักงานสังกัดตัวเอง เว้นช่องนี้ว่างไว้"}
        return {}

    def _wrong_codes(self) -> dict[str, str]:
        if self.kind != UnitKind.SCHOOL:
            return {}
        problems = {name: wrong_code(name, getattr(self, name)) for name in CODE_LENGTHS}
        return {name: problem for name, problem in problems.items() if problem}

    def _wrong_places(self) -> dict[str, str]:
        wrong = {}
        kinds = {"parent": None, "district": UnitKind.DISTRICT, "cluster": UnitKind.CLUSTER}
        for name, kind in kinds.items():
            place: Unit | None = getattr(self, name)
            if place is None:
                continue
            if kind and place.kind != kind:
                wrong[name] = f"เลือกหน่วยงานประเภท{kind.label}"
            elif place.office_id != self.office_id:
                wrong[name] = "เลือกหน่วยงานในสำนักงานเดียวกัน"
            elif self.pk and place.pk == self.pk:
                wrong[name] = "หน่วยงานขึ้นกับตัวเองไม่ได้"
        return wrong


class UnitName(models.Model):
    """What a unit was called before it was renamed, until which day; never changed."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="earlier_names")
    name = models.CharField("ชื่อเดิม", max_length=200)
    short_name = models.CharField("ชื่อย่อเดิม", max_length=100, blank=True)
    from_on = models.DateField("ตั้งแต่", null=True, blank=True)
    to_on = models.DateField("ถึง")

    class Meta:
        verbose_name = "ชื่อเดิมของหน่วยงาน"
        verbose_name_plural = "ชื่อเดิมของหน่วยงาน"
        ordering = ["-to_on"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "to_on"], name="unit_name_one_at_a_time")
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which the office is closed."""

    office = models.ForeignKey(
        Unit, verbose_name="สำนักงาน", on_delete=models.CASCADE, related_name="holidays"
    )
    on = models.DateField("วันที่")
    name = models.CharField("ชื่อวันหยุด", max_length=200)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = "วันหยุด"
        verbose_name_plural = "วันหยุด"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "on"],
                name="holiday_unique",
                violation_error_message="มีวันหยุดของวันนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.on}"
