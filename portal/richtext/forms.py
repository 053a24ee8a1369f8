"""The form field of a rich text. Which editor stands behind it, only this app knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from portal.richtext.domain import clean_html, from_typed, is_too_long, to_typed

TOO_LONG = "ข้อความยาวเกินไป (เกินราว 40 หน้า) แบ่งเป็นหลายเรื่อง หรือแนบเป็นไฟล์"
REQUIRED = "เขียนข้อความ"


class RichTextArea(forms.Textarea):
    """A plain box of lines; `static/js/richtext.js` puts the contained editor in its place."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        frame = {"data-richtext": reverse_lazy("richtext:frame"), "rows": 12}
        super().__init__({**frame, **(attrs or {})})

    def use_required_attribute(self, initial: Any) -> bool:
        """The box is hidden behind the editor, where the browser could not complain about it."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rich = from_typed(str(value or ""))
        typed = to_typed(rich)
        context["widget"]["value"] = typed
        if typed != rich:
            context["widget"]["attrs"]["data-rich"] = rich
        return context


class RichTextField(forms.CharField):
    """Gives clean HTML, whatever was sent."""

    widget = RichTextArea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if is_too_long(text):
            raise ValidationError(TOO_LONG, code="too_long")
        cleaned = from_typed(text)
        if is_too_long(cleaned):
            raise ValidationError(TOO_LONG, code="too_long")
        return cleaned

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is stored: the editor writes the same text in more than one way."""
        return clean_html(str(initial or "")) != from_typed(str(data or ""))


def rich_text_field(*, label: str, required: bool = True, help_text: str = "") -> forms.CharField:
    """Return the form field of a rich text; its page loads `js/richtext.js` as a module."""
    return RichTextField(
        label=label,
        required=required,
        help_text=help_text,
        strip=True,
        error_messages={"required": REQUIRED},
    )
