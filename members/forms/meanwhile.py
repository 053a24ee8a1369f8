"""What somebody else saved while a form was open here: shown before anything is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from members.models import Holding
from members.services import describe_audience
from members.services.changes import stored
from portal.core.once import body_hash
from portal.core.seen import (
    EMPTY,
    SEEN,
    Overtaken,
    Theirs,
    require_as_seen,
    seen_as,
    seen_before,
    theirs,
)

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    ModelForm = forms.ModelForm
    InlineFormSet = forms.BaseInlineFormSet


class SeenForm(ModelForm):
    """A row of the back office; what two people write in it at once is shown to the second one.

    `seen` goes out with the page and comes back with it; `theirs` is what the first one saved.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: list[Theirs] = []
        self.seen = seen_before(self.data, self.instance, self.columns) if self.instance.pk else ""

    @property
    def columns(self) -> list[str]:
        """Return the columns of the row that this form holds."""
        names = {field.name for field in self.instance._meta.concrete_fields}
        return [name for name in self.fields if name in names]

    def clean(self) -> dict[str, Any]:
        """Look at the row once more, locked until it is saved."""
        cleaned = super().clean() or self.cleaned_data
        row = stored(self.instance)
        if row is None:
            return cleaned
        try:
            require_as_seen(row, self.columns, self.seen)
        except Overtaken as moved:
            self.seen = seen_as(row, self.columns)
            self.theirs = theirs(self, forms.model_to_dict(row, self.columns))
            if self.theirs:
                self.add_error(None, str(moved))
        return cleaned


class SeenHoldings(InlineFormSet):
    """The holdings typed beside a person; as with `SeenForm`, the second of two sees both texts.

    One fingerprint stands for all of them: somebody may have changed one, added one, or given one
    to another person.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: list[Theirs] = []
        self.columns = list(self.form.base_fields)
        self.seen_name = f"{self.prefix}-{SEEN}"
        assert self.queryset is not None  # beside a person it is theirs
        if self.is_bound:
            self.queryset = self.queryset.select_for_update(of=("self",), no_key=True)
        rows = sorted((row.pk, seen_as(row, self.columns)) for row in self.get_queryset())
        now = body_hash(rows)
        self.seen = self.data.get(self.seen_name) or now
        if self.seen != now:
            self.seen = now
            self._begin_anew()

    def clean(self) -> None:
        """Refuse what was typed until its writer has seen what somebody else did."""
        super().clean()
        if self.theirs:
            raise ValidationError(str(Overtaken(self.instance)))

    def _begin_anew(self) -> None:
        """Lay what was typed upon the holdings as they are now, and tell where they differ.

        A holding that is no longer the person's comes back as a new one if something was typed.
        """
        typed: dict[str, Any] = {}
        new = []
        for number in range(self.total_form_count()):
            form = self.form(self.data, prefix=self.add_prefix(number))
            pk = self.data.get(form.add_prefix("id"), "")
            if pk.isdecimal():
                typed[pk] = form
            else:
                new.append(_typed(form))
        rows = []
        for holding in self.get_queryset():
            now = forms.model_to_dict(holding, self.columns)
            form = typed.pop(str(holding.pk), None)
            told = theirs(form or self.form({}), now)
            self.theirs += [Theirs(f"{holding} · {one.label}", one.text) for one in told]
            rows.append({"id": holding.pk} | (_typed(form) if form else now))
        for pk, form in typed.items():
            gone = Holding.objects.filter(pk=pk, post__in=form.fields["post"].queryset).first()
            self.theirs.append(Theirs("ไม่ใช่ของคนนี้แล้ว", str(gone or EMPTY)))
            if self.form(self.data, prefix=form.prefix, instance=gone).has_changed():
                new.append(_typed(form))
        self.data = {
            f"{self.add_prefix(number)}-{name}": value
            for number, row in enumerate(rows + new)
            for name, value in row.items()
        } | {
            f"{self.prefix}-TOTAL_FORMS": len(rows + new),
            f"{self.prefix}-INITIAL_FORMS": len(rows),
        }
        del self.management_form  # counted the rows of before


def _typed(form: forms.BaseForm) -> dict[str, Any]:
    return {field.name: field.data for field in form.visible_fields()}


def chosen_meanwhile(row: Any) -> list[Theirs]:
    """Return whom somebody else chose for a draft while its recipients were open here."""
    return [Theirs("ผู้รับ", describe_audience(row.audience_rule, row.office) or EMPTY)]
