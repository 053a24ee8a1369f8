"""What is typed about a survey: its head, sections, questions, and a later end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from members.models import Unit
from portal.core.calendar import END_OF_DAY
from portal.core.formfields import KeyField, LimitedText, ThaiDateTimeField, offer, rows_field
from research.domain.questions import (
    AGREEMENT,
    LIKERT,
    MULTIPLE,
    SINGLE,
    InvalidOptions,
    clean_options,
)
from research.models import BandTable, Population, Question, Survey
from research.querysets import SurveyQuerySet

BEGINNING = time(8, 30)
BY_NAME = (("1", "ไม่ระบุชื่อ คำตอบผูกกับผู้ตอบไม่ได้"), ("0", "ระบุชื่อ ผู้ตอบเห็นข้อความนี้ก่อนตอบ"))


class NewSurveyForm(forms.Form):
    """Begin a draft: of which unit, under which title, empty or from an earlier one."""

    key = KeyField()
    owner_unit = forms.ModelChoiceField(label="ของกลุ่ม", queryset=Unit.objects.none())
    title = LimitedText("ชื่อแบบสอบถาม", 300, ask="ใส่ชื่อแบบสอบถาม", help_text="ผู้ตอบเห็นชื่อนี้")
    source = forms.ModelChoiceField(
        label="เริ่มจาก",
        queryset=Survey.objects.none(),
        required=False,
        empty_label="แบบเปล่า",
        help_text="ฉบับเดิมให้ทั้งคำถาม กลุ่มผู้ตอบ และเกณฑ์ ใส่วันที่ใหม่เอง",
        error_messages={"invalid_choice": "ไม่พบฉบับเดิมนี้แล้ว เลือกใหม่"},
    )

    def __init__(
        self, *args: Any, units: Sequence[Unit], earlier: SurveyQuerySet, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner_unit", units)
        rows_field(self, "source").queryset = earlier


class HeadForm(forms.Form):
    """What stands above the questions; dates may wait until the survey is opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = LimitedText("ชื่อแบบสอบถาม", 300, ask="ใส่ชื่อแบบสอบถาม")
    purpose = LimitedText("นำผลไปใช้ทำอะไร", 2_000, rows=2, help_text="ผู้ตอบเห็น เพื่อรู้ว่าคำตอบมีผลอย่างไร")
    intro = LimitedText("คำชี้แจงถึงผู้ตอบ", 4_000, rows=4)
    populations = forms.MultipleChoiceField(
        label="ถามใคร",
        choices=Population.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "เลือกกลุ่มผู้ตอบอย่างน้อย 1 กลุ่ม"},
    )
    is_anonymous = forms.TypedChoiceField(
        label="ชื่อผู้ตอบ", choices=BY_NAME, widget=forms.RadioSelect, coerce=lambda text: text == "1"
    )
    band_table = forms.ChoiceField(
        label="เกณฑ์แปลผลค่าเฉลี่ย",
        choices=BandTable.choices,
        widget=forms.RadioSelect,
        help_text="สองเกณฑ์ให้ระดับต่างกัน เช่น 3.41 เป็นปานกลางหรือมาก หน้าผลบอกเสมอว่าใช้เกณฑ์ใด",
    )
    opens_at = ThaiDateTimeField(
        label="เปิดรับตั้งแต่",
        required=False,
        default_time=BEGINNING,
        help_text="เว้นว่างคือทันทีที่เปิด",
    )
    closes_at = ThaiDateTimeField(
        label="ปิดรับเมื่อ",
        required=False,
        default_time=END_OF_DAY,
        help_text="เช่น 27 พ.ย. 2569 ไม่ใส่เวลาคือ 16.30 น.",
    )

    @classmethod
    def of(cls, survey: Survey, data: Any = None) -> HeadForm:
        """Return the form as the survey stands."""
        names = [name for name in cls.base_fields if name != "is_anonymous"]
        initial = {name: getattr(survey, name) for name in names}
        return cls(data, initial=initial | {"is_anonymous": "1" if survey.is_anonymous else "0"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("opens_at"), cleaned.get("closes_at")
        if begins and ends and ends <= begins:
            self.add_error("closes_at", "วันปิดรับต้องอยู่หลังวันเปิดรับ")
        return cleaned

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class SectionForm(forms.Form):
    """A section: one side of the matter; its scales together are one dimension."""

    title = LimitedText("ชื่อตอนหรือด้าน", 300, ask="ใส่ชื่อตอน", help_text="เช่น ด้านสวัสดิการและการเงิน")
    intro = LimitedText("คำชี้แจงของตอนนี้", 2_000, rows=2)


class QuestionForm(forms.Form):
    """A question of one kind; `kind` decides which fields there are."""

    text = LimitedText("คำถาม", 500, rows=2, ask="ใส่คำถาม")
    hint = LimitedText("คำอธิบายใต้คำถาม", 300)
    choices = LimitedText(
        "ตัวเลือก", 6_500, rows=6, ask="ใส่ตัวเลือกอย่างน้อย 2 บรรทัด", help_text="บรรทัดละตัวเลือก"
    )
    labels = LimitedText(
        "ระดับ",
        2_100,
        rows=5,
        ask="ใส่ระดับอย่างน้อย 2 บรรทัด",
        help_text="บรรทัดละระดับ จากมากไปหาน้อย บรรทัดบนสุดได้คะแนนสูงสุด",
    )
    reverse = forms.BooleanField(
        label="ข้อความเชิงลบ กลับคะแนน",
        required=False,
        help_text="เช่น “ต้องเดินเรื่องซ้ำหลายรอบ” ตอบว่ามากที่สุดได้ 1 คะแนน",
    )
    no_opinion = forms.BooleanField(
        label="มีคำตอบ “ไม่มีความเห็น”", required=False, help_text="ไม่นับในค่าเฉลี่ย"
    )
    is_required = forms.BooleanField(label="ต้องตอบข้อนี้", required=False, initial=True)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        unused = {"choices"} if kind not in {SINGLE, MULTIPLE} else set()
        if kind != LIKERT:
            unused |= {"labels", "reverse", "no_opinion"}
        for name in unused:
            del self.fields[name]
        if "labels" in self.fields:
            self.fields["labels"].initial = "\n".join(reversed(AGREEMENT))

    @classmethod
    def of(cls, question: Question, data: Any = None) -> QuestionForm:
        """Return the form as the question stands."""
        options = question.ask.options
        initial = {
            "text": question.text,
            "hint": question.hint,
            "is_required": question.is_required,
            "choices": "\n".join(options.choices),
            "labels": "\n".join(reversed(options.labels)),
            "reverse": options.is_reverse,
            "no_opinion": options.has_no_opinion,
        }
        return cls(data, kind=question.kind, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name = "labels" if self.kind == LIKERT else "choices"
        if name in self.fields and name not in cleaned:
            return cleaned
        try:
            cleaned["options"] = clean_options(self.kind, self._options(cleaned))
        except InvalidOptions as error:
            self.add_error(name, str(error))
        return cleaned

    def _options(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        if self.kind == LIKERT:
            return {
                "labels": _rows(cleaned["labels"])[::-1],
                "reverse": cleaned["reverse"],
                "no_opinion": cleaned["no_opinion"],
            }
        return {"choices": _rows(cleaned["choices"])} if "choices" in self.fields else {}

    def question(self) -> dict[str, Any]:
        """Return the keywords of the service."""
        return {
            name: self.cleaned_data[name] for name in ("text", "hint", "is_required", "options")
        }


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines() if row.strip()]


class ExtendForm(forms.Form):
    """Until when answers are taken instead."""

    closes_at = ThaiDateTimeField(
        label="ปิดรับใหม่",
        default_time=END_OF_DAY,
        help_text="เช่น 4 ธ.ค. 2569 ไม่ใส่เวลาคือ 16.30 น.",
    )
