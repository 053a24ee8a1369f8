"""Send what is due: each message once, to whoever may still read it."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from portal.core.clock import db_now
from portal.notifications.channels import EmailChannel, Unreachable
from portal.notifications.models import Channel, Delivery, Digest
from portal.notifications.services.gate import Gate
from portal.notifications.services.mornings import send_digest, waiting_deliveries
from portal.notifications.services.singles import send_single
from portal.notifications.services.turns import Turn, write_down

logger = logging.getLogger("portal.notifications")

BATCH = 100
DOWN = timedelta(seconds=60)
LONGEST = 10
"""Seconds after which a call leaves the rest to the next sweep, so that new letters do not wait."""


def deliver() -> int:
    """What was due has gone out, was withdrawn, or has its next try; return how many were taken.

    Never raises: one message that cannot be made or sent does not stop the others, and a database
    that cannot be reached leaves rows whose lease runs out.
    """
    total, started = 0, time.monotonic()
    try:
        while time.monotonic() - started < LONGEST and (taken := _take_turn()):
            total += taken
    except Exception as error:  # noqa: BLE001 - the sweep goes on whatever happens here
        write_down("deliver_stopped", error)
    return total


def _take_turn() -> int:
    """Claim a batch and send it, outside any transaction; return how many rows it had."""
    turn = Turn(now=db_now())
    if not Delivery.objects.due(turn.now).exists() and not Digest.objects.due(turn.now).exists():
        return 0
    singles, digests = _claim_singles(turn), _claim_digests(turn)
    mornings = waiting_deliveries(digests, turn)
    gate = Gate([*singles, *(row for rows in mornings.values() for row in rows)])
    with EmailChannel() as channel:
        try:
            for delivery in singles:
                if not turn.is_over:
                    send_single(delivery, channel, gate, turn)
            for digest in digests:
                if not turn.is_over:
                    send_digest(digest, mornings[digest.member_id], channel, gate, turn)
        except Unreachable as error:
            logger.warning("notifications.unreachable channel=%s error=%s", channel.key, error)
            turn.give_back(due_at=db_now() + DOWN)
        else:
            turn.give_back()
    return len(singles) + len(digests)


def _claim_singles(turn: Turn) -> list[Delivery]:
    claimed = Delivery.objects.claim(turn.worker, channel=Channel.EMAIL, now=turn.now, limit=BATCH)
    rows = claimed.select_related("notification__notice__message", "recipient")
    return list(rows.order_by("due_at", "pk"))


def _claim_digests(turn: Turn) -> list[Digest]:
    claimed = Digest.objects.claim(turn.worker, channel=Channel.EMAIL, now=turn.now, limit=BATCH)
    return list(claimed.select_related("member").order_by("due_at", "pk"))
