"""Who was asked, what was sent in, and what was said.

Nothing joins `Answer` to `Invitation`: no key, no time, no order. What a member sends lies sealed
in `Intake` until the worker opens at least five together; the private key is not in the database.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from research.models.surveys import Population, Survey
from research.querysets import AnswerQuerySet, IntakeQuerySet, InvitationQuerySet

MEMBER = settings.AUTH_USER_MODEL
TOKEN_HASH_LENGTH = 64


class Invitation(models.Model):
    """A member is asked by a survey, as one of its populations.

    The token itself is nowhere in the database. `has_participated` of an anonymous survey is
    set only when a batch is opened, with at least four others of the same population.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    member = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    population = models.CharField(max_length=14, choices=Population)
    token_hash = models.CharField(max_length=TOKEN_HASH_LENGTH, unique=True)
    has_participated = models.BooleanField(default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "member"], name="invitation_once"),
            models.CheckConstraint(
                condition=models.Q(population__in=Population.values),
                name="invitation_population_known",
            ),
        ]
        indexes = [models.Index(fields=["member", "has_participated"], name="invitation_member")]

    def __str__(self) -> str:
        return f"ผู้ได้รับเชิญ {self.pk}"


class Intake(models.Model):
    """A finished anonymous answer, sealed, until its batch is opened; then the row is gone."""

    token_hash = models.CharField(max_length=TOKEN_HASH_LENGTH, primary_key=True)
    sealed = models.BinaryField()

    objects = IntakeQuerySet.as_manager()

    def __str__(self) -> str:
        return "ซองคำตอบ"


class Answer(models.Model):
    """One anonymous answer sheet; `data` is question key → value.

    `population` is empty where a population had fewer than five answers and was opened together
    with others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    population = models.CharField(max_length=14, choices=Population, blank=True)
    data = models.JSONField(default=dict)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["survey", "population"], name="answer_population")]

    def __str__(self) -> str:
        return "คำตอบ"


class NamedAnswer(models.Model):
    """One answer sheet of a survey that says openly that it asks by name."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.PROTECT, related_name="named_answer"
    )
    data = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"คำตอบที่ {self.pk}"
