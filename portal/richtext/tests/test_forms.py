"""The field, its plain box and the filter."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template

from portal.richtext.forms import TOO_LONG, rich_text_field


class NoteForm(forms.Form):
    text = rich_text_field(label="เนื้อหา")
    more = rich_text_field(label="เพิ่มเติม", required=False)


def shown(text, name="rich"):
    return Template("{% load richtext %}{{ text|" + name + " }}").render(Context({"text": text}))


def test_the_form_gives_clean_html():
    form = NoteForm({"text": "<p onclick=x>ก</p><script>1</script>", "more": "ข\n\nค"})

    assert form.is_valid()
    assert form.cleaned_data == {"text": "<p>ก</p>", "more": "<p>ข</p><p>ค</p>"}


@pytest.mark.parametrize("text", ["", "   ", "<p>&nbsp;</p>", "<p><script>1</script></p>"])
def test_a_text_without_words_is_missing(text):
    assert NoteForm({"text": text}).errors == {"text": ["เขียนข้อความ"]}


@pytest.mark.parametrize("text", ["ก" * 200_001, "<a>ก</a>" * 9_000, "<p>" * 20_001])
def test_a_text_that_is_too_long_says_what_to_do(text):
    assert NoteForm({"text": text}).errors == {"text": [TOO_LONG]}


def test_what_was_typed_stays_in_the_box_and_is_clean_there():
    form = NoteForm({"text": "</textarea><script>1</script><p>ก</p><ul><li>ข</li></ul>"})

    assert "<script>" not in str(form["text"])
    assert "&lt;p&gt;ก&lt;/p&gt;" in str(form["text"])


def test_paragraphs_stand_in_the_box_as_lines_and_beside_it_as_html_for_the_editor():
    box = str(NoteForm(initial={"text": "<p>ก</p><p>ข</p>"})["text"])

    assert ">\nก\n\nข</textarea>" in box
    assert 'data-rich="&lt;p&gt;ก&lt;/p&gt;&lt;p&gt;ข&lt;/p&gt;"' in box
    assert 'data-richtext="/richtext/frame/"' in box
    assert "required" not in box


def test_a_text_in_another_spelling_has_not_changed():
    field = rich_text_field(label="เนื้อหา")

    assert not field.has_changed("<p>ก</p>", "<p>ก</p>\n")
    assert field.has_changed("<p>ก</p>", "<p>ข</p>")


def test_the_filter_cleans_what_was_written_past_the_form():
    assert shown("<p onclick=x>ก<script>1</script></p>") == "<p>ก</p>"
    assert shown(None) == ""


def test_the_words_of_a_list_stand_on_one_line():
    assert shown("<p>ก</p><p>ข &lt; ค</p>", "plain") == "ก ข &lt; ค"
