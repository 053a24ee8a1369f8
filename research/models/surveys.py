"""A survey, its sections and its questions."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from members.models import AudienceSnapshot, Unit
from portal.core.models import Stateful
from research.domain import questions
from research.querysets import SurveyQuerySet

MEMBER = settings.AUTH_USER_MODEL


class SurveyState(models.TextChoices):
    DRAFT = "draft", "ร่าง"
    OPEN = "open", "เปิดรับคำตอบ"
    CLOSED = "closed", "ปิดรับคำตอบ"


class BandTable(models.TextChoices):
    """By which table a mean becomes a word; the survey's pages name it."""

    CUT_050 = "0.50", "เกณฑ์ 4.51 / 3.51 / 2.51 / 1.51"
    INTERVAL_080 = "0.80", "เกณฑ์ช่วงเท่ากัน 4.21 / 3.41 / 2.61 / 1.81"


class Population(models.TextChoices):
    """Who is asked; a member of several is asked once, as the first of them."""

    ADMINISTRATORS = "administrators", "ผู้บริหารสถานศึกษา"
    TEACHERS = "teachers", "ครูผู้สอน"
    STAFF = "staff", "บุคลากรในสำนักงาน"


class Promise(models.IntegerChoices):
    """What was promised to those who answer; it can be given, never taken back."""

    NONE = 0, "ยังไม่ได้สัญญา"
    ANONYMOUS = 1, "ไม่ระบุชื่อ"


def everybody() -> list[str]:
    """Return all populations, the first choice of a new survey."""
    return [str(value) for value in Population.values]


class Survey(Stateful):
    """A questionnaire of a unit of the office, from the draft to the last answer.

    `populations` are whom it asks; `audience_rule` narrows the schools (empty: all of them). At
    opening the units are frozen in `snapshot` and the persons in invitations. Answers are taken
    from `opens_at` (None: at once) to `closes_at`. `unopened` counts sealed answers that never
    made five and were not opened. From `published_at` on, the members of the office see the
    summary, without texts.
    """

    TRANSITIONS = {
        SurveyState.DRAFT: {SurveyState.OPEN},
        SurveyState.OPEN: {SurveyState.CLOSED},
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(
        Unit, verbose_name="กลุ่มเจ้าของแบบสอบถาม", on_delete=models.PROTECT, related_name="surveys"
    )
    author = models.ForeignKey(
        MEMBER, verbose_name="ผู้จัดทำ", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField("ชื่อแบบสอบถาม", max_length=300)
    title_search = models.CharField(max_length=400, blank=True)
    purpose = models.TextField("วัตถุประสงค์", max_length=2_000, blank=True)
    intro = models.TextField("คำชี้แจงถึงผู้ตอบ", max_length=4_000, blank=True)
    is_anonymous = models.BooleanField("ไม่ระบุชื่อผู้ตอบ", default=True)
    band_table = models.CharField(
        "เกณฑ์แปลผลค่าเฉลี่ย", max_length=4, choices=BandTable, default=BandTable.CUT_050
    )
    populations = models.JSONField("ถามใคร", default=everybody)
    audience_rule = models.JSONField("เฉพาะโรงเรียน", default=dict, blank=True)
    opens_at = models.DateTimeField("เปิดรับคำตอบ", null=True, blank=True)
    closes_at = models.DateTimeField("ปิดรับคำตอบ", null=True, blank=True)

    state = models.CharField("สถานะ", max_length=8, choices=SurveyState, default=SurveyState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField("เผยแพร่ผลสรุปเมื่อ", null=True, blank=True)
    snapshot = models.ForeignKey(
        AudienceSnapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    invited = models.PositiveIntegerField(default=0)
    unopened = models.PositiveIntegerField(default=0)
    promise = models.PositiveSmallIntegerField(choices=Promise, default=Promise.NONE)
    public_key = models.CharField(max_length=64, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "แบบสอบถาม"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SurveyState.values), name="survey_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(promise=Promise.NONE)
                | (models.Q(is_anonymous=True) & ~models.Q(public_key="")),
                name="survey_promise_kept",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SurveyState.DRAFT)
                | models.Q(is_anonymous=False)
                | models.Q(promise=Promise.ANONYMOUS),
                name="survey_anonymous_promised",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_unit", "state", "-id"], name="survey_owner"),
            models.Index(fields=["state", "closes_at"], name="survey_closing"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("research:survey", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == SurveyState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == SurveyState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == SurveyState.CLOSED

    def has_begun(self, now: datetime) -> bool:
        """Answers are taken, or were; before that the page says from when."""
        return not self.is_draft and (self.opens_at is None or self.opens_at <= now)

    def has_ended(self, now: datetime) -> bool:
        """No answer is taken any more, also when the worker has not closed it yet."""
        return self.is_closed or (self.closes_at is not None and self.closes_at <= now)

    def takes_answers(self, now: datetime) -> bool:
        return self.is_open and self.has_begun(now) and not self.has_ended(now)

    @property
    def population_labels(self) -> list[str]:
        """Whom it asks, in the office's words and order."""
        return [str(one.label) for one in Population if one.value in self.populations]


class Section(models.Model):
    """A part of a survey (ตอน, ด้าน); its scales together are one dimension."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField("ชื่อตอนหรือด้าน", max_length=300)
    intro = models.TextField("คำชี้แจง", max_length=2_000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class QuestionKind(models.TextChoices):
    SINGLE = questions.SINGLE, "เลือกได้ 1 ข้อ"
    MULTIPLE = questions.MULTIPLE, "เลือกได้หลายข้อ"
    LIKERT = questions.LIKERT, "มาตราส่วนประมาณค่า"
    TEXT = questions.TEXT, "ข้อความ"


class Question(models.Model):
    """One question (ข้อ); `options` is what `research.domain.questions` reads."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField("ชนิดคำถาม", max_length=8, choices=QuestionKind)
    text = models.CharField("คำถาม", max_length=500)
    hint = models.CharField("คำอธิบาย", max_length=300, blank=True)
    is_required = models.BooleanField("ต้องตอบ", default=True)
    options = models.JSONField("ตัวเลือก", default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=QuestionKind.values), name="question_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """The name of this question on an answer sheet."""
        return str(self.pk)

    @property
    def ask(self) -> questions.Ask:
        """The question as far as answers are concerned."""
        return questions.Ask(
            key=self.key,
            kind=self.kind,
            is_required=self.is_required,
            options=questions.read_options(self.kind, self.options),
        )
