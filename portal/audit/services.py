"""Write the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from portal.audit.models import AuditEntry
from portal.core.actors import Actor
from portal.core.clock import db_now

_together: ContextVar[list[AuditEntry] | None] = ContextVar("together", default=None)


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
    entry = AuditEntry(
        at=at or db_now(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        member=by.member,
        holding_id=by.holding.pk if by.holding else None,
        for_post_id=by.for_post.pk if by.for_post else None,
        capacity=by.holding.capacity if by.holding else getattr(by, "name", ""),
        data=data,
    )
    together = _together.get()
    if together is None:
        entry.save(force_insert=True)
    else:
        together.append(entry)
    return entry


@contextmanager
def written_together() -> Iterator[None]:
    """What is recorded in the block is written at its end, by one statement, in its order.

    For a deed that holds a number while others wait. A block that fails has written nothing, as
    the deed has done nothing.
    """
    token = _together.set([])
    try:
        yield
        AuditEntry.objects.bulk_create(_together.get() or [])
    finally:
        _together.reset(token)


@dataclass(frozen=True)
class Deed:
    """One line of a thing's history: what, by whom, when, and why."""

    words: str
    who: str
    at: datetime
    reason: str = ""


def history_of(subject: models.Model, words: Mapping[str, str]) -> list[Deed]:
    """Return what was done with the thing, the latest first; only the actions that have words."""
    entries = AuditEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, action__in=words
    )
    return [
        Deed(
            words=words[entry.action],
            who=_who(entry),
            at=entry.at,
            reason=str(entry.data.get("reason", "")),
        )
        for entry in entries.select_related("member").order_by("-pk")
    ]


def _who(entry: AuditEntry) -> str:
    """Name the person; of a deed in somebody's stead both, the other in the words of the line."""
    who = str(entry.member or "ระบบ")
    return f"{who} {entry.capacity}" if entry.for_post_id else who
