"""Send what cannot wait until the morning."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.core.clock import db_now
from portal.notifications.channels import EmailChannel, Refused, Unreachable
from portal.notifications.domain import MAX_ATTEMPTS
from portal.notifications.models import Delivery, DeliveryState
from portal.notifications.services.gate import Gate
from portal.notifications.services.mailing import notice_mail
from portal.notifications.services.turns import Turn, next_try, write_down


def send_single(delivery: Delivery, channel: EmailChannel, gate: Gate, turn: Turn) -> None:
    """The delivery is sent, ended, or due again later; only an absent provider is raised."""
    ending = gate.verdict(delivery)
    if ending is None and delivery.attempts > MAX_ATTEMPTS:
        ending = DeliveryState.DEAD
    if ending is None:
        _mark(delivery, turn, **_try_to_send(delivery, channel))
    else:
        _mark(delivery, turn, state=ending)


def _try_to_send(delivery: Delivery, channel: EmailChannel) -> dict[str, Any]:
    """Send, and return what is to be written down about it."""
    try:
        reference = channel.send(notice_mail(delivery))
    except Unreachable:
        raise
    except Refused as error:
        return {"state": DeliveryState.FAILED, "error": str(error)}
    except Exception as error:  # noqa: BLE001 - one mail must not stop the others
        write_down("send_failed", error, delivery=delivery.pk)
        name = type(error).__name__
        if delivery.attempts >= MAX_ATTEMPTS:
            return {"state": DeliveryState.DEAD, "error": name}
        due_at = next_try(delivery.attempts)
        return {"state": DeliveryState.PENDING, "due_at": due_at, "error": name}
    return {
        "state": DeliveryState.SENT,
        "provider_ref": reference,
        "sent_at": db_now(),
        "error": "",
    }


@transaction.atomic
def _mark(delivery: Delivery, turn: Turn, **values: Any) -> bool:
    """True when the row was still this worker's; a zombie's late word changes nothing."""
    held = Delivery.objects.held_by(turn.worker).filter(pk=delivery.pk, state=DeliveryState.LEASED)
    return bool(held.update(lease_until=None, **values))
