"""Fields that the forms of meetings share."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.core.formfields import is_id
from portal.core.thaidates import parse_time

TIME_ERROR = "ใส่เวลา เช่น 9.00"
NOT_HERE = "เลือกจากรายการ คนที่เลือกไว้ไม่อยู่ในรายการแล้ว"


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
