"""A new password by a code."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.core.formfields import LimitedText


class UseCodeForm(forms.Form):
    """Name, the code that was given, and the new password twice."""

    name = LimitedText("ชื่อผู้ใช้หรืออีเมล", 254, ask="ใส่ชื่อผู้ใช้หรืออีเมล")
    code = LimitedText("รหัสที่ได้รับ", 40, "เช่น abcde-23456", ask="ใส่รหัสที่ได้รับ")
    password = forms.CharField(
        label="รหัสผ่านใหม่",
        help_text="อย่างน้อย 8 ตัว และไม่ใช่ตัวเลขล้วน",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "ใส่รหัสผ่านใหม่"},
    )
    again = forms.CharField(
        label="รหัสผ่านใหม่อีกครั้ง",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "ใส่รหัสผ่านใหม่อีกครั้ง"},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        again = given.pop("again", None)
        if again is not None and given.get("password", again) != again:
            self.add_error("again", "รหัสผ่านสองช่องไม่เหมือนกัน")
        return given
