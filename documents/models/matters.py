"""What becomes of a letter inside the office: proposed, endorsed, routed, assigned, settled."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.arrivals import Arrival
from documents.models.letters import Letter
from documents.querysets import MatterQuerySet, RoutingQuerySet
from members.models import Holding, Post, Unit
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


class Channel(models.TextChoices):
    """How a letter reached the office."""

    PORTAL = "portal", "ทางระบบนี้"
    POST = "post", "ไปรษณีย์"
    HAND = "hand", "นำส่งด้วยตนเอง"
    EMAIL = "email", "อีเมล"
    OBEC = "obec", "ระบบของ สพฐ."
    OTHER = "other", "ทางอื่น"


class MatterState(models.TextChoices):
    RECEIVED = "received", "รอเสนอ"
    PROPOSED = "proposed", "รอสั่งการ"
    ROUTED = "routed", "รอมอบหมาย"
    ASSIGNED = "assigned", "รอรับเรื่อง"
    IN_HAND = "in_hand", "กำลังดำเนินการ"
    ANSWERED = "answered", "ตอบแล้ว"
    CLOSED = "closed", "ปิดเรื่องแล้ว"


DONE_STATES = (MatterState.ANSWERED, MatterState.CLOSED)


class Matter(Stateful):
    """A letter that the office received, on its way through the office until it is settled.

    `proposed_to` is the post whose order it waits for, `main_unit` the group that acts, `officer`
    whose it is there. `due_at` is the deadline that the last of them was given.
    """

    TRANSITIONS = {
        MatterState.RECEIVED: {MatterState.PROPOSED, MatterState.ROUTED},
        MatterState.PROPOSED: {MatterState.PROPOSED, MatterState.ROUTED, MatterState.CLOSED},
        MatterState.ROUTED: {
            MatterState.RECEIVED,
            MatterState.ASSIGNED,
            MatterState.ANSWERED,
            MatterState.CLOSED,
        },
        MatterState.ASSIGNED: {
            MatterState.ROUTED,
            MatterState.ASSIGNED,
            MatterState.IN_HAND,
            MatterState.ANSWERED,
            MatterState.CLOSED,
        },
        MatterState.IN_HAND: {
            MatterState.ROUTED,
            MatterState.ASSIGNED,
            MatterState.ANSWERED,
            MatterState.CLOSED,
        },
        MatterState.ANSWERED: {MatterState.RECEIVED, MatterState.ROUTED, MatterState.IN_HAND},
        MatterState.CLOSED: {MatterState.RECEIVED, MatterState.ROUTED},
    }

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="matters")
    arrival = models.OneToOneField(Arrival, on_delete=models.PROTECT, related_name="matter")
    channel = models.CharField("มาทาง", max_length=10, choices=Channel, default=Channel.PORTAL)
    state = models.CharField(max_length=10, choices=MatterState, default=MatterState.RECEIVED)
    proposed_to = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    main_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    officer = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="matters"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField("ผลการดำเนินการ", max_length=1000, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = "เรื่องเข้าสำนักงาน"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MatterState.values), name="matter_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="matter_channel_known"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state", "-received_at"], name="matter_office"),
            models.Index(fields=["main_unit", "state"], name="matter_unit"),
            models.Index(fields=["proposed_to", "state"], name="matter_proposed"),
        ]

    def __str__(self) -> str:
        return f"เลขรับ {self.arrival.entry}"

    def get_absolute_url(self) -> str:
        return reverse("documents:matter", args=[self.pk])

    @property
    def letter(self) -> Letter:
        return self.arrival.letter

    @property
    def is_done(self) -> bool:
        return self.state in DONE_STATES

    def is_overdue(self, now: datetime) -> bool:
        return not self.is_done and self.due_at is not None and self.due_at < now


class Routing(models.Model):
    """A matter as it lies with one group: the main one acts, the others take note."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="routings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="routings")
    is_main = models.BooleanField(default=False)
    routed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RoutingQuerySet.as_manager()

    class Meta:
        ordering = ["-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "unit"], name="routing_unit_unique"),
            models.UniqueConstraint(
                fields=["matter"],
                condition=models.Q(is_main=True),
                name="routing_main_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit"],
                condition=models.Q(is_main=False, acknowledged_at__isnull=True),
                name="routing_to_note",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} → {self.unit_id}"

    def get_absolute_url(self) -> str:
        return reverse("documents:matter", args=[self.matter_id])


class StepKind(models.TextChoices):
    RECEIVED = "received", "ลงรับ"
    PROPOSED = "proposed", "เสนอ"
    ENDORSED = "endorsed", "สั่งการ"
    ROUTED = "routed", "ส่งกลุ่ม"
    ACKNOWLEDGED = "acknowledged", "รับทราบ"
    ASSIGNED = "assigned", "มอบหมาย"
    ACCEPTED = "accepted", "รับเรื่อง"
    RETURNED = "returned", "ส่งคืน"
    ANSWERED = "answered", "ตอบ"
    CLOSED = "closed", "ปิดเรื่อง"
    REOPENED = "reopened", "เปิดเรื่องอีกครั้ง"


class Step(models.Model):
    """One deed on a matter, as it stands on the letter: who, in which post, when, which words.

    Names are kept as they were, for people move and posts are renamed; no step is ever changed.
    A step of the kind `endorsed` is what the office calls เกษียน.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind)
    text = models.TextField(max_length=2000, blank=True)
    to_text = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, null=True, on_delete=models.PROTECT, related_name="+")
    name_text = models.CharField(max_length=200)
    post_text = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "position"], name="step_position_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=StepKind.values), name="step_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.position} {self.kind}"
