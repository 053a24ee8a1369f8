"""The first number of a register, a slip put right, which lines to print, the end of a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documents.models import Series
from documents.services.correcting import DATE_COLUMN, LIMITS, clean_value
from documents.services.lines import Span
from members.models import Unit
from portal.core.errors import DomainError
from portal.core.formfields import KeyField, KeyForm, LimitedText, ThaiDateField, offer
from portal.core.thaidates import arabic_digits
from portal.files.services import PDF_ONLY

NUMBER_ERROR = "ใส่ตัวเลข เช่น 612"


class NumberField(forms.CharField):
    """A number in any digits, with or without commas; an empty one is None."""

    def to_python(self, value: Any) -> Any:
        text = arabic_digits(super().to_python(value)).replace(",", "").strip()
        if not text:
            return None
        if not text.isdecimal() or len(text) > 9:
            raise ValidationError(NUMBER_ERROR)
        return int(text)


class StartForm(forms.Form):
    """Which register of which unit, and its first number in this portal."""

    unit = forms.ModelChoiceField(
        label="หน่วยงาน",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": "เลือกหน่วยงาน", "invalid_choice": "เลือกหน่วยงานของท่าน"},
    )
    series = forms.ChoiceField(label="ทะเบียน", choices=Series.choices)
    start_number = NumberField(
        label="เลขเริ่มต้น",
        help_text="เลขสุดท้ายในทะเบียนเดิมบวกหนึ่ง เช่น ออกถึง 611 แล้ว ใส่ 612",
        error_messages={"required": "ใส่เลขเริ่มต้น เช่น 612"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class CorrectForm(forms.Form):
    """One column of one line: what it should say, and why; `seen` is what it said on the page."""

    key = KeyField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    value = forms.CharField(required=False)
    reason = LimitedText(
        "เหตุผลที่แก้", 300, "เห็นในทะเบียนและในใบพิมพ์ เช่น พิมพ์เลขหนังสือสลับกัน", ask="บอกเหตุผลที่แก้"
    )

    def __init__(self, *args: Any, column: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.column = column
        if column == DATE_COLUMN:
            self.fields["value"] = ThaiDateField(label=label, help_text="เช่น 20 พ.ย. 2569")
        else:
            rows = 3 if column in {"subject", "remarks"} else 0
            self.fields["value"] = LimitedText(label, LIMITS[column], rows=rows)

    def clean_value(self) -> str:
        given = self.cleaned_data["value"]
        text = given.isoformat() if isinstance(given, date) else given or ""
        try:
            return clean_value(self.column, text)
        except DomainError as error:
            raise ValidationError(str(error)) from error


class VoidForm(KeyForm):
    """Why a number is given up."""

    reason = LimitedText("เหตุผล", 500, ask="บอกเหตุผลที่ยกเลิกเลข", rows=2)


class PaperForm(forms.Form):
    """The signed paper of a number that was issued by hand."""

    paper = forms.FileField(
        label="ไฟล์ PDF",
        error_messages={"required": "เลือกไฟล์ PDF", "empty": "ไฟล์นี้ว่างเปล่า เลือกไฟล์อื่น"},
        widget=forms.FileInput(attrs={"accept": PDF_ONLY.accept}),
    )


class SpanForm(forms.Form):
    """Which lines of a book: from number to number, or from day to day; nothing is the whole."""

    first = NumberField(label="ตั้งแต่เลข", required=False)
    last = NumberField(label="ถึงเลข", required=False)
    from_on = ThaiDateField(label="ตั้งแต่วันที่", required=False)
    to_on = ThaiDateField(label="ถึงวันที่", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for low, high in (("first", "last"), ("from_on", "to_on")):
            first, last = cleaned.get(low), cleaned.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, "ต้องไม่น้อยกว่าช่องก่อนหน้า")
        return cleaned

    def span(self) -> Span:
        """Return the span asked for; the form is valid."""
        given = self.cleaned_data
        return Span(given["first"], given["last"], given["from_on"], given["to_on"])


class CloseForm(KeyForm):
    """The sign-off of a year."""

    note = LimitedText("บันทึก", 500, "เช่น ตรวจกับสมุดทะเบียนเดิมแล้ว", rows=2)
