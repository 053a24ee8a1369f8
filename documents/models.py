"""Official letters: written, numbered, sent, received, answered; and the registers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.querysets import (
    ArrivalQuerySet,
    AssignmentQuerySet,
    LetterQuerySet,
    RegisterBookQuerySet,
    RegisterEntryQuerySet,
    ResponseQuerySet,
)
from members.models import AudienceSnapshot, Holding, Member, Unit
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


class LetterKind(models.TextChoices):
    EXTERNAL = "external", "หนังสือภายนอก"
    CIRCULAR = "circular", "หนังสือเวียน (ว)"
    SEALED = "sealed", "หนังสือประทับตรา"


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


class Letter(Stateful):
    """An official letter of an office, from the draft to the answers of its recipients."""

    TRANSITIONS = {
        LetterState.DRAFT: {
            LetterState.SUBMITTED,
            LetterState.REGISTERED,
            LetterState.DISCARDED,
        },
        LetterState.DISCARDED: {LetterState.DRAFT},
        LetterState.SUBMITTED: {LetterState.DRAFT, LetterState.REGISTERED},
        LetterState.REGISTERED: {LetterState.SENT},
    }

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(
        Unit, verbose_name="กลุ่มเจ้าของเรื่อง", on_delete=models.PROTECT, related_name="letters"
    )
    drafter = models.ForeignKey(
        MEMBER, verbose_name="ผู้ร่าง", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("ชนิดหนังสือ", max_length=10, choices=LetterKind.choices)
    subject = models.CharField("เรื่อง", max_length=500, blank=True)
    subject_search = models.CharField(max_length=700, blank=True)
    addressee = models.CharField("เรียน / ถึง", max_length=300, blank=True)
    urgency = models.PositiveSmallIntegerField(
        "ชั้นความเร็ว", choices=Urgency.choices, default=Urgency.NORMAL
    )
    secrecy = models.PositiveSmallIntegerField(
        "ชั้นความลับ", choices=Secrecy.choices, default=Secrecy.NORMAL
    )
    action_required = models.CharField(
        "ขอให้ผู้รับ", max_length=12, choices=ActionRequired.choices, default=ActionRequired.INFORM
    )
    response_kind = models.CharField(
        "การตอบ", max_length=12, choices=ResponseKind.choices, default=ResponseKind.NONE
    )
    questions = models.JSONField("แบบสั้น", default=list, blank=True)
    due_at = models.DateTimeField("ภายใน", null=True, blank=True)
    line_new = models.CharField("เรื่องใหม่", max_length=200, blank=True)
    line_do = models.CharField("ต้องทำ", max_length=200, blank=True)
    line_by = models.CharField("ภายใน (ข้อความ)", max_length=200, blank=True)
    main_source = models.CharField(
        "ตัวหนังสือ", max_length=10, choices=MainSource.choices, default=MainSource.UPLOADED
    )
    body = models.TextField("ข้อความ", blank=True)
    signer_name = models.CharField("ผู้ลงนาม", max_length=200, blank=True)
    signer_position = models.TextField("ตำแหน่งผู้ลงนาม", max_length=600, blank=True)
    audience_rule = models.JSONField("ผู้รับ", default=dict, blank=True)

    state = models.CharField(
        "สถานะ", max_length=12, choices=LetterState.choices, default=LetterState.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField("เหตุผลที่ส่งกลับ", max_length=500, blank=True)

    number = models.PositiveIntegerField("เลขที่", null=True, blank=True)
    number_text = models.CharField("ที่", max_length=80, blank=True)
    dated_on = models.DateField("ลงวันที่", null=True, blank=True)
    sent_at = models.DateTimeField("ส่งเมื่อ", null=True, blank=True)

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
                | ~models.Q(state__in=["registered", "sent"]),
                name="letter_sent_has_number",
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


class Series(models.TextChoices):
    IN = "in", "ทะเบียนรับ"
    OUT = "out", "ทะเบียนส่ง"
    CIRCULAR = "circular", "ทะเบียนส่ง หนังสือเวียน (ว)"


class RegisterBook(models.Model):
    """A register of one unit, one series and one Buddhist year."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="register_books")
    series = models.CharField(max_length=10, choices=Series.choices)
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


class ArrivalState(models.TextChoices):
    WAITING = "waiting", "ยังไม่ลงรับ"
    RECEIVED = "received", "ลงรับแล้ว"
    REFUSED = "refused", "ส่งคืน"
    RECALLED = "recalled", "ถูกดึงกลับ"
    SUPERSEDED = "superseded", "มีฉบับใหม่แทน"


class ResponseState(models.TextChoices):
    NONE = "none", "ยังไม่ตอบ"
    ANSWERED = "answered", "ตอบแล้ว"
    RETURNED = "returned", "ส่งกลับให้แก้"
    ACCEPTED = "accepted", "ตรวจรับแล้ว"


