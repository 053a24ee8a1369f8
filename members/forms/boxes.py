"""What the picker of recipients shows: lines with a box, short lists, and long ones to search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from members.domain import MAX_IDS
from portal.core.formfields import SomeOf, is_id

GONE = "มีรายการที่เลือกไม่ได้แล้ว ตรวจรายการที่เลือกใหม่"


@dataclass(frozen=True)
class Option:
    """One line with a box: what it is, what helps to know it, and how many schools it means."""

    value: int | str
    label: str
    meta: str = ""
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """A list of boxes with one legend; all options are shown."""

    name: str
    html_name: str
    legend: str
    options: list[Option]

    @property
    def chosen(self) -> int:
        return sum(option.is_chosen for option in self.options)


@dataclass(frozen=True)
class Picker:
    """A search field over a long list: what is chosen stands first, then what was found."""

    name: str
    html_name: str
    legend: str
    label: str
    hint: str
    words: str
    options: list[Option] = field(default_factory=list)
    more: int = 0

    @property
    def chosen(self) -> int:
        return sum(option.is_chosen for option in self.options)

    @property
    def is_open(self) -> bool:
        return bool(self.chosen or self.words)


class Boxes(SomeOf):
    """Ticked rows of one table, by their number; whatever else is sent is refused in a sentence."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        super().__init__(queryset, required=False)
        self.rows = queryset

    def clean(self, value: Any) -> Any:
        ids = list(value or [])
        if len(ids) > MAX_IDS:
            raise ValidationError(f"เลือกได้ไม่เกิน {MAX_IDS:,} รายการ ใช้เงื่อนไขหรือกลุ่มแทน")
        if not all(is_id(one) for one in ids):
            raise ValidationError(GONE)
        found = list(self.rows.filter(pk__in=ids))
        if len(found) != len(set(map(int, ids))):
            raise ValidationError(GONE)
        return found
