"""`{% load richtext %}` … `{{ article.text|rich }}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from portal.richtext.domain import clean_html, plain_text

register = template.Library()


@register.filter
def rich(text: Any) -> SafeString:
    """Show rich text, cleaned once more: a row that was written past the form does no harm."""
    return mark_safe(clean_html(str(text or "")))  # noqa: S308 - this is the one place that cleans


@register.filter
def plain(text: Any) -> str:
    """Show the words of a rich text, as one line for a list."""
    return " ".join(plain_text(str(text or "")).split("\n"))
