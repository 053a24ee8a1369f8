"""Dates and times in forms."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms

from portal.core.formfields import ThaiDateField, ThaiDateTimeField
from portal.core.thaidates import BANGKOK


class LetterForm(forms.Form):
    dated_on = ThaiDateField(label="ลงวันที่")
    due_at = ThaiDateTimeField(label="ภายใน", required=False, default_time=time(16, 30))


def test_what_was_typed_becomes_a_date_and_a_moment():
    form = LetterForm({"dated_on": "๒๐ พ.ย. ๒๕๖๙", "due_at": "21/11/2569 9.00"})

    assert form.is_valid()
    assert form.cleaned_data == {
        "dated_on": date(2026, 11, 20),
        "due_at": datetime(2026, 11, 21, 9, 0, tzinfo=BANGKOK),
    }


def test_a_deadline_without_a_time_is_the_end_of_the_day_in_the_office():
    form = LetterForm({"dated_on": "2026-11-20", "due_at": "21 พ.ย. 2569"})

    assert form.is_valid()
    assert form.cleaned_data["due_at"] == datetime(2026, 11, 21, 16, 30, tzinfo=BANGKOK)


@pytest.mark.parametrize("typed", ["32 พ.ย. 2569", "พรุ่งนี้", "20 พ.ย.", "9" * 400, "\x00"])
def test_what_was_typed_wrongly_stays_in_the_form_with_a_clear_word(typed):
    form = LetterForm({"dated_on": typed, "due_at": ""})

    assert form.errors == {"dated_on": ["ใส่วันที่ เช่น 20 พ.ย. 2569"]}
    assert form["dated_on"].value() == typed


def test_a_missing_date_is_asked_for_in_the_same_words():
    form = LetterForm({})

    assert form.errors == {"dated_on": ["ใส่วันที่ เช่น 20 พ.ย. 2569"]}


def test_a_moment_without_a_time_is_refused_where_no_default_was_given():
    field = ThaiDateTimeField()

    with pytest.raises(forms.ValidationError, match="ใส่วันที่และเวลา"):
        field.clean("20 พ.ย. 2569")


def test_what_is_stored_is_shown_as_it_is_typed():
    stored = {
        "dated_on": date(2026, 11, 20),
        "due_at": datetime(2026, 11, 20, 9, 30, 12, tzinfo=UTC),
    }
    form = LetterForm(initial=stored)

    assert 'value="20 พ.ย. 2569"' in str(form["dated_on"])
    assert 'value="20 พ.ย. 2569 16.30 น."' in str(form["due_at"])


def test_sending_back_what_was_shown_changes_nothing():
    stored = {
        "dated_on": date(2026, 11, 20),
        "due_at": datetime(2026, 11, 20, 9, 30, 12, tzinfo=UTC),
    }
    form = LetterForm(
        {"dated_on": "20 พ.ย. 2569", "due_at": "20 พ.ย. 2569 16.30 น."}, initial=stored
    )

    assert form.is_valid()
    assert form.changed_data == []
