"""One meeting: its agenda, and who is invited and came."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from meetings.models.series import Series
from meetings.querysets.meetings import AgendaItemQuerySet, AttendanceQuerySet, MeetingQuerySet
from members.models import Unit
from portal.core.clock import bangkok
from portal.core.models import Stateful
from portal.core.thaidates import short_time, weekday_date

MEMBER = settings.AUTH_USER_MODEL


class MeetingState(models.TextChoices):
    PLANNED = "planned", "นัดไว้"
    HELD = "held", "เปิดประชุมแล้ว"
    CLOSED = "closed", "ปิดรายงานแล้ว"
    CANCELLED = "cancelled", "งดประชุม"


class CancelCause(models.TextChoices):
    PERSON = "person", "ผู้จัดงดประชุม"
    HOLIDAY = "holiday", "วันหยุด"
    SERIES = "series", "ชุดประชุมพักหรือสิ้นสุด"


class Heading(models.IntegerChoices):
    """The headings of an agenda, in the order of the office."""

    INFORM = 1, "ประธานแจ้งให้ทราบ"
    ADOPT = 2, "รับรองรายงานการประชุมครั้งก่อน"
    CONTINUE = 3, "เรื่องสืบเนื่อง"
    KNOW = 4, "เรื่องเสนอเพื่อทราบ"
    CONSIDER = 5, "เรื่องเสนอเพื่อพิจารณา"
    OTHER = 6, "เรื่องอื่น ๆ"


class Answer(models.TextChoices):
    NONE = "none", "ยังไม่ตอบ"
    ACCEPTED = "accepted", "เข้าร่วม"
    DECLINED = "declined", "ไม่เข้าร่วม"


class Presence(models.TextChoices):
    UNKNOWN = "unknown", "ยังไม่ลงชื่อ"
    CAME = "came", "มา"
    ABSENT = "absent", "ไม่มา"


class Meeting(Stateful):
    """A meeting, from the call to the closed minutes.

    A meeting of a series is the turn `slot` of it. The number (ครั้งที่) is given when the meeting
    is opened, so that those held in a year are numbered without holes. `rule` says whom it is for;
    the people are frozen as attendances when they are invited.
    """

    TRANSITIONS = {
        MeetingState.PLANNED: {MeetingState.HELD, MeetingState.CANCELLED},
        MeetingState.HELD: {MeetingState.CLOSED},
        MeetingState.CANCELLED: {MeetingState.PLANNED},
    }

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="meetings")
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    slot = models.CharField(max_length=10, blank=True)
    title = models.CharField("ชื่อการประชุม", max_length=200)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    number = models.PositiveIntegerField(null=True, blank=True)
    be_year = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField("เริ่ม")
    ends_at = models.DateTimeField("ถึง")
    place = models.CharField("สถานที่", max_length=200, blank=True)
    online_url = models.URLField("ลิงก์ประชุมออนไลน์", max_length=500, blank=True)
    chair = models.ForeignKey(
        MEMBER, verbose_name="ประธาน", on_delete=models.PROTECT, related_name="+"
    )
    secretary = models.ForeignKey(
        MEMBER,
        verbose_name="ผู้จดรายงาน",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    storyteller = models.ForeignKey(
        MEMBER,
        verbose_name="ผู้เล่าเรื่อง",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    rule = models.JSONField(default=dict)
    invited_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField("เริ่มประชุม", null=True, blank=True)
    ended_at = models.DateTimeField("เลิกประชุม", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancel_cause = models.CharField(max_length=10, choices=CancelCause, blank=True)
    cancel_reason = models.CharField("เหตุผล", max_length=300, blank=True)
    is_edited = models.BooleanField(default=False)
    created_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "slot"],
                condition=models.Q(series__isnull=False),
                name="meeting_slot_unique",
            ),
            models.UniqueConstraint(
                fields=["series", "be_year", "number"],
                condition=models.Q(number__isnull=False),
                name="meeting_number_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MeetingState.values), name="meeting_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_times_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-starts_at"], name="meeting_unit"),
            models.Index(fields=["starts_at", "id"], name="meeting_starts"),
            models.Index(fields=["series", "starts_at"], name="meeting_series"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number_text}".strip()

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.pk])

    @property
    def number_text(self) -> str:
        """ครั้งที่ 11/2569; nothing while the meeting has no number."""
        return f"ครั้งที่ {self.number}/{self.be_year}" if self.number else ""

    @property
    def on(self) -> date:
        """The day of the meeting in Bangkok."""
        return bangkok(self.starts_at).date()

    @property
    def hours_words(self) -> str:
        """From when to when: 13.30–15.00 น."""
        return f"{bangkok(self.starts_at):%H.%M}–{short_time(self.ends_at)}"

    @property
    def is_planned(self) -> bool:
        return self.state == MeetingState.PLANNED

    @property
    def is_held(self) -> bool:
        return self.state == MeetingState.HELD

    @property
    def is_closed(self) -> bool:
        return self.state == MeetingState.CLOSED

    @property
    def is_cancelled(self) -> bool:
        return self.state == MeetingState.CANCELLED

    @property
    def held_on_words(self) -> str:
        """The day as the minutes have it: วันศุกร์ที่ 20 พฤศจิกายน 2569."""
        return weekday_date(self.on)

    @property
    def minutes_title(self) -> str:
        """The heading of the minutes: รายงานการประชุมกลุ่มนิเทศ."""
        return f"รายงานการประชุม{self.title.removeprefix('การ').removeprefix('ประชุม')}"

    @property
    def cancelled_words(self) -> str:
        """Why the meeting does not take place: งดเพราะวันหยุด: วันพ่อแห่งชาติ."""
        if self.cancel_cause == CancelCause.HOLIDAY:
            return f"งดเพราะวันหยุด: {self.cancel_reason}"
        return f"งดประชุม: {self.cancel_reason}"

    def is_on(self, now: datetime) -> bool:
        """The meeting's day is today; then participants may check themselves in."""
        return self.on == bangkok(now).date()


