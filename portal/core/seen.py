"""Two people at one form: whoever saves second is told what the first one wrote, and loses nothing.

The page carries a fingerprint of the thing as it was shown (`seen_as`); the service compares it
under its lock (`require_as_seen`); the page of the second one shows the text of the first beside
the form, which still holds what was typed, and saving once more is then a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db import models

from portal.core.errors import Conflict
from portal.core.once import body_hash
from portal.core.thaidates import short_date, short_datetime, short_time

SEEN = "seen"
EMPTY = "(ว่าง)"
# A moment is a day, too, so it comes first.
SAID: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "ใช่" if value else "ไม่ใช่"),
    (datetime, short_datetime),
    (date, short_date),
    (time, short_time),
)


class Overtaken(Conflict):
    """Somebody saved the thing since this page was opened; `row` is how it reads now."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(
            "มีคนแก้เรื่องนี้ก่อนท่านบันทึก สิ่งที่ท่านพิมพ์ยังอยู่ในแบบ ดูของเขาก่อน แล้วบันทึกอีกครั้งถ้าจะใช้ของท่าน"
        )
        self.row: Any = row


@dataclass(frozen=True)
class Theirs:
    """What somebody else wrote in a field in which something else was typed here."""

    label: str
    text: str


def seen_as(row: models.Model, names: Iterable[str]) -> str:
    """Return a fingerprint of how the thing reads in these fields."""
    columns = [row._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]  # columns only
    return body_hash([getattr(row, column) for column in columns])


def seen_before(data: Mapping[str, str] | None, row: models.Model, names: Iterable[str]) -> str:
    """Return the fingerprint of the page that was sent; of the thing itself for a page just opened.

    So that a page that comes back for another reason still tells what its reader has seen.
    """
    return (data or {}).get(SEEN, "") or seen_as(row, names)


def require_as_seen(row: models.Model, names: Iterable[str], seen: str) -> None:
    """Go on when the locked thing reads as the page showed it; raise Overtaken otherwise.

    Without a fingerprint (the worker, a command) nothing was shown that could be out of date.
    """
    if seen and seen != seen_as(row, names):
        raise Overtaken(row)


def theirs(form: forms.BaseForm, now: Mapping[str, Any]) -> list[Theirs]:
    """Return what the thing says `now` (as the form's initial) where something else was typed."""
    return [
        Theirs(str(field.label), _shown(field.field, now[field.name]))
        for field in form.visible_fields()
        if field.name in now and field.field.has_changed(now[field.name], field.data)
    ]


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(field, one) for one in value) or EMPTY
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return str(row) if row else EMPTY
    if isinstance(field, forms.ChoiceField):
        words = {str(key): str(word) for key, word in field.choices}  # type: ignore[union-attr,misc]  # flat lists
        return words.get(str(value), str(value))
    for kind, say in SAID:
        if isinstance(value, kind):
            return say(value)
    return str(value or EMPTY)
