"""The first number of a register, for a unit that moves in mid-year."""

from __future__ import annotations

from typing import Any

from django import forms

from documents.models import Series
from members.models import Unit
from portal.core.formfields import offer
from portal.core.thaidates import arabic_digits


class StartForm(forms.Form):
    """Which register of which unit, and its first number in this portal."""

    unit = forms.ModelChoiceField(
        label="หน่วยงาน",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": "เลือกหน่วยงาน", "invalid_choice": "เลือกหน่วยงานของท่าน"},
    )
    series = forms.ChoiceField(label="ทะเบียน", choices=Series.choices)
    start_number = forms.CharField(
        label="เลขเริ่มต้น",
        help_text="เลขสุดท้ายในทะเบียนเดิมบวกหนึ่ง เช่น ออกถึง 611 แล้ว ใส่ 612",
        error_messages={"required": "ใส่เลขเริ่มต้น เช่น 612"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)

    def clean_start_number(self) -> int:
        text = arabic_digits(self.cleaned_data["start_number"]).replace(",", "").strip()
        if not text.isdecimal() or len(text) > 9:
            raise forms.ValidationError("ใส่ตัวเลข เช่น 612")
        return int(text)