class AgendaItem(models.Model):
    """One item under a heading of the agenda, with what was said about it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda_items")
    heading = models.PositiveSmallIntegerField("ระเบียบวาระ", choices=Heading)
    position = models.PositiveSmallIntegerField()
    title = models.CharField("เรื่อง", max_length=300)
    presenter = models.ForeignKey(
        MEMBER,
        verbose_name="ผู้เสนอ",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField("รายละเอียด", blank=True)
    discussion = models.TextField("ที่ประชุมพูดคุย", blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["heading", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(heading__in=Heading.values), name="agenda_heading_known"
            )
        ]
        indexes = [models.Index(fields=["meeting", "heading", "position"], name="agenda_order")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('meetings:meeting', args=[self.meeting_id])}#item-{self.pk}"


class Attendance(models.Model):
    """One person of a meeting: invited, what they answered, whether they came.

    `capacity` is the post in which they were invited, as it was called then. Who comes instead of
    somebody (แทน) has a row of their own that `stands_for` the other.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="attendances")
    capacity = models.CharField(max_length=300, blank=True)
    stands_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="stand_ins"
    )
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.NONE)
    answer_reason = models.CharField("เหตุผล", max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.UNKNOWN)
    absence_reason = models.CharField("เหตุที่ไม่มา", max_length=300, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField()

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="attendance_unique"),
            models.CheckConstraint(
                condition=models.Q(answer__in=Answer.values), name="attendance_answer_known"
            ),
            models.CheckConstraint(
                condition=models.Q(presence__in=Presence.values), name="attendance_presence_known"
            ),
        ]
        indexes = [models.Index(fields=["member", "meeting"], name="attendance_member")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.meeting_id])

    @property
    def awaits_answer(self) -> bool:
        """Nothing was answered, and the meeting has not begun."""
        return self.answer == Answer.NONE and self.meeting.is_planned
