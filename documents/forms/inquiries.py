"""Asking about a letter, and answering."""

from __future__ import annotations

from typing import Any

from django import forms

from documents.services.inquiring import MAX_ANSWER, MAX_QUESTION
from portal.core.formfields import KeyForm, LimitedText


class AskForm(KeyForm):
    """A question to the owner of a letter."""

    text = LimitedText("คำถาม", MAX_QUESTION, ask="พิมพ์คำถาม", rows=3)


class PublishForm(forms.Form):
    """The words in which a question stands under the letter."""

    published_text = LimitedText(
        "คำถามที่เผยแพร่",
        MAX_QUESTION,
        "ผู้รับทุกแห่งอ่านข้อความนี้ แก้ให้ไม่รู้ว่าโรงเรียนใดถาม",
        ask="พิมพ์คำถามที่จะเผยแพร่",
        rows=3,
    )


class AnswerInquiryForm(forms.Form):
    """The owner's answer, to one school or for all."""

    answer = LimitedText("คำตอบ", MAX_ANSWER, ask="พิมพ์คำตอบ", rows=4)
    publish = forms.BooleanField(label="เผยแพร่คำถามและคำตอบใต้หนังสือ ให้ผู้รับทุกแห่งอ่าน", required=False)
    published_text = LimitedText(
        "คำถามที่เผยแพร่",
        MAX_QUESTION,
        "ใช้เมื่อเผยแพร่ แก้ให้ไม่รู้ว่าโรงเรียนใดถาม",
        rows=3,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("publish") and not cleaned.get("published_text"):
            self.add_error("published_text", "พิมพ์คำถามที่จะเผยแพร่")
        return cleaned
