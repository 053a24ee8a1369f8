"""Fields that the forms of meetings share."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError

from portal.core.thaidates import parse_time

LONGEST_ID = 18
TIME_ERROR = "ใส่เวลา เช่น 9.00"
NOT_HERE = "เลือกจากรายการ คนที่เลือกไว้ไม่อยู่ในรายการแล้ว"


def fresh_key() -> UUID:
    """Return a key for one rendered form."""
    return uuid4()


def is_id(text: str) -> bool:
    """Answer whether this is a number that a row could have."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID


class KeyField(forms.UUIDField):
    """The hidden key that makes the same form, sent twice, one deed."""

    def __init__(self) -> None:
        super().__init__(
            widget=forms.HiddenInput,
            initial=fresh_key,
            error_messages={
                "required": "เปิดหน้านี้ใหม่แล้วส่งอีกครั้ง",
                "invalid": "เปิดหน้านี้ใหม่แล้วส่งอีกครั้ง",
            },
        )


class Words(forms.CharField):
    """A text that is kept when it is too long, so that nothing typed is cut off."""

    def __init__(
        self, *, label: str, most: int, ask: str = "", rows: int = 0, **options: Any
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        options.setdefault("required", bool(ask))
        super().__init__(
            label=label, widget=widget, error_messages={"required": ask or "ใส่ข้อความ"}, **options
        )
        self.most = most

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if (over := len(text) - self.most) > 0:
            raise ValidationError(f"ยาวเกินไป {over:,} ตัวอักษร ใส่ได้ไม่เกิน {self.most:,} ตัวอักษร")
        return text


class TimeField(forms.CharField):
    """A time of day as the office types it: 9.00, 13:30, ๑๓.๓๐ น."""

    def __init__(self, *, label: str, **options: Any) -> None:
        super().__init__(
            label=label,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"required": TIME_ERROR},
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H.%M}" if isinstance(value, time) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text:
            return None
        try:
            return parse_time(text if "." in text or ":" in text else f"{text} น.")
        except ValueError as error:
            raise ValidationError(TIME_ERROR) from error


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """One of the people whom the form offers."""

    def __init__(self, *, label: str, ask: str = "", **options: Any) -> None:
        options.setdefault("required", bool(ask))
        super().__init__(
            None,
            label=label,
            empty_label="เลือก",
            error_messages={"required": ask or "เลือกคน", "invalid_choice": NOT_HERE},
            **options,
        )

    def clean(self, value: Any) -> Any:
        if value not in self.empty_values and not is_id(str(value)):
            raise ValidationError(NOT_HERE)
        return super().clean(value)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Some of the people whom the form offers."""

    def __init__(self, *, label: str, **options: Any) -> None:
        super().__init__(
            None,
            label=label,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            error_messages={
                "invalid_choice": NOT_HERE, "invalid_pk_value": NOT_HERE, "invalid_list": NOT_HERE
            },
            **options,
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        if not all(is_id(str(one)) for one in value or []):
            raise ValidationError(NOT_HERE)
        return super().clean(value)
