"""Save what changed, and put into the history what it was before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.errors import DomainError

ModelT = TypeVar("ModelT", bound=models.Model)

UNTOLD = {"id", "password", "last_login", "date_joined"}


def stored(thing: ModelT) -> ModelT | None:
    """Return the stored row, locked; None when the thing is new."""
    if thing.pk is None:
        return None
    row: ModelT = type(thing)._default_manager.lock(thing.pk)  # type: ignore[attr-defined]  # BaseQuerySet
    return row


def keep(
    thing: ModelT, before: ModelT | None, changes: Iterable[str], *, by: Actor, noun: str
) -> ModelT:
    """Store a new thing, or the named fields of one that was there, and say so in the history."""
    check(thing)
    if before is None:
        thing.save(force_insert=True)
        record(f"{noun}.added", thing, by=by, **facts(thing))
    else:
        save_changes(thing, before, changes, by=by, action=f"{noun}.changed")
    return thing


def check(thing: models.Model) -> None:
    """Raise DomainError with all that is wrong with the thing."""
    try:
        thing.full_clean(exclude=["password"])
    except ValidationError as error:
        raise DomainError(" · ".join(error.messages)) from error


def save_changes(
    thing: models.Model, before: models.Model, changes: Iterable[str], *, by: Actor, action: str
) -> None:
    """Save the named fields that differ from the stored row; nothing changed, nothing is said."""
    different: dict[str, Any] = {}
    for name in changes:
        attname = thing._meta.get_field(name).attname  # type: ignore[union-attr]  # never a relation back
        old, new = getattr(before, attname), getattr(thing, attname)
        if old != new:
            # A password is a fact that changed; neither its old nor its new hash is history.
            different[name] = True if name == "password" else [plain(old), plain(new)]
    if different:
        thing.save(update_fields=list(different))
        record(action, thing, by=by, **different)


def facts(thing: models.Model) -> dict[str, Any]:
    """Return what a new row says, without its blanks and without the password."""
    values = {
        field.name: getattr(thing, field.attname)
        for field in thing._meta.concrete_fields
        if field.name not in UNTOLD
    }
    return {name: plain(value) for name, value in values.items() if value not in (None, "")}


def plain(value: Any) -> Any:
    """Return a value as the history keeps it."""
    return value.isoformat() if isinstance(value, date) else value
