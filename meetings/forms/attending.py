"""Answers to an invitation, and who came."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from meetings.models import Answer, Attendance, Presence
from meetings.services.attending import colleagues_of
from portal.core.formfields import LimitedText, RowField, rows_field

LONGEST_REASON = 300


class AnswerForm(forms.Form):
    """Comes, or does not: why, and who comes instead."""

    answer = forms.ChoiceField(
        label="คำตอบ",
        choices=[(Answer.ACCEPTED, "เข้าร่วม"), (Answer.DECLINED, "ไม่เข้าร่วม")],
        widget=forms.RadioSelect,
        error_messages={"required": "เลือกคำตอบ", "invalid_choice": "เลือกคำตอบ"},
    )
    answer_reason = LimitedText("เหตุผล", LONGEST_REASON, help_text="เมื่อไม่เข้าร่วม")
    stand_in = RowField("ให้ใครมาแทน", help_text="เมื่อไม่เข้าร่วม ผู้มาแทนได้รับเชิญทันที")

    def __init__(self, *args: Any, attendance: Attendance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_field(self, "stand_in").queryset = colleagues_of(attendance).order_by(
            "first_name", "last_name", "pk"
        )


def proposed(row: Attendance) -> str:
    """Return what is marked, or absent for who said so and is not marked yet."""
    said_no = row.presence == Presence.UNKNOWN and row.answer == Answer.DECLINED
    return Presence.ABSENT if said_no else row.presence


class MarksForm(forms.Form):
    """For every attendance a choice `came-<pk>` and a reason `reason-<pk>`."""

    CHOICES = ((Presence.CAME, "มา"), (Presence.ABSENT, "ไม่มา"), (Presence.UNKNOWN, "ยังไม่ลง"))

    def __init__(self, data: QueryDict | None = None, *, rows: list[Attendance]) -> None:
        super().__init__(data)
        self.rows = rows
        for row in rows:
            self.fields[f"came-{row.pk}"] = forms.ChoiceField(
                label=str(row.member),
                choices=self.CHOICES,
                required=False,
                initial=proposed(row),
                widget=forms.RadioSelect,
            )
            self.fields[f"reason-{row.pk}"] = LimitedText(
                f"เหตุที่{row.member}ไม่มา",
                LONGEST_REASON,
                initial=row.absence_reason or row.answer_reason,
            )

    def lines(self) -> list[tuple[Attendance, Any, Any]]:
        """Return each attendance with its two fields."""
        return [(row, self[f"came-{row.pk}"], self[f"reason-{row.pk}"]) for row in self.rows]

    def marks(self) -> dict[int, tuple[str, str]]:
        """Return what was chosen; rows that were not sent are left alone.

        With “คนที่เหลือมาทุกคน” whoever is not marked came.
        """
        rest = Presence.CAME if self.data.get("rest") == Presence.CAME else Presence.UNKNOWN
        return {
            row.pk: (
                rest if came == Presence.UNKNOWN else came,
                self.cleaned_data[f"reason-{row.pk}"],
            )
            for row in self.rows
            if (came := self.cleaned_data[f"came-{row.pk}"])
        }
