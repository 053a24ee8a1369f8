"""The morning mail: one for each member and working morning, with all there is to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Min

from portal.core.clock import bangkok, db_now
from portal.notifications.channels import EmailChannel, Refused, Unreachable
from portal.notifications.domain import MAX_ATTEMPTS, may_go, next_digest
from portal.notifications.models import Delivery, DeliveryState, Digest
from portal.notifications.services.gate import Gate
from portal.notifications.services.mailing import digest_mail, waiting_for
from portal.notifications.services.turns import Turn, next_try, write_down

Endings = Mapping[DeliveryState, Sequence[Delivery]]


def waiting_deliveries(digests: Sequence[Digest], turn: Turn) -> dict[int, list[Delivery]]:
    """Return by member what the morning mails are to tell, oldest first."""
    rows: dict[int, list[Delivery]] = {digest.member_id: [] for digest in digests}
    if rows:
        waiting = Delivery.objects.for_digest().filter(
            recipient__in=rows, channel=digests[0].channel, due_at__lte=turn.now
        )
        for delivery in waiting.select_related("notification__notice__message").order_by("pk"):
            rows[delivery.recipient_id].append(delivery)
    return rows


def send_digest(
    digest: Digest, deliveries: Sequence[Delivery], channel: EmailChannel, gate: Gate, turn: Turn
) -> None:
    """The morning mail is sent and all it told is settled, or it moves to the next morning.

    Only an absent provider is raised.
    """
    endings: dict[DeliveryState, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        endings[gate.verdict(delivery) or DeliveryState.SENT].append(delivery)
    told = endings.pop(DeliveryState.SENT, [])
    if not told:
        _settle(digest, endings, turn)
        return
    holidays = gate.office(told[-1]).holidays
    if not may_go(turn.now, digest.last_sent_on, holidays):
        _postpone(digest, turn, due_at=next_digest(turn.now, holidays), attempts=0)
    elif digest.attempts > MAX_ATTEMPTS:
        _settle(digest, {**endings, DeliveryState.DEAD: told}, turn)
    else:
        _try_to_send(digest, told, endings, channel, turn, holidays)


def _try_to_send(
    digest: Digest,
    told: Sequence[Delivery],
    endings: Endings,
    channel: EmailChannel,
    turn: Turn,
    holidays: Collection[date],
) -> None:
    try:
        mail = digest_mail(digest, told, waiting_for(digest.member), turn.now, holidays)
        reference = channel.send(mail)
    except Unreachable:
        raise
    except Refused as error:
        _settle(digest, {**endings, DeliveryState.FAILED: told}, turn, error=str(error))
    except Exception as error:  # noqa: BLE001 - one mail must not stop the others
        write_down("send_failed", error, digest=digest.pk)
        name = type(error).__name__
        if digest.attempts >= MAX_ATTEMPTS:
            _settle(digest, {**endings, DeliveryState.DEAD: told}, turn, error=name)
        else:
            _postpone(digest, turn, due_at=next_try(digest.attempts), error=name)
    else:
        _settle(digest, {**endings, DeliveryState.SENT: told}, turn, reference=reference)


@transaction.atomic
def _postpone(digest: Digest, turn: Turn, **values: Any) -> bool:
    held = Digest.objects.held_by(turn.worker).filter(pk=digest.pk)
    return bool(held.update(lease_until=None, claimed_by="", **values))


@transaction.atomic
def _settle(
    digest: Digest, endings: Endings, turn: Turn, *, reference: str = "", error: str = ""
) -> bool:
    """Mark what the mail told, and set the morning for whatever came in meanwhile.

    True when the row was still this worker's. It is locked before the rest is read: a fan-out of
    this moment is either seen here, or waits for the lock and sets the next morning after it.
    """
    held = Digest.objects.held_by(turn.worker).filter(pk=digest.pk).lock_all().first()
    if held is None:
        return False
    now = db_now()
    for state, rows in endings.items():
        sent = {"provider_ref": reference, "sent_at": now} if state == DeliveryState.SENT else {}
        pending = Delivery.objects.for_digest().filter(pk__in=[row.pk for row in rows])
        pending.update(state=state, error=error, **sent)
    rest = Delivery.objects.for_digest().filter(recipient=held.member_id, channel=held.channel)
    held.due_at = rest.aggregate(first=Min("due_at"))["first"]
    held.claimed_by, held.lease_until, held.attempts, held.error = "", None, 0, error
    if reference:
        held.last_sent_on = bangkok(now).date()
    held.save(
        update_fields=["due_at", "claimed_by", "lease_until", "attempts", "error", "last_sent_on"]
    )
    return True
