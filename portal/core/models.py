"""The tables and base classes on which every room stands."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from portal.core.errors import InvalidTransition


class Stateful(models.Model):
    """A model whose `state` may only move along the arrows in TRANSITIONS."""

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {}
    state: str

    class Meta:
        abstract = True

    def can_move_to(self, state: str) -> bool:
        return state in self.TRANSITIONS.get(self.state, frozenset())

    def move_to(self, state: str) -> None:
        """Change the state in memory; the service that asked for it saves."""
        if not self.can_move_to(state):
            label = self.get_state_display()  # type: ignore[attr-defined]  # made by `choices`
            raise InvalidTransition(f"{self} อยู่ในสถานะ “{label}” จึงดำเนินการนี้ไม่ได้")
        self.state = state


class OnceKey(models.Model):
    """A form that was sent once: its key, what it said, and what came of it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.UUIDField()
    body_hash = models.CharField(max_length=64)
    result = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="once_key_unique")]
        indexes = [models.Index(fields=["created_at"], name="once_key_created")]

    def __str__(self) -> str:
        return str(self.key)
