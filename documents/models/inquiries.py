"""What a recipient asks the owner of a letter, and the answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.arrivals import Arrival
from documents.querysets import InquiryQuerySet

MEMBER = settings.AUTH_USER_MODEL


class Inquiry(models.Model):
    """A question about a received letter; answered to the asking unit alone, or published.

    A published one is read by every recipient of the letter, without the name of who asked, in the
    words of `published_text`: the owner takes out what would tell who asked.
    """

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="inquiries")
    text = models.TextField("คำถาม", max_length=1000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField("คำตอบ", max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        MEMBER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_published = models.BooleanField("เผยแพร่ใต้หนังสือ", default=False)
    published_text = models.TextField("คำถามที่เผยแพร่", max_length=1000, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answer="", is_published=False)
                | models.Q(answered_at__isnull=False) & ~models.Q(answer=""),
                name="inquiry_answered_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(is_published=False) | ~models.Q(published_text=""),
                name="inquiry_published_in_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["arrival"],
                condition=models.Q(answered_at__isnull=True),
                name="inquiry_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.arrival_id} {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("documents:inquiry", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
