"""Long lists, a page at a time, by key and not by count.

A page costs the same at the beginning and at the end of a million rows, and a row that arrives
while somebody reads moves nothing. The cursor names the last row shown. It is opaque but not
signed: it only narrows a queryset that is gated already, so a forged one can show nothing new,
and one that makes no sense is the first page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

ModelT = TypeVar("ModelT", bound=models.Model)

MAX_CURSOR_LENGTH = 2_000
YEARS = range(1800, 2301)
FAR_ROW = 2**62  # no row has such a number


@dataclass(frozen=True)
class Page(Generic[ModelT]):
    """Some rows of a list, and where the next ones begin."""

    items: list[ModelT]
    next_cursor: str | None
    is_first: bool

    def __len__(self) -> int:
        return len(self.items)


class Address:
    """Where a list stands, with what was asked of it; what is empty is left out."""

    def __init__(self, name: str, /, *args: Any, **query: Any) -> None:
        self.name = name
        self.args = args
        self.query = query

    def url(self, **changes: Any) -> str:
        given = {key: value for key, value in (self.query | changes).items() if value}
        address = _address(self.name, self.args)
        return f"{address}?{urlencode(given)}" if given else address

    def after(self, cursor: str | None) -> str:
        """Return where the next rows are; nothing when there are none."""
        return self.url(after=cursor) if cursor else ""

    def links(
        self, key: str, labels: Mapping[str, str], *, counts: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Return the same list with each of the values under `key`, as filters and tabs show it."""
        return [
            {
                "url": self.url(**{key: value}),
                "label": label,
                "count": (counts or {}).get(value),
                "current": value == self.query[key],
            }
            for value, label in labels.items()
        ]


@lru_cache(maxsize=1_000)
def _address(name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, args=args)


def keyset_page(
    queryset: models.QuerySet[ModelT],
    *,
    order: Sequence[str] = ("-pk",),
    cursor: str | None = None,
    size: int = 50,
) -> Page[ModelT]:
    """Return up to `size` rows in `order`, beginning after the row that `cursor` names.

    The last name of `order` must be unique (`pk`). No name may be null in a row: annotate
    `Coalesce("due_at", far_away)` and order by the name of the annotation.
    """
    start = _after(queryset, order, cursor)
    rows = list((queryset if start is None else start).order_by(*order)[: size + 1])
    return cut(rows, order=order, size=size, is_first=start is None)


def cut(
    rows: list[ModelT], *, order: Sequence[str], size: int, is_first: bool = True
) -> Page[ModelT]:
    """Return the page of which these are the rows, one more than it has when there is a next."""
    items = rows[:size]
    has_more = len(rows) > size
    return Page(
        items=items,
        next_cursor=_encode(items[-1], order) if has_more else None,
        is_first=is_first,
    )


def place_after(cursor: str | None, kinds: Sequence[type]) -> tuple[Any, ...]:
    """Return the values of the row a cursor names, when they are of these kinds; else nothing.

    For lists whose SQL is prepared: they put `behind(order, values)` into it themselves.
    """
    values = _decode(cursor, len(kinds)) or []
    fits = [type(value) for value in values] == list(kinds)
    is_near = all(abs(value) < FAR_ROW for value in values if isinstance(value, int))
    return tuple(values) if fits and is_near else ()


def behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after the one with these values in this order; all, when there are none."""
    if not values:
        return Q()
    behind, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field, step = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        behind |= same & Q((f"{field}__{step}", value))
        same &= Q((field, value))
    first, step = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    # The bound on the first name says nothing new, but lets the index begin at the right place.
    return Q(Q((f"{first}__{step}", values[0])), behind)


def cursor_at(values: Sequence[Any]) -> str:
    """Return the cursor that names the row with these values."""
    text = json.dumps([_to_json(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(
    queryset: models.QuerySet[ModelT], order: Sequence[str], cursor: str | None
) -> models.QuerySet[ModelT] | None:
    """Return the rows behind the cursor; None when there is none, or none that makes sense."""
    values = _decode(cursor, len(order))
    if values is None:
        return None
    try:
        return queryset.filter(behind(order, values))
    except (ValueError, TypeError, OverflowError, ValidationError):
        return None


def _encode(row: models.Model, order: Sequence[str]) -> str:
    return cursor_at([_value(row, name.removeprefix("-")) for name in order])


def _value(row: Any, name: str) -> Any:
    """Return the row's value for a name of the order; `unit__name` is followed to its end."""
    for part in name.split("__"):
        row = getattr(row, part)
    if row is None:
        raise ValueError(f"{name} is null: annotate it with Coalesce before ordering by it")
    return row


def _to_json(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["at", value.isoformat()]
    if isinstance(value, date):
        return ["on", value.isoformat()]
    if isinstance(value, bool | int | str):
        return ["is", value]
    raise TypeError(f"a cursor cannot hold {type(value).__name__}")


def _decode(cursor: str | None, length: int) -> list[Any] | None:
    """Return the values a cursor holds; None for anything we did not write."""
    if not cursor or len(cursor) > MAX_CURSOR_LENGTH:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        values = [_from_json(kind, value) for kind, value in parts]
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    return values if len(values) == length else None


def _from_json(kind: str, value: Any) -> Any:
    if kind == "at":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or moment.year not in YEARS:
            raise ValueError("not a moment of ours")
        return moment
    if kind == "on":
        return date.fromisoformat(value)
    if kind != "is" or not isinstance(value, bool | int | str):
        raise ValueError("not a value of ours")
    if isinstance(value, str) and ("\x00" in value or not value.isprintable()):
        raise ValueError("not a text of ours")
    return value
