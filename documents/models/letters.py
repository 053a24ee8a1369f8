"""The letter as it is written, its references, and each act of sending it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.querysets import (
    LetterQuerySet,
)
from members.models import AudienceSnapshot, Unit
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


class LetterKind(models.TextChoices):
    EXTERNAL = "external", "หนังสือภายนอก"
    CIRCULAR = "circular", "หนังสือเวียน (ว)"
    SEALED = "sealed", "หนังสือประทับตรา"
    MEMO = "memo", "บันทึกข้อความ"
    ORDER = "order", "คำสั่ง"
    ANNOUNCEMENT = "announce", "ประกาศ"


class LetterOrigin(models.TextChoices):
    """Who wrote the letter: the office, one of its schools, or somebody outside the portal."""

    OFFICE = "office", "สำนักงาน"
    SCHOOL = "school", "โรงเรียน"
    OUTSIDE = "outside", "หน่วยงานภายนอก"


SENT_KINDS = (LetterKind.EXTERNAL, LetterKind.CIRCULAR, LetterKind.SEALED)
DECREE_KINDS = (LetterKind.ORDER, LetterKind.ANNOUNCEMENT)
INTERNAL_KINDS = (LetterKind.MEMO, *DECREE_KINDS)
OFFICE_KINDS = (*SENT_KINDS, *INTERNAL_KINDS)
SCHOOL_KINDS = (*SENT_KINDS, *INTERNAL_KINDS)


def number_words(kind: str, number_text: str) -> str:
    """Return the number, with the kind where the number alone does not say it."""
    return f"{LetterKind(kind).label} {number_text}" if kind in INTERNAL_KINDS else number_text


class Urgency(models.IntegerChoices):
    NORMAL = 0, "ปกติ"
    URGENT = 1, "ด่วน"
    VERY_URGENT = 2, "ด่วนมาก"
    MOST_URGENT = 3, "ด่วนที่สุด"


class Secrecy(models.IntegerChoices):
    NORMAL = 0, "ไม่ลับ"
    SECRET = 1, "ลับ"
    VERY_SECRET = 2, "ลับมาก"
    TOP_SECRET = 3, "ลับที่สุด"


class ActionRequired(models.TextChoices):
    """What the set phrase at the end of the letter asks for (domain guide 1.11)."""

    INFORM = "inform", "เพื่อทราบ"
    COMPLY = "comply", "เพื่อทราบและถือปฏิบัติ"
    ACT = "act", "เพื่อดำเนินการ"
    REPORT = "report_by", "ดำเนินการและรายงานผล"
    CONSIDER = "consider", "เพื่อพิจารณา"
    INVITE = "reply_form", "เชิญเข้าร่วม / ขอความร่วมมือ"
    PUBLISH = "publish", "ประชาสัมพันธ์ให้ทราบโดยทั่วกัน"


class ResponseKind(models.TextChoices):
    NONE = "none", "ไม่ต้องตอบ"
    ACKNOWLEDGE = "acknowledge", "รับทราบ"
    YES_NO = "yes_no", "เข้าร่วม / ไม่เข้าร่วม"
    FORM = "form", "กรอกแบบสั้น"
    FILE = "file", "ส่งไฟล์"
    TEXT = "text", "ตอบเป็นข้อความ"


class MainSource(models.TextChoices):
    UPLOADED = "uploaded", "แนบไฟล์ PDF"
    TYPED = "typed", "พิมพ์ในระบบ"


class LetterState(models.TextChoices):
    DRAFT = "draft", "ร่าง"
    SUBMITTED = "submitted", "รอออกเลข"
    REGISTERED = "registered", "กำลังส่ง"
    SENT = "sent", "ส่งแล้ว"
    DISCARDED = "discarded", "ทิ้งร่างแล้ว"
    RECALLED = "recalled", "เรียกคืนแล้ว"


class Succession(models.TextChoices):
    """What a letter does to the earlier one that it `succeeds` (domain guide 2.10)."""

    CANCELS = "cancels", "ยกเลิก"
    REPLACES = "replaces", "แทนที่"


class Letter(Stateful):
    """An official letter, from the draft to the answers of its recipients.

    One from outside the portal was never a draft: it is here from the moment it was registered.
    `answers` is the matter that this letter answers. `succeeds` is the earlier letter that this one
    cancels or replaces, `copied_from` the one that served as its draft. A recalled letter keeps
    its number, which is void.
    """

    TRANSITIONS = {
        LetterState.DRAFT: {
            LetterState.SUBMITTED,
            LetterState.REGISTERED,
            LetterState.DISCARDED,
        },
        LetterState.DISCARDED: {LetterState.DRAFT},
        LetterState.SUBMITTED: {LetterState.DRAFT, LetterState.REGISTERED},
        LetterState.REGISTERED: {LetterState.SENT, LetterState.RECALLED},
        LetterState.SENT: {LetterState.RECALLED},
    }

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(
        Unit, verbose_name="กลุ่มเจ้าของเรื่อง", on_delete=models.PROTECT, related_name="letters"
    )
    drafter = models.ForeignKey(
        MEMBER, verbose_name="ผู้ร่าง", on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(
        "จาก", max_length=10, choices=LetterOrigin, default=LetterOrigin.OFFICE
    )
    outside_party = models.CharField("หน่วยงานภายนอก", max_length=300, blank=True)
    answers = models.ForeignKey(
        "documents.Matter",
        verbose_name="ตอบเรื่อง",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replies",
    )
    succeeds = models.ForeignKey(
        "self",
        verbose_name="ฉบับเดิม",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
    )
    succession = models.CharField("ทำให้ฉบับเดิม", max_length=10, choices=Succession, blank=True)
    copied_from = models.ForeignKey(
        "self",
        verbose_name="ร่างจากฉบับ",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="copies",
    )
    kind = models.CharField("ชนิดหนังสือ", max_length=10, choices=LetterKind)
    subject = models.CharField("เรื่อง", max_length=500, blank=True)
    subject_search = models.CharField(max_length=700, blank=True)
    addressee = models.CharField("เรียน / ถึง", max_length=300, blank=True)
    urgency = models.PositiveSmallIntegerField("ชั้นความเร็ว", choices=Urgency, default=Urgency.NORMAL)
    secrecy = models.PositiveSmallIntegerField("ชั้นความลับ", choices=Secrecy, default=Secrecy.NORMAL)
    action_required = models.CharField(
        "ขอให้ผู้รับ", max_length=12, choices=ActionRequired, default=ActionRequired.INFORM
    )
    response_kind = models.CharField(
        "การตอบ", max_length=12, choices=ResponseKind, default=ResponseKind.NONE
    )
    questions = models.JSONField("แบบสั้น", default=list, blank=True)
    due_at = models.DateTimeField("ภายใน", null=True, blank=True)
    line_new = models.CharField("เรื่องใหม่", max_length=200, blank=True)
    line_do = models.CharField("ต้องทำ", max_length=200, blank=True)
    line_by = models.CharField("ภายใน (ข้อความ)", max_length=200, blank=True)
    main_source = models.CharField(
        "ตัวหนังสือ", max_length=10, choices=MainSource, default=MainSource.UPLOADED
    )
    body = models.TextField("ข้อความ", blank=True)
    signer_name = models.CharField("ผู้ลงนาม", max_length=200, blank=True)
    signer_position = models.TextField("ตำแหน่งผู้ลงนาม", max_length=600, blank=True)
    audience_rule = models.JSONField("ผู้รับ", default=dict, blank=True)

    state = models.CharField("สถานะ", max_length=12, choices=LetterState, default=LetterState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField("เหตุผลที่ส่งกลับ", max_length=500, blank=True)

    number = models.PositiveIntegerField("เลขที่", null=True, blank=True)
    number_text = models.CharField("ที่", max_length=80, blank=True)
    dated_on = models.DateField("ลงวันที่", null=True, blank=True)
    sent_at = models.DateTimeField("ส่งเมื่อ", null=True, blank=True)
    recalled_at = models.DateTimeField("เรียกคืนเมื่อ", null=True, blank=True)
    recall_reason = models.CharField("เหตุผลที่เรียกคืน", max_length=500, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "หนังสือ"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=LetterState.values), name="letter_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(secrecy=Secrecy.NORMAL), name="letter_not_secret_yet"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["registered", "sent"], number__isnull=False)
                | ~models.Q(state__in=["registered", "sent"])
                | models.Q(origin=LetterOrigin.OUTSIDE),
                name="letter_sent_has_number",
            ),
            models.CheckConstraint(
                condition=models.Q(succeeds__isnull=True, succession="")
                | models.Q(succeeds__isnull=False, succession__in=Succession.values),
                name="letter_succession_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=LetterOrigin.values), name="letter_origin_known"
            ),
        ]
        indexes = [
            models.Index(fields=["owner_unit", "-sent_at", "-id"], name="letter_owner"),
            models.Index(fields=["office", "state", "-sent_at", "-id"], name="letter_office"),
        ]

    def __str__(self) -> str:
        return self.number_text or f"ร่างที่ {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("documents:letter", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == LetterState.DRAFT

    @property
    def is_sent(self) -> bool:
        """True from the moment it has its number; arrivals may still be on their way."""
        return self.state in {LetterState.REGISTERED, LetterState.SENT}

    @property
    def is_on_its_way(self) -> bool:
        """It has its number, and the worker still makes its arrivals: nobody has recalled it."""
        return self.state == LetterState.REGISTERED

    @property
    def is_recalled(self) -> bool:
        """Nobody has it any more; from some it may be recalled while it stays sent."""
        return self.state == LetterState.RECALLED

    @property
    def is_from_school(self) -> bool:
        return self.origin == LetterOrigin.SCHOOL

    @property
    def is_internal(self) -> bool:
        """A school's own order, announcement or memo: for its people, and for nobody else."""
        return self.is_from_school and self.kind in INTERNAL_KINDS

    @property
    def is_memo(self) -> bool:
        """A memo (clause 12) between the groups of one office."""
        return self.kind == LetterKind.MEMO and self.origin == LetterOrigin.OFFICE

    @property
    def is_decree(self) -> bool:
        """An order or an announcement: numbered n/BE, and sent to somebody only if one wants."""
        return self.kind in DECREE_KINDS

    @property
    def is_numbered_by_owner(self) -> bool:
        """Its own people take the number: a school for its letters, a group for its memos."""
        return self.is_from_school or self.is_memo

    @property
    def is_to_office_only(self) -> bool:
        """A school's letter to its office and nobody else: a matter there, no board here."""
        return self.is_from_school and self.audience_rule == {"units": [self.office_id]}

    @property
    def kinds_beside(self) -> tuple[LetterKind, ...]:
        """What the draft may still become: what has the same recipients and the same numberer."""
        families = (INTERNAL_KINDS,) if self.is_from_school else ((LetterKind.MEMO,), DECREE_KINDS)
        return next((kinds for kinds in families if self.kind in kinds), SENT_KINDS)

    @property
    def issuer(self) -> Unit:
        """The unit in whose name it is written: the office, or the school itself."""
        return self.owner_unit if self.is_from_school else self.office

    @property
    def sender(self) -> str:
        """From whom it comes, as a register says it."""
        if self.origin == LetterOrigin.OUTSIDE:
            return self.outside_party
        return self.owner_unit.name

    @property
    def owner_name(self) -> str:
        """Who wrote it, by the name they had on its day; asks only when they were renamed since."""
        return self.owner_unit.name_on(self.dated_on)

    @property
    def sender_then(self) -> str:
        """From whom it comes, by the name they had on its day."""
        is_outside = self.origin == LetterOrigin.OUTSIDE
        return self.outside_party if is_outside else self.owner_name

    @property
    def number_words(self) -> str:
        return number_words(self.kind, self.number_text)

    @property
    def meant_for(self) -> str:
        """To whom it speaks: the addressee on its paper; a circular has many, and names none."""
        return "" if self.kind == LetterKind.CIRCULAR else self.addressee

    @property
    def expects_answer(self) -> bool:
        return self.response_kind != ResponseKind.NONE


class LetterReference(models.Model):
    """อ้างถึง: an earlier letter, in the system or as text."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="references")
    to_letter = models.ForeignKey(
        Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="referred_by"
    )
    text = models.CharField(max_length=500)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class Dispatch(models.Model):
    """One act of sending a letter to a frozen audience; arrivals are made by the worker."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="dispatches")
    snapshot = models.ForeignKey(AudienceSnapshot, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveIntegerField()
    made = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.letter} → {self.total}"
