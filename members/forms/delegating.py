"""Who stands in, by which order, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from members.models import ActingPhrase, Holding, Member
from members.services import Order
from portal.core.clock import today
from portal.core.formfields import KeyField, LimitedText, ThaiDateField, offer, offer_rows


class DelegationForm(forms.Form):
    """The order as it was written: the post, the person, the words, number and days."""

    key = KeyField(required=False)
    post = forms.ModelChoiceField(
        label="ตำแหน่งที่มอบ",
        queryset=Holding.objects.none(),
        empty_label=None,
        error_messages={"required": "เลือกตำแหน่ง", "invalid_choice": "เลือกตำแหน่งของท่าน"},
    )
    to = forms.ModelChoiceField(
        label="ผู้ทำแทน",
        queryset=Member.objects.none(),
        empty_label="เลือกชื่อ",
        error_messages={"required": "เลือกผู้ทำแทน", "invalid_choice": "เลือกชื่อจากรายการ"},
    )
    phrase = forms.ChoiceField(
        label="คำที่พิมพ์หน้าตำแหน่ง",
        choices=ActingPhrase.choices,
        widget=forms.RadioSelect,
        initial=ActingPhrase.IN_CHARGE,
        help_text="รักษาราชการแทน เมื่อท่านไม่อยู่ · ปฏิบัติราชการแทน เมื่อท่านอยู่แต่มอบงานให้",
        error_messages={"required": "เลือกคำ", "invalid_choice": "เลือกคำ"},
    )
    order_number = LimitedText("คำสั่งที่", 60, "เช่น 125/2569", ask="ใส่เลขที่คำสั่ง")
    order_on = ThaiDateField(label="คำสั่งลงวันที่")
    from_on = ThaiDateField(label="ตั้งแต่วันที่")
    to_on = ThaiDateField(label="ถึงวันที่", help_text="สิทธิหมดเองเมื่อสิ้นวันนี้")
    remark = LimitedText("หมายเหตุ", 300, required=False)

    def __init__(
        self,
        *args: Any,
        own: list[Holding],
        chosen: Holding,
        people: Iterable[Holding],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "post", own)
        self.fields["post"].initial = chosen.pk
        posts = {held.member: str(held.post) for held in reversed(list(people))}
        offer_rows(self, "to", reversed(posts), lambda member: f"{member} · {posts[member]}")
        self.fields["from_on"].initial = today()

    @property
    def order(self) -> Order:
        """The order as the service takes it."""
        given = self.cleaned_data
        return Order(
            phrase=ActingPhrase(given["phrase"]),
            number=given["order_number"],
            on=given["order_on"],
            from_on=given["from_on"],
            to_on=given["to_on"],
            remark=given["remark"],
        )
