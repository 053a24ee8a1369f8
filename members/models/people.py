"""People, posts, and who holds which post when."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from members.models.units import Unit
from members.querysets import HoldingQuerySet, MemberManager, PostQuerySet


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

    # What a request looked up once of the one who signed in; see members.services.recognising.
    holdings_kept: tuple[Holding, ...] | None = None
    unread_kept: int | None = None

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
    level = models.CharField(
        "ระดับ", max_length=60, blank=True, default="", db_default="", help_text="เช่น ชำนาญการพิเศษ"
    )
    role = models.CharField("บทบาท", max_length=20, choices=Role)
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


class ActingPhrase(models.TextChoices):
    """In whose stead: the words before the principal's post (Public Administration Act 1991)."""

    IN_CHARGE = "in_charge", "รักษาราชการแทน"
    ON_BEHALF = "on_behalf", "ปฏิบัติราชการแทน"


class Holding(models.Model):
    """One member holds one post from a day to a day, their own or in the stead of who holds it.

    A stand-in (`acting_for`) holds the post of the holding that gave it away, by an order. It
    counts only while that one counts, and gives nothing further: see `members.querysets.holds`.
    """

    member = models.ForeignKey(
        Member, verbose_name="สมาชิก", on_delete=models.PROTECT, related_name="holdings"
    )
    post = models.ForeignKey(
        Post, verbose_name="ตำแหน่ง", on_delete=models.PROTECT, related_name="holdings"
    )
    from_on = models.DateField("ตั้งแต่")
    to_on = models.DateField("ถึง", null=True, blank=True)
    ended_at = models.DateTimeField("พ้นทันทีเมื่อ", null=True, blank=True, editable=False)
    acting_for = models.ForeignKey(
        "self",
        verbose_name="แทน",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="stand_ins",
    )
    phrase = models.CharField(
        "คำที่ใช้", max_length=10, choices=ActingPhrase, blank=True, default="", db_default=""
    )
    order_number = models.CharField("คำสั่งที่", max_length=60, blank=True, default="", db_default="")
    order_on = models.DateField("ลงวันที่", null=True, blank=True)
    remark = models.CharField("หมายเหตุ", max_length=300, blank=True, default="", db_default="")

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
            ),
            models.CheckConstraint(
                condition=models.Q(acting_for__isnull=True, phrase="")
                | models.Q(acting_for__isnull=False, to_on__isnull=False)
                & models.Q(phrase__in=ActingPhrase.values),
                name="holding_stand_in_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "to_on"], name="holding_member"),
            models.Index(fields=["post", "to_on"], name="holding_post"),
        ]

    def __str__(self) -> str:
        return f"{self.get_phrase_display()}{self.post}"

    @property
    def title(self) -> str:
        """Return the post's title as it stands under a deed: with the words of a stand-in."""
        return f"{self.get_phrase_display()}{self.post.title}"

    @property
    def capacity(self) -> str:
        """Return in which capacity its holder acts; of a stand-in, with the principal's name."""
        return f"{self} ({self.acting_for.member})" if self.acting_for else str(self)

    def clean(self) -> None:
        """Refuse a second holding of the same post by the same member at the same time."""
        if not (self.member_id and self.post_id and self.from_on):
            return
        same = Holding.objects.overlapping(self.from_on, self.to_on).exclude(pk=self.pk)
        if same.filter(member=self.member_id, post=self.post_id).exists():
            raise ValidationError("สมาชิกครองตำแหน่งนี้อยู่แล้วในช่วงเวลาเดียวกัน")
