"""Codes with which members set a new password."""

from __future__ import annotations

from django.db import models

from members.models.people import Member


class OneTimeCode(models.Model):
    """A code for a forgotten password, given by somebody who knows the person; used once."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="one_time_codes", editable=False
    )
    code_hash = models.CharField(max_length=64, editable=False)
    given_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.member_id} {self.given_at}"
