"""Who is who: units, people, posts, and who holds which post when."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from members.domain import AudienceRule, InvalidRule, SchoolSize, size_of
from members.querysets import (
    AudienceQuerySet,
    HoldingQuerySet,
    HolidayQuerySet,
    MemberManager,
    PostQuerySet,
    UnitQuerySet,
)


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


class Unit(models.Model):
    """An office, one of its groups, a school, a cluster, a district or an outside body."""

    kind = models.CharField("ประเภท", max_length=10, choices=UnitKind.choices)
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
    can_issue_numbers = models.BooleanField("ออกเลขหนังสือเองได้", default=False)
    circular_series = models.CharField(
        "เลขหนังสือเวียน",
        max_length=10,
        choices=CircularSeries.choices,
        default=CircularSeries.SEPARATE,
    )
    sort_order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    opened_on = models.DateField("ตั้งเมื่อ", null=True, blank=True)
    closed_on = models.DateField("ยุบเลิกเมื่อ", null=True, blank=True)

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
        """The name as colleagues say it: without “โรงเรียน” or “กลุ่ม” in front."""
        return self.short_name or self.name.removeprefix("โรงเรียน")

    @property
    def size(self) -> SchoolSize | None:
        """The class of a school by its pupils, when their number is known."""
        return size_of(self.pupils)

    def clean(self) -> None:
        """Refuse places of another kind or office, and an end before the beginning."""
        wrong = self._wrong_office() | self._wrong_places()
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


class Member(AbstractBaseUser, PermissionsMixin):
    """A person of the portal; what they may do hangs on the posts they hold."""

    username = models.CharField(
        "ชื่อผู้ใช้",
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "มีชื่อผู้ใช้นี้แล้ว"},
    )
    title = models.CharField("คำนำหน้า", max_length=40, blank=True)
    first_name = models.CharField("ชื่อ", max_length=100)
    last_name = models.CharField("นามสกุล", max_length=100)
    email = models.EmailField("อีเมล", blank=True)
    phone = models.CharField("โทรศัพท์", max_length=60, blank=True)
    office = models.ForeignKey(
        Unit,
        verbose_name="สำนักงานที่ดูแลบัญชี",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accounts",
        help_text="ผู้ดูแลระบบของสำนักงานนี้แก้ไขสมาชิกคนนี้ได้",
    )
    is_staff = models.BooleanField("เข้าหลังบ้านได้", default=False)
    is_active = models.BooleanField("ใช้งานอยู่", default=True)
    date_joined = models.DateTimeField("เริ่มใช้เมื่อ", default=timezone.now)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = "สมาชิก"
        verbose_name_plural = "สมาชิก"
        ordering = ["first_name", "last_name"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="member_username_unique",
                violation_error_message="มีชื่อผู้ใช้นี้แล้ว",
            )
        ]
        indexes = [models.Index(fields=["email"], name="member_email")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """The name as it is stored; capitals make no second person."""
        return super().normalize_username(username).lower()

    def clean(self) -> None:
        """Write the sign-in name and the address in small letters."""
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        """Title, first and last name as printed under a signature: นางสุดา ชูแก้ว."""
        return f"{self.title}{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name


class Role(models.TextChoices):
    CENTRAL_REGISTRAR = "central_registrar", "สารบรรณกลาง"
    GROUP_CLERK = "group_clerk", "สารบรรณกลุ่ม"
    OFFICER = "officer", "เจ้าหน้าที่"
    GROUP_HEAD = "group_head", "ผู้อำนวยการกลุ่ม"
    DEPUTY_DIRECTOR = "deputy_director", "รองผู้อำนวยการสำนักงาน"
    DIRECTOR = "director", "ผู้อำนวยการสำนักงาน"
    SCHOOL_CLERK = "school_clerk", "ธุรการโรงเรียน"
    SCHOOL_DIRECTOR = "school_director", "ผู้อำนวยการโรงเรียน"
    TEACHER = "teacher", "ครูและบุคลากร"
    ADMINISTRATOR = "administrator", "ผู้ดูแลระบบ"


OFFICE_ROLES = frozenset(
    {
        Role.CENTRAL_REGISTRAR,
        Role.GROUP_CLERK,
        Role.OFFICER,
        Role.GROUP_HEAD,
        Role.DEPUTY_DIRECTOR,
        Role.DIRECTOR,
    }
)
SCHOOL_DESK_ROLES = frozenset({Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR})
DESK_ROLES = SCHOOL_DESK_ROLES | {Role.CENTRAL_REGISTRAR, Role.GROUP_CLERK}


class Post(models.Model):
    """A post (ตำแหน่ง) in a unit; its role says what its holder may do."""

    unit = models.ForeignKey(
        Unit, verbose_name="หน่วยงาน", on_delete=models.PROTECT, related_name="posts"
    )
    title = models.CharField("ชื่อตำแหน่ง", max_length=200)
    role = models.CharField("บทบาท", max_length=20, choices=Role.choices)
    sort_order = models.PositiveSmallIntegerField("ลำดับ", default=0)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "ตำแหน่ง"
        verbose_name_plural = "ตำแหน่ง"
        ordering = ["unit", "sort_order", "title"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="post_role_known")
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_unit_role")]

    def __str__(self) -> str:
        return f"{self.title} {self.unit.label}"


class Holding(models.Model):
    """One member holds one post from a day to a day."""

    member = models.ForeignKey(
        Member, verbose_name="สมาชิก", on_delete=models.PROTECT, related_name="holdings"
    )
    post = models.ForeignKey(
        Post, verbose_name="ตำแหน่ง", on_delete=models.PROTECT, related_name="holdings"
    )
    from_on = models.DateField("ตั้งแต่")
    to_on = models.DateField("ถึง", null=True, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = "การครองตำแหน่ง"
        verbose_name_plural = "การครองตำแหน่ง"
        ordering = ["post", "-from_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="holding_dates_in_order",
                violation_error_message="วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม",
            )
        ]
        indexes = [
            models.Index(fields=["member", "to_on"], name="holding_member"),
            models.Index(fields=["post", "to_on"], name="holding_post"),
        ]

    def __str__(self) -> str:
        return str(self.post)

    def clean(self) -> None:
        """Refuse a second holding of the same post by the same member at the same time."""
        if not (self.member_id and self.post_id and self.from_on):
            return
        same = Holding.objects.overlapping(self.from_on, self.to_on).exclude(pk=self.pk)
        if same.filter(member=self.member_id, post=self.post_id).exists():
            raise ValidationError("สมาชิกครองตำแหน่งนี้อยู่แล้วในช่วงเวลาเดียวกัน")


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

    `recipients` is a list of `[unit_id, member_id or null]`, sorted and distinct.
    """

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rule = models.JSONField(default=dict)
    recipients = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    summary = models.CharField(max_length=300)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.summary
