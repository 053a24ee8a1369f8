"""Write the history."""

from __future__ import annotations

from typing import Any

from django.db import models

from portal.audit.models import AuditEntry
from portal.core.actors import Actor
from portal.core.clock import db_now


def record(action: str, subject: models.Model, *, by: Actor, **data: Any) -> AuditEntry:
    """Add one line to the history, in the transaction of the deed.

    `action` is `noun.participle` (`letter.sent`); `data` holds what changed, JSON values only,
    as `field=[old, new]` or plain facts. The capacity is kept as text, too, so that the line
    stays true after a post is renamed.
    """
    return AuditEntry.objects.create(
        at=db_now(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        member=by.member,
        holding_id=by.holding.pk if by.holding else None,
        for_post_id=by.for_post.pk if by.for_post else None,
        capacity=str(by.holding) if by.holding else getattr(by, "name", ""),
        data=data,
    )


def record_many(
    action: str, subjects: list[models.Model], *, by: Actor, data: list[dict[str, Any]]
) -> None:
    """Add one line for each subject in one statement, equal to `record` called for each."""
    now = db_now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now,
            action=action,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            member=by.member,
            holding_id=by.holding.pk if by.holding else None,
            for_post_id=by.for_post.pk if by.for_post else None,
            capacity=str(by.holding) if by.holding else getattr(by, "name", ""),
            data=facts,
        )
        for subject, facts in zip(subjects, data, strict=True)
    )
