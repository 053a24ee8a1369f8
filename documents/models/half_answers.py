"""What a desk has filled in of an answer and has not sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from documents.models.arrivals import Arrival


class HalfAnswer(models.Model):
    """An answer half filled in at a recipient's desk; nobody but this desk ever sees it.

    Any colleague of the desk goes on with it, on any phone. `base` is the version of the answer
    that was given when it was begun (0: none), `version` counts its savings. It is gone when the
    answer is sent. Its files hang on it, so that no sweep takes them.
    """

    arrival = models.OneToOneField(Arrival, on_delete=models.CASCADE, related_name="half_answer")
    base = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.arrival_id} ({self.version})"
