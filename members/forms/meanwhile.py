"""What somebody else saved while a form was open here: shown before anything is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from members.services import describe_audience
from members.services.changes import stored
from portal.core.seen import (
    EMPTY,
    Overtaken,
    Theirs,
    require_as_seen,
    seen_as,
    seen_before,
    theirs,
)

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


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


def chosen_meanwhile(row: Any) -> list[Theirs]:
    """Return whom somebody else chose for a draft while its recipients were open here."""
    return [Theirs("ผู้รับ", describe_audience(row.audience_rule, row.office) or EMPTY)]
