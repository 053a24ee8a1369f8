"""Taking a letter back, and putting it right by another one."""

from __future__ import annotations

from django import forms

from documents.models import Succession
from portal.core.formfields import KeyField, LimitedText


class RecallForm(forms.Form):
    """Why the letter is taken back."""

    reason = LimitedText("เหตุผล", 500, "ผู้รับและทะเบียนเห็นเหตุผลนี้", ask="บอกเหตุผลที่เรียกคืน", rows=3)
    key = KeyField()


class SucceedForm(forms.Form):
    """Whether the new letter cancels the old one or replaces it."""

    succession = forms.ChoiceField(choices=Succession)
    key = KeyField()
