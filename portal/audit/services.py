"""Write the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from portal.audit.models import AuditEntry
from portal.core.actors import Actor
from portal.core.clock import db_now


def record(
    action: str,
    subject: models.Model,
    *,
    by: Actor,
    at: datetime | None = None,
    **data: Any,
) -> AuditEntry:
    """Add one line to the history, in the transaction of the deed, with its time (`at`, or now).

    `action` is `noun.participle` (`letter.sent`); `data` holds what changed, JSON values only,
    as `field=[old, new]` or plain facts. The capacity is kept as text, too, so that the line
    stays true after a post is renamed.
    """
    return AuditEntry.objects.create(
        at=at or db_now(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        member=by.member,
        holding_id=by.holding.pk if by.holding else None,
        for_post_id=by.for_post.pk if by.for_post else None,
        capacity=str(by.holding) if by.holding else getattr(by, "name", ""),
        data=data,
    )
