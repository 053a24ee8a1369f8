"""What a member may find in the bell, and what a worker may take next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connection, models, transaction
from django.db.models import Q

from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from members.models import Member
    from portal.notifications.models import (  # noqa: F401 - named in the generics below
        Delivery,
        Digest,
        Notification,
    )

LEASE = timedelta(seconds=60)

ModelT = TypeVar("ModelT", bound=models.Model)


def _take(model: type[models.Model], is_open: str, taken: str, params: list[Any]) -> list[int]:
    """Take due rows in one UPDATE and return their ids; another worker's rows are passed by.

    The rows are chosen in a materialised CTE: as a plain subselect PostgreSQL may run it again and
    take more rows than the limit. `durable`, because what is taken is sent, and nothing is sent
    inside a transaction.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    sql = f"""
        WITH due AS MATERIALIZED (
            SELECT id FROM {table}
            WHERE channel = %s AND {is_open} AND due_at <= %s
              AND (lease_until IS NULL OR lease_until < %s)
            ORDER BY due_at, id LIMIT %s {skip}
        )
        UPDATE {table} SET {taken} claimed_by = %s, lease_until = %s, attempts = attempts + 1
        WHERE id IN (SELECT id FROM due) RETURNING id
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [pk for (pk,) in cursor.fetchall()]


class LeasedQuerySet(BaseQuerySet[ModelT]):
    """Rows that one worker at a time takes."""

    IS_OPEN = ""
    TAKEN = ""

    def due(self, now: datetime) -> Self:
        """Rows whose time has come and which no worker holds."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(free, due_at__lte=now)

    def claim(self, worker: str, *, channel: str, now: datetime, limit: int) -> Self:
        """Lease due rows of a channel to this worker; rows whose lease ran out are due again.

        `attempts` rises here, so that a row that kills its worker is counted, too.
        """
        here = connection.ops.adapt_datetimefield_value
        params = [channel, here(now), here(now), limit, worker, here(now + LEASE)]
        taken = _take(self.model, self.IS_OPEN, self.TAKEN, params)
        return self.filter(pk__in=taken)

    def held_by(self, worker: str) -> Self:
        """Rows still this worker's: a zombie whose lease was taken over changes nothing."""
        return self.filter(claimed_by=worker)


class NotificationQuerySet(BaseQuerySet["Notification"]):
    """Notices in the bells of members."""

    def visible_to(self, member: Member | None) -> Self:
        """A member's own notifications, and no one else's."""
        if member is None or not member.pk:
            return self.none()
        return self.filter(recipient=member)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class DeliveryQuerySet(LeasedQuerySet["Delivery"]):
    """Notifications on their way out."""

    IS_OPEN = "NOT is_digest AND state IN ('pending', 'leased')"
    TAKEN = "state = 'leased',"

    def due(self, now: datetime) -> Self:
        """What goes out alone, is due, and held by no worker."""
        return super().due(now).filter(is_digest=False, state__in=["pending", "leased"])

    def for_digest(self) -> Self:
        """What waits for the morning mail of its recipient."""
        return self.filter(is_digest=True, state="pending")


class DigestQuerySet(LeasedQuerySet["Digest"]):
    """Morning mails."""

    IS_OPEN = "due_at IS NOT NULL"
