"""What is typed about a series."""

from __future__ import annotations

from typing import Any

from django import forms

from meetings.forms.fields import TimeField
from meetings.forms.planning import MORNING, KeptForm, keepers_for
from meetings.models import Rhythm, Series, Weekday
from members.models import Unit
from portal.core.formfields import RowsField, ThaiDateField, rows_field


class SeriesForm(KeptForm):
    """A meeting that comes again: which day, what time, from when to when, who keeps it."""

    rhythm = forms.ChoiceField(
        label="ประชุมทุก", choices=Rhythm, error_messages={"invalid_choice": "เลือกรอบประชุม"}
    )
    weekday = forms.TypedChoiceField(
        label="วัน",
        choices=Weekday,
        coerce=int,
        initial=Weekday.TUESDAY,
        error_messages={"required": "เลือกวัน", "invalid_choice": "เลือกวัน"},
    )
    starts_time = TimeField(label="เริ่มเวลา", initial=MORNING)
    minutes = forms.IntegerField(
        label="ใช้เวลา",
        initial=120,
        min_value=5,
        max_value=600,
        error_messages={
            "required": "ใส่จำนวนนาที",
            "invalid": "ใส่จำนวนนาทีเป็นตัวเลข",
            "min_value": "อย่างน้อย 5 นาที",
            "max_value": "ไม่เกิน 600 นาที",
        },
    )
    from_on = ThaiDateField(label="ตั้งแต่วันที่", help_text="เช่น 1 พ.ย. 2569")
    until_on = ThaiDateField(label="ถึงวันที่", required=False, help_text="เว้นว่างถ้าไม่กำหนด")
    rota = RowsField("เวรเล่าเรื่อง", help_text="ผู้ที่เลือกผลัดกันเล่าเรื่องครั้งละคน ตามลำดับชื่อ ไม่เลือกก็ได้")

    field_order = [
        "unit", "title", "rhythm", "weekday", "starts_time", "minutes", "from_on", "until_on",
        "place", "online_url", "chair", "secretary", "rota", "key",
    ]  # fmt: skip
    NAMES = (
        "title", "rhythm", "weekday", "starts_time", "minutes", "from_on", "until_on",
        "place", "online_url", "chair", "secretary",
    )  # fmt: skip

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        rows_field(self, "rota").queryset = keepers_for(units)

    @classmethod
    def initial_of(cls, series: Series) -> dict[str, Any]:
        """Return the series as the form shows it."""
        said = {name: getattr(series, name) for name in cls.NAMES}
        return {**said, "unit": series.unit_id, "chair": series.chair_id,
                "secretary": series.secretary_id, "rota": series.rota}  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "วันสิ้นสุดต้องไม่ก่อนวันเริ่ม")
        return cleaned

    def details(self) -> dict[str, Any]:
        """Return the keywords of the services."""
        rota = [member.pk for member in self.cleaned_data["rota"]]
        return {**{name: self.cleaned_data[name] for name in self.NAMES}, "rota": rota}
