"""Pieces of pages are drawn once for the same values, and never for others."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django import forms
from django.utils.safestring import mark_safe

from portal.core import remembering
from portal.core.remembering import blank, draw

PIECE = "components/urgency.html"


class Line(NamedTuple):
    text: object


@pytest.fixture
def piece(tmp_path, settings):
    """Return the name of a template that shows `text`, and the text of a `line`."""
    (tmp_path / "piece.html").write_text("{{ text }}{{ line.text }}{{ csrf_token }}")
    templates, rows = settings.TEMPLATES
    settings.TEMPLATES = [templates | {"DIRS": [*templates["DIRS"], tmp_path]}, rows]
    return "piece.html"


@pytest.fixture
def fields(piece, tmp_path):
    """Return the name of a template that shows the fields of a `form`."""
    (tmp_path / "fields.html").write_text("{{ form.place }}{{ form.note }}")
    return "fields.html"


def drawn_anew() -> int:
    return remembering._remembered.cache_info().misses


def test_the_same_values_are_drawn_once():
    first = draw(PIECE, {"level": 3})
    before = drawn_anew()

    assert draw(PIECE, {"level": 3}) == first
    assert drawn_anew() == before
    assert draw(PIECE, {"level": 2}) != first
    assert drawn_anew() == before + 1


@pytest.mark.parametrize("name", ["text", "line"])
def test_safe_html_is_not_taken_for_a_text_that_only_looks_like_it(piece, name):
    typed = "<script>1</script>"

    def given(text):
        return {name: Line(text) if name == "line" else text}

    assert draw(piece, given(mark_safe(typed))) == typed
    assert draw(piece, given(typed)) == "&lt;script&gt;1&lt;/script&gt;"


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (Line(1), Line(1.0)), (Line(1), Line(text=True))]
)
def test_values_that_are_equal_but_not_the_same_stay_apart(piece, one, other):
    name = "line" if isinstance(one, Line) else "text"

    assert one == other
    assert draw(piece, {name: one}) != draw(piece, {name: other})


class Sample(forms.Form):
    place = forms.ChoiceField(choices=[("left", "ซ้าย"), ("right", "ขวา")])
    note = forms.CharField()


def test_a_blank_form_is_made_and_drawn_once(fields):
    first = draw(fields, {"form": blank(Sample, initial={"place": "right"})})
    before = drawn_anew()

    assert 'value="right" selected' in first
    assert draw(fields, {"form": blank(Sample, initial={"place": "right"})}) == first
    assert drawn_anew() == before
    assert 'value="left" selected' in draw(
        fields, {"form": blank(Sample, initial={"place": "left"})}
    )


def test_a_form_that_somebody_typed_into_is_drawn_anew_and_kept_by_nobody(fields):
    before = remembering._remembered.cache_info().currsize

    assert "ของฉัน" in draw(fields, {"form": Sample({"note": "ของฉัน"})})
    assert "ของเขา" in draw(fields, {"form": Sample({"note": "ของเขา"})})
    assert remembering._remembered.cache_info().currsize == before


def test_what_can_change_after_it_was_drawn_is_refused(piece):
    with pytest.raises(TypeError):
        draw(piece, {"text": ["a list"]})


def test_a_piece_knows_nothing_of_the_request(client, piece):
    assert draw(piece, {"text": "x"}) == "x"


def test_while_templates_are_written_nothing_is_remembered(settings):
    settings.DEBUG = True
    before = drawn_anew()

    assert draw(PIECE, {"level": 1}) == draw(PIECE, {"level": 1})
    assert drawn_anew() == before
