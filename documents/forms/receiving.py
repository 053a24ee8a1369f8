"""What a recipient types: receiving, refusing, assigning."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple, cast

from django import forms
from django.http import QueryDict

from documents.models import StampPlace
from documents.services.assigning import people_of
from members.models import Member
from portal.core.formfields import (
    KeyField,
    LimitedText,
    RowsField,
    is_id,
    offer_rows,
    rows_field,
)

NOT_HERE = "ผู้ที่เลือกไม่อยู่ในหน่วยงานนี้แล้ว เลือกใหม่จากรายการ"


class ReceiveForm(forms.Form):
    """Which arrivals to receive: `only` (one button) or all boxes called `arrival`.

    A box of a circular for three schools carries the three ids in one value.
    """

    key = KeyField()

    def arrival_ids(self) -> list[int]:
        """Return the ids that were chosen; what is no number of a row is no id."""
        data = self.data
        values = [data["only"]] if data.get("only") else cast("QueryDict", data).getlist("arrival")
        parts = [part for value in values for part in value.split()]
        return [int(part) for part in parts if is_id(part)]


class RefuseForm(forms.Form):
    """Why a letter goes back."""

    reason = LimitedText(
        "เหตุผล",
        500,
        "บอกเหตุผลให้เจ้าของเรื่องทราบ เช่น เป็นเรื่องของโรงเรียนอื่น",
        ask="บอกเหตุผลให้เจ้าของเรื่องทราบ",
        rows=3,
    )


class StampForm(forms.Form):
    """Where the receipt stamp stands."""

    place = forms.ChoiceField(label="ย้ายตรารับไปที่", choices=StampPlace.choices)


class Person(NamedTuple):
    """One of those to whom a unit may give a letter."""

    pk: int
    name: str


def people_offered(unit: int) -> tuple[Person, ...]:
    """Return whoever holds a post in the unit today, as the form offers them."""
    return tuple(Person(member.pk, str(member)) for member in people_of(unit))


class AssignForm(forms.Form):
    """To whom in the school, and with which instruction."""

    assignees = RowsField("มอบหมายให้", ask="เลือกผู้รับมอบหมายอย่างน้อย 1 คน", gone=NOT_HERE)
    note = LimitedText("คำสั่ง", 500, rows=2)

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_field(self, "assignees").queryset = Member.objects.none()
        offer_rows(self, "assignees", people, attrgetter("name"))
