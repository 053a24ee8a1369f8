"""The back office's forms for people and saved groups."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from members.forms.meanwhile import SeenForm
from members.models import Member


class MemberForm(SeenForm):
    """A person, with a field for a new password; the old one is never shown."""

    new_password = forms.CharField(
        label="รหัสผ่านใหม่",
        required=False,
        strip=False,
        help_text="เว้นว่างไว้ถ้าไม่เปลี่ยน",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Member
        fields: ClassVar[list[str]] = [
            "username",
            "title",
            "first_name",
            "last_name",
            "email",
            "phone",
            "office",
            "is_active",
            "is_staff",
            "is_superuser",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("new_password")
        if password:
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("new_password", error)
        return cleaned


class NewMemberForm(MemberForm):
    """A new person, who signs in with the password given here."""

    new_password = forms.CharField(
        label="รหัสผ่าน",
        strip=False,
        help_text="บอกเจ้าของบัญชี แล้วให้เปลี่ยนเองเมื่อเข้าใช้ครั้งแรก",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
