"""For whom a unit circulates a letter: all its people, those of some roles, or some by name."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from documents.forms.receiving import NOT_HERE
from members.models import Holding, Member, Role
from portal.core.formfields import LimitedText, RowsField, offer_rows

ALL, ROLES, NAMES = "all", "roles", "names"


class CirculateForm(forms.Form):
    """Who has to know of a letter, among those of the unit who do not have it yet."""

    who = forms.ChoiceField(
        label="แจ้งใครบ้าง",
        choices=[(ALL, "บุคลากรทุกคน"), (ROLES, "ตามตำแหน่ง"), (NAMES, "เลือกรายชื่อ")],
        widget=forms.RadioSelect,
        initial=ALL,
        error_messages={
            "required": "เลือกว่าแจ้งใครบ้าง",
            "invalid_choice": "เลือกว่าแจ้งใครบ้างจากรายการ",
        },
    )
    roles = forms.MultipleChoiceField(
        label="ตำแหน่ง",
        required=False,
        help_text="เมื่อเลือก ตามตำแหน่ง",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_HERE, "invalid_list": NOT_HERE},
    )
    people = RowsField(
        "รายชื่อ",
        gone=NOT_HERE,
        queryset=Member.objects.none(),
        help_text="เมื่อเลือก เลือกรายชื่อ",
    )
    note = LimitedText("ข้อความถึงผู้อ่าน", 500, rows=2)
    sure = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, unit_id: int, besides: set[int], **kwargs: Any) -> None:
        """Offer the people of the unit but those named in `besides`: who asks, who has it."""
        super().__init__(*args, **kwargs)
        held = Holding.objects.current().filter(post__unit=unit_id, member__is_active=True)
        self.roles_of: dict[int, set[str]] = {}
        members: dict[int, Member] = {}
        rows = held.select_related("member", "post").order_by("post__sort_order", "pk")
        for holding in rows:
            if holding.member_id not in besides:
                self.roles_of.setdefault(holding.member_id, set()).add(holding.post.role)
                members[holding.member_id] = holding.member
        self.members = list(members.values())
        offer_rows(self, "people", self.members)
        present = {role for roles in self.roles_of.values() for role in roles}
        cast("forms.MultipleChoiceField", self.fields["roles"]).choices = [
            (role.value, role.label) for role in Role if role in present
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        who = cleaned.get("who")
        if who == ALL and (cleaned.get("roles") or cleaned.get("people")):
            self.add_error("who", "ติ๊กตำแหน่งหรือรายชื่อไว้ด้วย เลือกว่าแจ้งทุกคน หรือเฉพาะที่ติ๊ก")
        if who == ROLES and not cleaned.get("roles") and "roles" not in self.errors:
            self.add_error("roles", "เลือกตำแหน่งอย่างน้อย 1 ตำแหน่ง")
        if who == NAMES and not cleaned.get("people") and "people" not in self.errors:
            self.add_error("people", "เลือกรายชื่ออย่างน้อย 1 คน")
        return cleaned

    @property
    def readers(self) -> list[Member]:
        """Return whom the valid form means."""
        who = self.cleaned_data["who"]
        if who == NAMES:
            return list(self.cleaned_data["people"])
        if who == ROLES:
            wanted = set(self.cleaned_data["roles"])
            return [member for member in self.members if self.roles_of[member.pk] & wanted]
        return self.members

    @property
    def is_sure(self) -> bool:
        """Everybody is meant only by whoever was told how many that is, and said so again."""
        told: str = self.cleaned_data["sure"]
        return self.cleaned_data["who"] != ALL or told == str(len(self.members))