class StampPlace(models.TextChoices):
    TOP_RIGHT = "top_right", "มุมขวาบน"
    BELOW_TOP_RIGHT = "below_top_right", "ใต้มุมขวาบน"
    TOP_CENTER = "top_center", "กลางบน"
    TOP_LEFT = "top_left", "มุมซ้ายบน"
    BOTTOM_RIGHT = "bottom_right", "มุมขวาล่าง"


class Arrival(Stateful):
    """A letter as it lies with one recipient: a unit's post, or one person named in it.

    Two axes: `state` is the journey (waiting, received, …), `response_state` the answer. Opening
    is a fact (`opened_at`), never a state.
    """

    TRANSITIONS = {
        ArrivalState.WAITING: {
            ArrivalState.RECEIVED,
            ArrivalState.REFUSED,
            ArrivalState.RECALLED,
            ArrivalState.SUPERSEDED,
        },
        ArrivalState.RECEIVED: {ArrivalState.SUPERSEDED},
    }

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="arrivals")
    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="arrivals")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="arrivals")
    member = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals"
    )
    state = models.CharField(
        max_length=10, choices=ArrivalState.choices, default=ArrivalState.WAITING
    )
    response_state = models.CharField(
        max_length=10, choices=ResponseState.choices, default=ResponseState.NONE
    )
    is_open = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(
        RegisterEntry, null=True, on_delete=models.PROTECT, related_name="arrival"
    )
    refusal_reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    stamp_place = models.CharField(
        max_length=20, choices=StampPlace.choices, default=StampPlace.TOP_RIGHT
    )

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "unit"],
                condition=models.Q(member__isnull=True),
                name="arrival_unit_unique",
            ),
            models.UniqueConstraint(
                fields=["letter", "member"],
                condition=models.Q(member__isnull=False),
                name="arrival_member_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ArrivalState.values), name="arrival_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(response_state__in=ResponseState.values),
                name="arrival_response_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_at", "id"],
                condition=models.Q(is_open=True),
                name="arrival_open",
            ),
            models.Index(fields=["unit", "-arrived_at", "-id"], name="arrival_unit"),
            models.Index(
                fields=["unit", "-received_at"],
                condition=models.Q(state="received"),
                name="arrival_received",
            ),
            models.Index(fields=["letter", "state", "response_state"], name="arrival_letter"),
            models.Index(fields=["due_at"], condition=models.Q(is_open=True), name="arrival_due"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} ถึง {self.unit.label}"

    def get_absolute_url(self) -> str:
        return reverse("documents:letter", args=[self.letter_id])

    @property
    def awaits_answer(self) -> bool:
        """An answer is asked for and not given, or was returned."""
        return self.letter.expects_answer and self.response_state in {
            ResponseState.NONE,
            ResponseState.RETURNED,
        }

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < now

    def settle(self) -> None:
        """Set in memory whether the recipient still has something to do."""
        self.is_open = self.state == ArrivalState.WAITING or (
            self.state == ArrivalState.RECEIVED and self.awaits_answer
        )


class Opening(models.Model):
    """Somebody opened an arrival: the reading log."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="openings")
    member = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.arrival_id} {self.at:%Y-%m-%d %H:%M}"


class Extension(models.Model):
    """ผ่อนผัน: one recipient got more time, with the reason."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="extensions")
    old_due_at = models.DateTimeField(null=True)
    new_due_at = models.DateTimeField()
    reason = models.CharField("เหตุผล", max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.arrival_id} → {self.new_due_at:%Y-%m-%d}"


class Assignment(models.Model):
    """A school gave a received letter to one of its people, who acknowledges it."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="assignments")
    assignee = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="assignments")
    note = models.CharField("คำสั่ง", max_length=500, blank=True)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["arrival", "assignee"], name="assignment_unique")
        ]
        indexes = [
            models.Index(
                fields=["assignee", "-assigned_at"],
                condition=models.Q(acknowledged_at__isnull=True),
                name="assignment_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.arrival_id} → {self.assignee_id}"


class Response(Stateful):
    """One version of a recipient's answer."""

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        ResponseState.ANSWERED: {ResponseState.RETURNED, ResponseState.ACCEPTED},
    }

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="responses")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=ResponseState.choices, default=ResponseState.ANSWERED
    )
    data = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    is_late = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    return_reason = models.CharField("เหตุผลที่ส่งกลับ", max_length=500, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        ordering = ["arrival", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["arrival", "version"], name="response_version_unique"),
            models.CheckConstraint(
                condition=models.Q(state__in=["answered", "returned", "accepted"]),
                name="response_state_allowed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrival_id} ฉบับที่ {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("documents:letter", args=[self.arrival.letter_id])
