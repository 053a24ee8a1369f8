"""A comment, and the reason for taking something away."""

from __future__ import annotations

from uuid import uuid4

from django import forms

from knowledge.services.talking import LONGEST


class CommentForm(forms.Form):
    """What one says below an article."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(
        label="ความเห็นหรือคำถาม",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "พิมพ์ความเห็น",
            "max_length": f"ความเห็นยาวได้ไม่เกิน {LONGEST:,} ตัวอักษร ตอนนี้ %(show_value)d ตัวอักษร",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # a form's own arguments
        del self.fields["text"].widget.attrs["maxlength"]


class ReasonForm(forms.Form):
    """Why an article is withdrawn, or a comment removed."""

    reason = forms.CharField(
        label="เหตุผล",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "บอกเหตุผล",
            "max_length": "เหตุผลยาวได้ไม่เกิน 300 ตัวอักษร ตอนนี้ %(show_value)d ตัวอักษร",
        },
    )
