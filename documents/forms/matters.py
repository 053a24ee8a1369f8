"""What is written on a matter inside the office: proposal, order, hand-out, reason, result."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from documents.models import Matter
from documents.services.routing import groups_of, ordering_posts
from members.models import OFFICE_ROLES, Member, Post, Unit
from portal.core.calendar import end_of_day
from portal.core.clock import db_now
from portal.core.formfields import (
    KeyField,
    LimitedText,
    RowField,
    RowsField,
    ThaiDateField,
    offer_rows,
)
from portal.core.thaidates import short_date
from portal.core.thaitext import tidy

PRESETS = {
    "as_proposed": "ดำเนินการตามเสนอ",
    "know": "ทราบ",
    "give": "มอบกลุ่มดำเนินการ",
    "tell_schools": "แจ้งโรงเรียน",
}
OUTCOMES = {
    "route": "มอบกลุ่มดำเนินการ",
    "pass": "เสนอผู้สั่งการคนต่อไป",
    "file": "ทราบ ไม่ต้องดำเนินการ",
}
WAYS = {"propose": "เสนอผู้บริหารสั่งการ", "route": "ส่งกลุ่มโดยตรง"}


def name_of(row: Any) -> str:
    return str(row.title) if isinstance(row, Post) else str(row)


def group_field() -> RowField:
    return RowField(
        "กลุ่มที่ดำเนินการ (หลัก)",
        gone="เลือกกลุ่มจากรายการ",
        queryset=Unit.objects.none(),
        empty_label="เลือกกลุ่ม",
    )


def copies_field() -> RowsField:
    return RowsField("กลุ่มที่ให้ทราบ", gone="เลือกกลุ่มจากรายการ", queryset=Unit.objects.none())


def post_field(label: str) -> RowField:
    return RowField(
        label,
        gone="เลือกจากรายการ",
        queryset=Post.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )


class DueDayField(ThaiDateField):
    """The day by whose end in the office something is due, as that moment; it is still to come."""

    def clean(self, value: Any) -> datetime | None:
        day: date | None = super().clean(value)
        if day is None:
            return None
        due_at = end_of_day(day)
        if due_at <= db_now():
            raise ValidationError(f"{short_date(day)} ผ่านไปแล้ว ใส่วันที่ยังไม่ถึง")
        return due_at


class MatterForm(forms.Form):
    """A form on one matter."""

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter = matter


class ProposeForm(MatterForm):
    """The registrar's proposal to the director, or the way straight to a group."""

    key = KeyField()
    way = forms.ChoiceField(
        label="ต่อไป",
        choices=list(WAYS.items()),
        widget=forms.RadioSelect,
        initial="propose",
        error_messages={"required": "เลือกว่าเสนอหรือส่งกลุ่ม"},
    )
    post = post_field("เสนอต่อ")
    main_unit = group_field()
    copies = copies_field()
    text = LimitedText("ข้อเสนอ", 500, "เช่น มอบกลุ่มอำนวยการ และแจ้งทุกโรงเรียน", rows=2)
    due_on = DueDayField(label="ภายในวันที่", required=False, help_text="เฉพาะเมื่อส่งกลุ่มโดยตรง")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = ordering_posts(self.matter.office)
        groups = groups_of(self.matter.office)
        offer_rows(self, "post", posts, name_of)
        offer_rows(self, "main_unit", groups, name_of)
        offer_rows(self, "copies", groups, name_of)
        if posts:
            self.fields["post"].initial = posts[0].pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") == "route" and not cleaned.get("main_unit"):
            self.add_error("main_unit", "เลือกกลุ่มที่ดำเนินการ")
        if cleaned.get("way") == "propose" and not cleaned.get("post"):
            self.add_error("post", "เลือกว่าเสนอต่อผู้ใด")
        return cleaned

    def deed(self) -> dict[str, Any]:
        """Return the keywords of `propose_matter` or `route_matter`."""
        cleaned = self.cleaned_data
        given = {name: cleaned[name] for name in ("key", "main_unit", "copies", "text")}
        if self.is_direct:
            return given | {"due_at": cleaned["due_on"]}
        return given | {"post": cleaned["post"]}

    @property
    def is_direct(self) -> bool:
        return bool(self.cleaned_data["way"] == "route")


