"""Numbering and sending, and giving a letter back."""

from __future__ import annotations

from django import forms


class SendForm(forms.Form):
    """What the confirmation page carries: the frozen recipients and the key of this sending."""

    snapshot = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    key = forms.UUIDField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why a submitted letter goes back to its drafter."""

    reason = forms.CharField(
        label="เหตุผล",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": ""}),
        help_text="ผู้ร่างเห็นข้อความนี้",
        error_messages={
            "required": "บอกเหตุผลที่ส่งกลับ",
            "max_length": "เหตุผลยาวเกิน 500 ตัวอักษร",
        },
    )
