"""A comment, and the reason for taking something away."""

from __future__ import annotations

from django import forms

from knowledge.services.talking import LONGEST
from portal.core.formfields import KeyField, LimitedText


class CommentForm(forms.Form):
    """What one says below an article."""

    key = KeyField(required=False)
    text = LimitedText("ความเห็นหรือคำถาม", LONGEST, ask="พิมพ์ความเห็น", rows=3)


class ReasonForm(forms.Form):
    """Why an article is withdrawn, or a comment removed."""

    reason = LimitedText("เหตุผล", 300, ask="บอกเหตุผล", rows=2)
