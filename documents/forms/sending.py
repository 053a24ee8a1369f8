"""Numbering and sending, and giving a letter back."""

from __future__ import annotations

from django import forms

from portal.core.formfields import KeyField, LimitedText


class SendForm(forms.Form):
    """What the confirmation page carries: the frozen recipients and the key of this sending."""

    snapshot = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    reserved = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    again = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    key = KeyField()


class ReasonForm(forms.Form):
    """Why a submitted letter goes back to its drafter."""

    reason = LimitedText("เหตุผล", 500, "ผู้ร่างเห็นข้อความนี้", ask="บอกเหตุผลที่ส่งกลับ", rows=3)
