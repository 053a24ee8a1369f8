"""The office's word on one recipient's answer, and what of a board it wants to see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documents.models import Letter
from documents.services.standing import Asked, filters_for
from portal.core.calendar import END_OF_DAY
from portal.core.clock import BANGKOK, db_now
from portal.core.formfields import LimitedText, ThaiDateField
from portal.core.thaidates import parse_time


class ReturnForm(forms.Form):
    """Why an answer goes back."""

    reason = LimitedText(
        "เหตุผลที่ส่งกลับ", 500, "โรงเรียนเห็นข้อความนี้ทันที", ask="บอกเหตุผลที่ส่งกลับให้แก้", rows=3
    )


class ExtendForm(forms.Form):
    """Until when, and why, one recipient has more time."""

    due_on = ThaiDateField(label="กำหนดใหม่ วันที่", help_text="เช่น 27 พ.ย. 2569 หรือ 27/11/2569")
    due_time = forms.CharField(label="เวลา", required=False, help_text="เว้นว่างคือ 16.30 น.")
    reason = LimitedText("เหตุผลที่ขยายเวลา", 500, ask="บอกเหตุผลที่ขยายเวลา", rows=3)

    def clean_due_time(self) -> Any:
        text = self.cleaned_data["due_time"].strip()
        try:
            return parse_time(text) if text else END_OF_DAY
        except ValueError as error:
            raise ValidationError("ใส่เวลา เช่น 16.30") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "due_on" in cleaned and "due_time" in cleaned:
            new_due_at = datetime.combine(cleaned["due_on"], cleaned["due_time"], tzinfo=BANGKOK)
            if new_due_at <= db_now():
                self.add_error("due_on", "กำหนดใหม่ต้องเป็นเวลาข้างหน้า")
            cleaned["new_due_at"] = new_due_at
        return cleaned

    def extension(self) -> dict[str, Any]:
        """Return the keywords of `extend_deadline`."""
        return {name: self.cleaned_data[name] for name in ("new_due_at", "reason")}


class BoardForm(forms.Form):
    """The filters of a board, from the address line; what makes no sense is left out."""

    state = forms.CharField(required=False)
    district = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    cluster = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    q = forms.CharField(required=False)
    after = forms.CharField(required=False)

    def asked(self, letter: Letter) -> Asked:
        """Return what the reader wants to see."""
        self.is_valid()
        found = self.cleaned_data
        state = found.get("state", "")
        return Asked(
            state=state if state in filters_for(letter) else "all",
            district=found.get("district"),
            cluster=found.get("cluster"),
            search=found.get("q", "")[:100],
            cursor=found.get("after") or None,
        )
