"""Using a letter that was sent as the draft of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from members.models import Unit
from portal.core.formfields import NOT_OFFERED, KeyField
from portal.files.models import FileUse


class ReuseForm(forms.Form):
    """For which unit, and which enclosures come along."""

    unit = forms.TypedChoiceField(
        label="ร่างในนาม", coerce=int, error_messages={"invalid_choice": NOT_OFFERED}
    )
    enclosures = forms.MultipleChoiceField(
        label="สิ่งที่ส่งมาด้วยที่ใช้อีก",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_OFFERED},
    )
    key = KeyField()

    def __init__(
        self, *args: Any, units: Sequence[Unit], enclosures: Sequence[FileUse], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        unit, files = self.fields["unit"], self.fields["enclosures"]
        assert isinstance(unit, forms.ChoiceField)
        assert isinstance(files, forms.ChoiceField)
        unit.choices = [(one.pk, one.name) for one in units]
        files.choices = [(str(use.public_id), use.name) for use in enclosures]
        if len(units) == 1:
            unit.widget = forms.HiddenInput()
