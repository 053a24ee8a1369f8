"""Items of an agenda, resolutions and their tasks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from meetings.models import Heading, Meeting, TaskState
from meetings.services.standing import people_of
from portal.core.clock import today
from portal.core.formfields import KeyField, LimitedText, RowField, ThaiDateField, rows_field

LONGEST_TEXT = 20_000


class ItemForm(forms.Form):
    """One item: under which heading, what, by whom, and what was said."""

    heading = forms.TypedChoiceField(
        label="ระเบียบวาระ",
        choices=[(heading.value, f"{heading.value} {heading.label}") for heading in Heading],
        coerce=int,
        initial=Heading.CONSIDER,
        error_messages={"required": "เลือกระเบียบวาระ", "invalid_choice": "เลือกระเบียบวาระ"},
    )
    title = LimitedText("เรื่อง", 300, ask="ใส่ชื่อเรื่อง")
    presenter = RowField("ผู้เสนอ")
    text = LimitedText("รายละเอียด", LONGEST_TEXT, rows=5)
    discussion = LimitedText("ที่ประชุมพูดคุย", LONGEST_TEXT, rows=6, help_text="บันทึกไว้ในรายงานการประชุม")
    key = KeyField()

    def __init__(self, *args: Any, meeting: Meeting, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_field(self, "presenter").queryset = people_of(meeting)
        if is_new:
            del self.fields["discussion"]
        else:
            del self.fields["key"]


class TaskFields(forms.Form):
    """What is to be done, by whom, until when."""

    title = LimitedText("งาน", 300, ask="บอกว่าให้ทำอะไร")
    assignee = RowField("ผู้รับผิดชอบ", ask="เลือกผู้รับผิดชอบ 1 คน")
    due_on = ThaiDateField(label="ภายในวันที่", help_text="เช่น 27 พ.ย. 2569")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_field(self, "assignee").queryset = people_of(meeting)

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < today():
            raise ValidationError("วันครบกำหนดผ่านไปแล้ว เลือกวันนี้หรือหลังจากนี้")
        return due_on


class TaskForm(TaskFields):
    """A further task of a resolution."""

    key = KeyField()


class ResolutionForm(TaskFields):
    """A resolution, with its task unless it is only to be known."""

    text = LimitedText("มติที่ประชุม", LONGEST_TEXT, ask="ใส่มติที่ประชุม", rows=3)
    is_for_information = forms.BooleanField(label="เป็นมติเพื่อทราบ ไม่ต้องมีงาน", required=False)
    title = LimitedText("งาน", 300, help_text="ให้ทำอะไร เว้นว่างใช้ข้อความของมติ")
    key = KeyField()

    field_order = ["text", "is_for_information", "title", "assignee", "due_on", "key"]
    TASK = ("title", "assignee", "due_on")

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.cleaned_data.get("is_for_information"):
            for name in self.TASK:
                self.errors.pop(name, None)

    def details(self) -> dict[str, Any]:
        """Return the keywords of the service."""
        said = {name: self.cleaned_data[name] for name in ("text", "is_for_information", "key")}
        if not said["is_for_information"]:
            title = self.cleaned_data["title"] or said["text"][:300]
            said["task"] = {
                "title": title,
                "assignee": self.cleaned_data["assignee"],
                "due_on": self.cleaned_data["due_on"],
            }
        return said


class WordingForm(forms.Form):
    """A resolution as it should read while the minutes are open."""

    text = LimitedText("มติที่ประชุม", LONGEST_TEXT, ask="ใส่มติที่ประชุม", rows=3)
    is_for_information = forms.BooleanField(label="เป็นมติเพื่อทราบ ไม่ต้องมีงาน", required=False)


class CorrectionForm(forms.Form):
    """A resolution as it should read after the minutes were closed, and why."""

    new_text = LimitedText("แก้เป็น", LONGEST_TEXT, ask="ใส่ข้อความที่ถูกต้อง", rows=3)
    reason = LimitedText("เหตุผลที่แก้", 300, ask="บอกเหตุผลที่แก้")


class EndTaskForm(forms.Form):
    """What came of a task."""

    state = forms.ChoiceField(
        label="ผล",
        choices=[(TaskState.DONE, "ทำแล้ว"), (TaskState.DROPPED, "ไม่ได้ทำ")],
        initial=TaskState.DONE,
        widget=forms.RadioSelect,
        error_messages={"required": "เลือกผล", "invalid_choice": "เลือกผล"},
    )
    result = LimitedText(
        "รายละเอียด",
        4_000,
        ask="บอกว่าทำอะไรไปแล้ว หรือเหตุที่ไม่ได้ทำ",
        rows=3,
        help_text="ทำอะไรไปแล้ว หรือเหตุที่ไม่ได้ทำ",
    )


class RedirectForm(forms.Form):
    """To whom an open task goes, until when, and why."""

    assignee = RowField("ผู้รับผิดชอบ", ask="เลือกผู้รับผิดชอบ 1 คน")
    due_on = ThaiDateField(label="ภายในวันที่")
    reason = LimitedText("เหตุผลที่เปลี่ยน", 300, ask="บอกเหตุผลที่เปลี่ยน")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_field(self, "assignee").queryset = people_of(meeting)