class EndorseForm(MatterForm):
    """The order that is written on the letter."""

    key = KeyField()
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000)
    presets = forms.MultipleChoiceField(
        label="คำสั่ง",
        choices=list(PRESETS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = LimitedText("เขียนคำสั่งเพิ่ม", 1_500, rows=3)
    outcome = forms.ChoiceField(
        label="ต่อไป",
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        initial="route",
        error_messages={"required": "เลือกว่าเรื่องไปที่ใดต่อ"},
    )
    main_unit = group_field()
    copies = copies_field()
    pass_to = post_field("เสนอต่อ")
    due_on = DueDayField(label="ภายในวันที่", required=False)

    def __init__(self, *args: Any, proposal: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proposal = proposal or {}
        self.proposed_main = proposal.get("main")
        groups = groups_of(self.matter.office)
        others = [
            post
            for post in ordering_posts(self.matter.office)
            if post.pk != self.matter.proposed_to_id
        ]
        offer_rows(self, "main_unit", groups, name_of)
        offer_rows(self, "copies", groups, name_of)
        offer_rows(self, "pass_to", others, name_of)
        self.fields["seen"].initial = self.matter.steps.count()
        if proposal.get("main"):
            self.fields["main_unit"].initial = proposal["main"]
        if proposal:
            self.fields["presets"].initial = ["as_proposed"]
        self.fields["copies"].initial = proposal.get("copies", [])
        if not others:
            del self.fields["pass_to"]
            choices = [(name, label) for name, label in OUTCOMES.items() if name != "pass"]
            cast("forms.ChoiceField", self.fields["outcome"]).choices = choices
        else:
            self.fields["pass_to"].initial = others[0].pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if outcome == "route" and not cleaned.get("main_unit") and "main_unit" in cleaned:
            self.add_error("main_unit", "เลือกกลุ่มที่ดำเนินการ")
        if outcome == "pass" and not cleaned.get("pass_to"):
            self.add_error("pass_to", "เลือกว่าเสนอต่อผู้ใด")
        if "text" in cleaned and not self._order(cleaned):
            self.add_error("presets", "เลือกคำสั่ง หรือเขียนเอง")
        if outcome == "route" and self._contradicts_itself(cleaned):
            self.add_error("presets", "กลุ่มไม่ตรงกับที่เสนอ เอา “ดำเนินการตามเสนอ” ออก หรือเลือกกลุ่มที่เสนอ")
        return cleaned

    def _contradicts_itself(self, cleaned: dict[str, Any]) -> bool:
        """Answer whether it says “as proposed” and means another group: it stays on the letter."""
        unit = cleaned.get("main_unit")
        is_other = bool(unit and self.proposed_main and unit.pk != self.proposed_main)
        return is_other and "as_proposed" in cleaned.get("presets", [])

    @staticmethod
    def _order(cleaned: dict[str, Any]) -> str:
        """Return the order as it stands on the letter."""
        chosen = [PRESETS[name] for name in cleaned.get("presets", []) if name != "give"]
        if "give" in cleaned.get("presets", []):
            unit = cleaned.get("main_unit")
            chosen.append(f"มอบ{unit.name}ดำเนินการ" if unit else PRESETS["give"])
        written = tidy(cleaned.get("text", "")).strip()
        return "\n".join(part for part in (" ".join(chosen), written) if part)

    def deed(self) -> dict[str, Any]:
        """Return the keywords of `endorse_matter`."""
        cleaned = self.cleaned_data
        outcome = cleaned["outcome"]
        return {
            "key": cleaned["key"],
            "seen": cleaned["seen"],
            "text": self._order(cleaned),
            "main_unit": cleaned["main_unit"] if outcome == "route" else None,
            "copies": [] if outcome == "pass" else list(cleaned["copies"]),
            "pass_to": cleaned.get("pass_to") if outcome == "pass" else None,
            "due_at": cleaned["due_on"],
        }


class HandOutForm(MatterForm):
    """To whom in the group, with which word, until when."""

    officer = RowField(
        "มอบหมายให้",
        ask="เลือกเจ้าหน้าที่ 1 คน",
        gone="ผู้ที่เลือกไม่อยู่ในกลุ่มนี้แล้ว เลือกใหม่จากรายการ",
        queryset=Member.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    text = LimitedText("ข้อความถึงผู้รับ", 500, rows=2)
    due_on = DueDayField(label="ภายในวันที่", required=False, help_text="เว้นว่างคือตามกำหนดเดิม")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Member.objects.holding(units=[self.matter.main_unit_id], roles=OFFICE_ROLES)
        offer_rows(self, "officer", people.order_by("first_name", "last_name"), name_of)

    def deed(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "officer": cleaned["officer"],
            "text": cleaned["text"],
            "due_at": cleaned["due_on"],
        }


class HandBackForm(MatterForm):
    """Why it goes one desk back."""

    reason = LimitedText("เหตุผล", 500, "เช่น เป็นงานของกลุ่มอื่น", ask="บอกเหตุผลที่ส่งคืน", rows=3)


class ReopenForm(MatterForm):
    """Why it is taken up again."""

    reason = LimitedText("เหตุผล", 500, ask="บอกเหตุผลที่เปิดเรื่องอีกครั้ง", rows=3)


class CloseForm(MatterForm):
    """What came of the matter."""

    result = LimitedText(
        "ผลการดำเนินการ",
        1_000,
        "บันทึกลงช่องการปฏิบัติของทะเบียนรับ",
        ask="เขียนผลการดำเนินการ",
        rows=3,
    )
