"""Form fields: dates, times and texts as people in the office type them, rows, and form keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from portal.core.once import fresh_key
from portal.core.thaidates import parse_date, parse_datetime, short_date, short_datetime
from portal.core.thaitext import tidy

DATE_ERROR = "ใส่วันที่ เช่น 20 พ.ย. 2569"
MOMENT_ERROR = "ใส่วันที่และเวลา เช่น 20 พ.ย. 2569 16.30 น."
OLD_PAGE = "หน้านี้เปิดไว้นานเกินไป ตรวจแล้วกดอีกครั้ง"
NOT_OFFERED = "เลือกจากรายการ ที่เลือกไว้ไม่อยู่ในรายการแล้ว"
LONGEST_ID = 18

if TYPE_CHECKING:  # generic in the stubs only
    OneOf = forms.ModelChoiceField[Any]
    SomeOf = forms.ModelMultipleChoiceField[Any]
else:
    OneOf, SomeOf = forms.ModelChoiceField, forms.ModelMultipleChoiceField


class ThaiDateInput(forms.TextInput):
    """A text control that shows a date as 20 พ.ย. 2569 and keeps what was typed wrongly."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "text", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, datetime):
            return short_datetime(value)
        if isinstance(value, date):
            return short_date(value)
        text: str | None = super().format_value(value)
        return text


class ThaiDateField(forms.Field):
    """A day, typed in Buddhist or Christian years, with Thai or Arabic digits."""

    widget = ThaiDateInput
    default_error_messages = {"required": DATE_ERROR, "invalid": DATE_ERROR}

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return parse_date(str(value))
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class ThaiDateTimeField(forms.Field):
    """A moment in Bangkok: a date and a time in one control.

    With `default_time` the time may be left out: `ThaiDateTimeField(default_time=time(16, 30))`
    takes “20 พ.ย. 2569” as the end of that day in the office.
    """

    widget = ThaiDateInput
    default_error_messages = {"required": MOMENT_ERROR, "invalid": MOMENT_ERROR}

    def __init__(self, *, default_time: time | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.default_time = default_time

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        try:
            return parse_datetime(str(value), default_time=self.default_time)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare to the minute, which is all that the control shows."""
        if isinstance(initial, datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)


class LimitedText(forms.CharField):
    """A text that may be typed too long: the field keeps it and says by how much.

    It is required when `ask` says what to type; with `rows` it has several lines.
    """

    def __init__(
        self,
        label: str,
        limit: int,
        help_text: str = "",
        *,
        ask: str = "",
        rows: int = 0,
        **more: Any,
    ) -> None:
        widget = (
            forms.Textarea(attrs={"rows": rows})
            if rows
            else forms.TextInput(attrs={"autocomplete": "off"})
        )
        options = {"widget": widget, "required": bool(ask), "error_messages": {"required": ask}}
        super().__init__(label=label, help_text=help_text, **options | more)
        self.limit = limit

    def clean(self, value: Any) -> str:
        text = tidy(str(super().clean(value))).replace("\r\n", "\n")
        if self.required and not text:
            raise ValidationError(self.error_messages["required"], code="required")
        if (over := len(text) - self.limit) > 0:
            raise ValidationError(f"ยาวเกินไป {over:,} ตัวอักษร ใส่ได้ไม่เกิน {self.limit:,} ตัวอักษร")
        return text


class KeyField(forms.UUIDField):
    """The hidden key that makes the same form, sent twice, one deed."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            required=required,
            widget=forms.HiddenInput,
            initial=fresh_key,
            error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE},
        )


class KeyForm(forms.Form):
    """A deed that is done once, however often its form is sent."""

    key = KeyField()


def is_id(text: Any) -> bool:
    """Answer whether the text is a number that a row may have."""
    digits = str(text)
    return digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_ID


class RowField(OneOf):
    """One of the rows that the form offers; anything else is refused with the sentence `gone`.

    It is required when `ask` says what to choose. The form gives the rows: `offer_rows`, or a
    queryset.
    """

    def __init__(
        self, label: str, *, ask: str = "", gone: str = NOT_OFFERED, **options: Any
    ) -> None:
        said = {"required": ask or gone, "invalid_choice": gone}
        plain = {"queryset": None, "required": bool(ask), "empty_label": "เลือก"}
        super().__init__(label=label, error_messages=said, **plain | options)
        self.gone = gone

    def clean(self, value: Any) -> Any:
        if value not in self.empty_values and not is_id(value):
            raise ValidationError(self.gone, code="invalid_choice")
        return super().clean(value)


class RowsField(SomeOf):
    """Some of the rows that the form offers, as boxes; otherwise like `RowField`."""

    def __init__(
        self, label: str, *, ask: str = "", gone: str = NOT_OFFERED, **options: Any
    ) -> None:
        wrong = dict.fromkeys(("invalid_choice", "invalid_pk_value", "invalid_list"), gone)
        plain = {"queryset": None, "required": bool(ask), "widget": forms.CheckboxSelectMultiple}
        super().__init__(
            label=label, error_messages={"required": ask or gone, **wrong}, **plain | options
        )
        self.gone = gone

    def clean(self, value: Any) -> Any:
        if not all(is_id(one) for one in value or []):
            raise ValidationError(self.gone, code="invalid_pk_value")
        return super().clean(value)


def rows_field(form: forms.BaseForm, name: str) -> forms.ModelChoiceField[Any]:
    """Return the form's field that offers rows; `form.fields` only knows that it is a field."""
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


def offer_rows(
    form: forms.BaseForm, name: str, rows: Iterable[Any], named: Callable[[Any], str] = str
) -> None:
    """Let the field offer just these rows (each has a `pk`), in their order and by these names."""
    found = list(rows)
    field = rows_field(form, name)
    if field.queryset is None:
        raise ValueError(f"{name} does not say of which table its rows are")
    field.queryset = field.queryset.model._default_manager.filter(pk__in=[row.pk for row in found])
    choices = [(row.pk, named(row)) for row in found]
    nothing = [] if field.empty_label is None else [("", str(field.empty_label))]
    cast("Any", field).choices = [*nothing, *choices]


def offer(form: forms.BaseForm, name: str, rows: Sequence[Model]) -> None:
    """Let the field offer just these rows; an only one is chosen and not asked for."""
    offer_rows(form, name, rows)
    if len(rows) == 1:
        field = rows_field(form, name)
        field.initial = rows[0].pk
        field.widget = forms.HiddenInput()
