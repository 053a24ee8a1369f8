"""Reading the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from portal.outbox.models import OutboxMessage

WAITING, LEASED, DEAD = "waiting", "leased", "dead"


class OutboxQuerySet(BaseQuerySet["OutboxMessage"]):
    def due(self, now: datetime) -> Self:
        """Rows to do now, the longest due first; a lease that ran out is due again."""
        return self.filter(
            Q(state=WAITING) | Q(state=LEASED, lease_until__lte=now),
            state__in=[WAITING, LEASED],
            due_at__lte=now,
        ).order_by("due_at", "pk")

    def held_by(self, message: OutboxMessage) -> Self:
        """The row of this message, as long as the claim it was read with still holds."""
        return self.filter(pk=message.pk, claimed_by=message.claimed_by)

    def dead(self) -> Self:
        """Rows given up, which somebody has to look at."""
        return self.filter(state=DEAD).order_by("pk")
