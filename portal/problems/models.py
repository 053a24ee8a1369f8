"""What people report when something does not work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from members.models import Unit
from portal.core.models import Stateful
from portal.problems.querysets import ProblemQuerySet

MEMBER = settings.AUTH_USER_MODEL
MOST_LETTERS = 2_000
SHOWN_LETTERS = 80


class ProblemState(models.TextChoices):
    OPEN = "open", "ยังไม่แก้"
    FIXED = "fixed", "แก้แล้ว"


class Problem(Stateful):
    """Something that did not work, as somebody told it to the office's administrators."""

    TRANSITIONS = {
        ProblemState.OPEN: {ProblemState.FIXED},
        ProblemState.FIXED: {ProblemState.OPEN},
    }

    office = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=200, blank=True)
    message = models.TextField(max_length=MOST_LETTERS)
    page = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=20, blank=True)
    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=ProblemState, default=ProblemState.OPEN)
    reported_at = models.DateTimeField()
    fixed_at = models.DateTimeField(null=True)
    fixed_by = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ProblemState.values), name="problem_state_known"
            )
        ]
        indexes = [models.Index(fields=["office", "state", "-reported_at"], name="problem_office")]

    def __str__(self) -> str:
        first = self.message.split("\n", 1)[0]
        return first if len(first) <= SHOWN_LETTERS else f"{first[:SHOWN_LETTERS]}…"

    def get_absolute_url(self) -> str:
        return reverse("problems:problem", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == ProblemState.OPEN

    @property
    def who(self) -> str:
        """The member, or that it was a visitor."""
        return str(self.member) if self.member else "ผู้เยี่ยมชม"
