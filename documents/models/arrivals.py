"""The letter with its recipients: received, assigned, answered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.letters import Dispatch, Letter
from documents.models.registers import RegisterEntry
from documents.querysets import (
    ArrivalQuerySet,
    AssignmentQuerySet,
    ResponseQuerySet,
)
from members.models import Member, Unit, UnitKind
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


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
    is a fact (`opened_at`), never a state. A received one is recalled only inside its own school,
    and a superseded one is as it was when the newer letter is recalled.
    """

    TRANSITIONS = {
        ArrivalState.WAITING: {
            ArrivalState.RECEIVED,
            ArrivalState.REFUSED,
            ArrivalState.RECALLED,
            ArrivalState.SUPERSEDED,
        },
        ArrivalState.RECEIVED: {ArrivalState.SUPERSEDED, ArrivalState.RECALLED},
        ArrivalState.SUPERSEDED: {ArrivalState.WAITING, ArrivalState.RECEIVED},
    }

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="arrivals")
    # A letter from outside the portal was dispatched by nobody here.
    dispatch = models.ForeignKey(
        Dispatch, null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="arrivals")
    member = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals"
    )
    state = models.CharField(max_length=10, choices=ArrivalState, default=ArrivalState.WAITING)
    response_state = models.CharField(
        max_length=10, choices=ResponseState, default=ResponseState.NONE
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
    recalled_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    stamp_place = models.CharField(max_length=20, choices=StampPlace, default=StampPlace.TOP_RIGHT)

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
        """An answer is asked for and not given, or was returned.

        An office answers what a school wrote with a letter of its own.
        """
        is_asked = self.letter.expects_answer and not (
            self.letter.is_from_school and self.unit.kind == UnitKind.OFFICE
        )
        return is_asked and self.response_state in {
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


class AssignmentPurpose(models.TextChoices):
    """Why a school's person got the letter: to act on it, or to read it (แจ้งเวียน)."""

    ACT = "act", "มอบหมาย"
    KNOW = "know", "แจ้งเวียน"


class Assignment(models.Model):
    """A school gave a received letter to one of its people, who acknowledges it."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="assignments")
    assignee = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="assignments")
    purpose = models.CharField(
        max_length=4, choices=AssignmentPurpose, default=AssignmentPurpose.ACT
    )
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


class PhoneCall(models.Model):
    """Somebody telephoned to confirm the receipt; added, never changed (annex 7, 5.5)."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="calls")
    spoke_to = models.CharField("คุยกับ", max_length=200)
    note = models.CharField("ผลการโทร", max_length=500, blank=True)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.arrival_id} {self.called_at:%Y-%m-%d %H:%M}"


class Response(Stateful):
    """One version of a recipient's answer."""

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        ResponseState.ANSWERED: {ResponseState.RETURNED, ResponseState.ACCEPTED},
    }

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="responses")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ResponseState, default=ResponseState.ANSWERED)
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
