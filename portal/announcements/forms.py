"""What is typed when something is announced or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from members.models import Unit, UnitKind
from portal.announcements.models import Announcement, Visibility
from portal.core.clock import today
from portal.core.formfields import KeyField, LimitedText, ThaiDateField, offer
from portal.core.seen import Theirs
from portal.richtext.forms import rich_text_field


class AnnouncementForm(forms.Form):
    """A draft: what is said, to everybody or not, and from when to when."""

    title = LimitedText("เรื่อง", 200, ask="ใส่ชื่อเรื่อง")
    text = rich_text_field(label="ข้อความ")
    visibility = forms.ChoiceField(
        label="ใครเห็น",
        choices=Visibility.choices,
        initial=Visibility.RECIPIENTS,
        widget=forms.RadioSelect,
        error_messages={"required": "เลือกว่าใครเห็น", "invalid_choice": "เลือกว่าใครเห็น"},
    )
    is_urgent = forms.BooleanField(label="ด่วน", required=False, help_text="ส่งอีเมลทันที ไม่รอรวมตอนเช้า")
    needs_acknowledgement = forms.BooleanField(
        label="ขอให้ผู้รับกดรับทราบ", required=False, help_text="เห็นรายชื่อผู้ที่รับทราบแล้ว และยังไม่รับทราบ"
    )
    from_on = ThaiDateField(label="แสดงตั้งแต่วันที่", required=False, help_text="เว้นว่าง คือวันที่เผยแพร่")
    until_on = ThaiDateField(label="ถึงวันที่", required=False, help_text="เว้นว่าง คือไม่มีกำหนด")

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if all(unit.kind == UnitKind.SCHOOL for unit in units):
            del self.fields["visibility"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("from_on"), cleaned.get("until_on")
        if ends and ends < today():
            self.add_error("until_on", "วันนี้ผ่านไปแล้ว ใส่วันตั้งแต่วันนี้ไป")
        elif begins and ends and ends < begins:
            self.add_error("until_on", "วันสุดท้ายต้องไม่ก่อนวันแรก")
        return cleaned


class DraftForm(AnnouncementForm):
    """A draft that is there already, in the version that was opened.

    `theirs` is what somebody else saved since, where something else was typed.
    """

    theirs: Sequence[Theirs] = ()

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1, required=False
    )

    @classmethod
    def initial_of(cls, announcement: Announcement) -> dict[str, Any]:
        """Return the draft as the form shows it."""
        names = (*cls.base_fields,)
        return {name: getattr(announcement, name) for name in names}

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0


class NewAnnouncementForm(AnnouncementForm):
    """The first words of an announcement, and of which unit."""

    key = KeyField(required=False)
    unit = forms.ModelChoiceField(
        label="ประกาศในนาม",
        queryset=Unit.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "เลือกหน่วยงาน", "invalid_choice": "เลือกหน่วยงานของท่าน"},
    )

    field_order = ["key", "unit"]

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        offer(self, "unit", units)
        self.only_unit = units[0] if len(units) == 1 else None
        self.fields["unit"].required = self.only_unit is None

    def clean_unit(self) -> Unit:
        unit: Unit | None = self.cleaned_data["unit"] or self.only_unit
        if unit is None:
            raise forms.ValidationError("เลือกหน่วยงาน")
        return unit


class PublishForm(forms.Form):
    """Which frozen recipients were shown, and the key of the page."""

    snapshot = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    key = KeyField()


class WithdrawForm(forms.Form):
    """Why an announcement is withdrawn."""

    reason = LimitedText(
        "เหตุผลที่ถอน", 300, "หน่วยงานของท่านเห็นในประวัติ ผู้รับไม่เห็น", ask="ใส่เหตุผล", rows=3
    )
