"""Fields that the forms of meetings share."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.core.thaidates import parse_time

TIME_ERROR = "ใส่เวลา เช่น 9.00"


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
