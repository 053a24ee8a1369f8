"""A meeting that comes again: every week, or on one weekday of each month."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from meetings.querysets.meetings import SeriesQuerySet
from members.models import Unit
from portal.core.models import Stateful
from portal.core.thaidates import WEEKDAYS

MEMBER = settings.AUTH_USER_MODEL


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", "ทุกสัปดาห์"
    FIRST = "first", "สัปดาห์แรกของเดือน"
    SECOND = "second", "สัปดาห์ที่สองของเดือน"
    THIRD = "third", "สัปดาห์ที่สามของเดือน"
    FOURTH = "fourth", "สัปดาห์ที่สี่ของเดือน"
    LAST = "last", "สัปดาห์สุดท้ายของเดือน"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "วันจันทร์"
    TUESDAY = 1, "วันอังคาร"
    WEDNESDAY = 2, "วันพุธ"
    THURSDAY = 3, "วันพฤหัสบดี"
    FRIDAY = 4, "วันศุกร์"
    SATURDAY = 5, "วันเสาร์"
    SUNDAY = 6, "วันอาทิตย์"


class SeriesState(models.TextChoices):
    RUNNING = "running", "กำลังใช้"
    PAUSED = "paused", "พักไว้"
    ENDED = "ended", "สิ้นสุดแล้ว"


class Series(Stateful):
    """A meeting that comes again; the worker makes its meetings eight weeks ahead.

    `rule` says whom it is for, as the audience of one meeting; `rota` lists the members who take
    turns in telling a story.
    """

    TRANSITIONS = {
        SeriesState.RUNNING: {SeriesState.PAUSED, SeriesState.ENDED},
        SeriesState.PAUSED: {SeriesState.RUNNING, SeriesState.ENDED},
    }

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="meeting_series")
    title = models.CharField("ชื่อการประชุม", max_length=200)
    rhythm = models.CharField("ประชุมเมื่อ", max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)
    weekday = models.PositiveSmallIntegerField("วัน", choices=Weekday)
    starts_time = models.TimeField("เริ่มเวลา")
    minutes = models.PositiveSmallIntegerField(
        "ใช้เวลา (นาที)", default=120, validators=[MinValueValidator(5)]
    )
    place = models.CharField("สถานที่", max_length=200, blank=True)
    online_url = models.URLField("ลิงก์ประชุมออนไลน์", max_length=500, blank=True)
    from_on = models.DateField("ตั้งแต่")
    until_on = models.DateField("ถึง", null=True, blank=True)
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
    rule = models.JSONField(default=dict)
    rota = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=SeriesState, default=SeriesState.RUNNING)
    created_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SeriesState.values), name="series_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(rhythm__in=Rhythm.values), name="series_rhythm_known"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__in=Weekday.values), name="series_weekday_known"
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("from_on")),
                name="series_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="series_unit")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:series", args=[self.pk])

    @property
    def when(self) -> str:
        """The days as one says them: ทุกวันอังคาร 9.00 น."""
        day = WEEKDAYS[self.weekday]
        if self.rhythm == Rhythm.WEEKLY:
            return f"ทุกวัน{day} {self.starts_time:%H.%M} น."
        return f"วัน{day} {self.get_rhythm_display()} {self.starts_time:%H.%M} น."
