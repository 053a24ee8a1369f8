"""Take back what was told about a thing from whoever may not open it any more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.notifications.kinds import Text, kinds
from portal.notifications.models import (
    MAX_TITLE,
    MAX_UNIT_TEXT,
    Delivery,
    DeliveryState,
    Digest,
    Notice,
    Notification,
    UnreadCounter,
)
from portal.notifications.services.gate import who_may_open
from portal.outbox.models import OutboxMessage, OutboxState

ON_THE_WAY = (DeliveryState.PENDING, DeliveryState.LEASED)


@transaction.atomic
def withdraw_notices(
    thing: models.Model,
    *,
    parts: Iterable[QuerySet[Any]] = (),
    members: QuerySet[Any],
    kind: str,
    text: Text,
) -> int:
    """Those of `members` who may not open the thing read `text` wherever they were told of it.

    That is every notice about the thing, or about one of its `parts`; how many were unread stays,
    and mail that has not gone out is withdrawn. Whoever may still open the thing keeps what they
    were told. To be called in the transaction that takes the thing away, after it was taken: a
    fan-out of this moment is waited for, and one that comes later asks again whom it concerns.
    Return how many notifications were changed.
    """
    about = Q(subject_type=thing._meta.label_lower, subject_id=thing.pk)
    for part in parts:
        about |= Q(subject_type=part.model._meta.label_lower, subject_id__in=part.values("pk"))
    _wait_for_fan_out(about)
    keepers = who_may_open(members, thing._meta.label_lower, thing.pk)
    losers = members.exclude(pk__in=keepers.order_by().values("pk"))
    mine = Notification.objects.filter(recipient__in=losers.order_by().values("pk"))
    told = Notice.objects.filter(about, Exists(mine.filter(notice=OuterRef("pk"))))
    notices = list(told.order_by("pk"))
    if not notices:
        return 0
    _lock_bells_of(mine.filter(notice__in=notices))
    return sum(_reword(notice, mine.filter(notice=notice), kind, text) for notice in notices)


def _wait_for_fan_out(about: Q) -> None:
    """Hold the messages about it that are not told to the end: each chunk begins by writing its
    message's row, so what is being told now is seen below, and the rest is told after the commit.
    """
    pending = OutboxMessage.objects.filter(
        about,
        topic__in=[kind.key for kind in kinds()],
        state__in=[OutboxState.WAITING, OutboxState.LEASED],
    )
    list(pending.lock_all().values_list("pk"))


def _lock_bells_of(rows: QuerySet[Notification]) -> None:
    """Hold counters and mornings first, each in the order in which reading and sending do."""
    members = rows.order_by().values("recipient")
    list(UnreadCounter.objects.select_for_update(no_key=True).filter(pk__in=members).order_by("pk"))
    list(Digest.objects.filter(member__in=members).lock_all().values_list("pk"))


def _reword(notice: Notice, rows: QuerySet[Notification], kind: str, text: Text) -> int:
    """Put the rows under a notice of their own that says only `text`, and stop their mail.

    The new notice has no message behind it, so nothing is ever sent for it.
    """
    said = Notice.objects.create(
        kind=kind,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
        title=text.title[:MAX_TITLE],
        lines=list(text.lines),
        url=text.url,
        unit_text=text.unit_text[:MAX_UNIT_TEXT],
        office_text=notice.office_text,
        created_at=notice.created_at,
    )
    moved = rows.update(notice=said)
    unsent = Delivery.objects.filter(notification__notice=said, state__in=ON_THE_WAY)
    unsent.update(state=DeliveryState.WITHDRAWN, lease_until=None)
    return moved
