"""How often signing in has failed."""

from __future__ import annotations

from django.db import models


class SignInFailures(models.Model):
    """How often signing in failed lately, under one name or from one network, both as hashes."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} × {self.count}"
