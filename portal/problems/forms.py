"""What is typed when something does not work."""

from __future__ import annotations

import re

from django import forms

from portal.core.formfields import KeyField, LimitedText
from portal.core.tracing import PATTERN
from portal.problems.models import MOST_LETTERS


class ReportForm(forms.Form):
    """A report of a member."""

    key = KeyField()
    message = LimitedText(
        "เกิดอะไรขึ้น",
        MOST_LETTERS,
        "ทำอะไรอยู่ แล้วเห็นอะไร ไม่ต้องใส่รหัสผ่านหรือข้อความในหนังสือ",
        ask="เล่าสั้น ๆ ว่าเกิดอะไรขึ้น",
        rows=5,
    )
    page = LimitedText("หน้าที่พบปัญหา", 300)
    request_id = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_request_id(self) -> str:
        """Whatever is not one of our names is left out: nobody typed it."""
        name = self.cleaned_data["request_id"]
        return name if re.fullmatch(PATTERN, name) else ""


class VisitorReportForm(ReportForm):
    """A report of somebody who is not signed in: how may they be reached?"""

    contact = LimitedText("ติดต่อกลับได้ที่", 200, "ชื่อ และเบอร์โทรหรืออีเมล เว้นว่างได้")
