"""The look: icons that exist, vendored files that are what they claim, tags that say it right."""

import gettext
import hashlib
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone

from portal.core.design import samples
from portal.core.templatetags.portal import STATES, commas, filesize, nbsp, neardate, thaidate

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
SUMS = (STATIC / "vendor/SHA384SUMS").read_text().splitlines()
SPRITE = (STATIC / "icons/sprite.svg").read_text()
SYMBOLS = set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE))
# A mail has no stylesheet of its own, so it may carry styles.
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.html") if "mail" not in p.parts)
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
NAMED = re.compile(r'(?:include|remember) "components/([a-z_]+)\.html"')


class Sample(forms.Form):
    subject = forms.CharField(label="เรื่อง", help_text="ไม่เกิน 500 ตัวอักษร")
    level = forms.ChoiceField(
        label="ระดับ", choices=[("a", "มาก"), ("b", "น้อย")], widget=forms.RadioSelect
    )
    number = forms.IntegerField(
        label="จำนวน", widget=forms.TextInput(attrs={"placeholder": "จำนวน"})
    )


def named_source(template: str) -> str:
    return (ROOT / "templates" / template).read_text(encoding="utf-8")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize("line", SUMS, ids=lambda line: line[98:])
def test_a_vendored_file_is_the_one_that_was_copied(line):
    digest, name = line.split("  ")

    content = (STATIC / "vendor" / name).read_bytes()

    assert hashlib.sha384(content).hexdigest() == digest


def test_every_vendored_file_is_listed():
    listed = {(STATIC / "vendor" / line[98:]).resolve() for line in SUMS}

    found = {path.resolve() for path in (STATIC / "vendor").rglob("*") if path.is_file()}

    assert found - listed == {(STATIC / "vendor/SHA384SUMS").resolve()}


def test_every_icon_that_a_template_names_is_in_the_sprite():
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }

    assert "stamp" in named
    assert named <= SYMBOLS


def test_every_state_has_an_icon_of_the_sprite():
    assert {icon for icon, _, _ in STATES.values()} <= SYMBOLS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_carries_inline_style_or_script(path):
    source = path.read_text(encoding="utf-8")

    assert not re.search(r'\sstyle="|\son[a-z]+="', source)
    assert not re.search(r'<script(?![^>]*(src=|type="application/json"))', source)


def test_the_compiled_words_are_those_of_the_source():
    folder = ROOT / "locale/th/LC_MESSAGES"
    source = (folder / "django.po").read_text(encoding="utf-8")
    with (folder / "django.mo").open("rb") as handle:
        words = gettext.GNUTranslations(handle)

    entries = re.findall(r'\nmsgid "(.+)"\nmsgstr "(.+)"\n', source)

    assert len(entries) > 30
    assert {key: words.gettext(key) for key, _ in entries} == dict(entries)


def test_an_icon_beside_a_word_is_hidden_and_one_alone_has_a_name():
    beside = render('{% icon "stamp" %}')
    alone = render('{% icon "phone" 24 "โทรหาบ้านปากพล" %}')

    assert 'aria-hidden="true"' in beside
    assert 'icons/sprite.svg#stamp"' in beside
    assert 'role="img" aria-label="โทรหาบ้านปากพล"' in alone


def test_a_wrong_field_keeps_what_was_typed_and_names_its_error():
    form = Sample({"subject": "", "level": "b", "number": "สอง"})

    html = render('{% include "components/field.html" with field=form.number only %}', form=form)

    assert 'value="สอง"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_number_error"' in html
    assert 'id="id_number_error"' in html
    assert "ใส่ตัวเลข เช่น 2" in html
    assert 'placeholder=""' in html


def test_a_radio_list_has_its_legend_and_the_chosen_row():
    form = Sample({"subject": "x", "level": "b", "number": "2"})

    html = render('{% include "components/field.html" with field=form.level only %}', form=form)

    assert "<legend>ระดับ</legend>" in html
    assert html.count("checked") == 1
    assert 'value="b" id="id_level_1" checked' in html


def test_the_error_summary_leads_to_each_field():
    form = Sample({})

    html = render('{% include "components/error_summary.html" with form=form only %}', form=form)

    assert 'href="#id_subject"' in html
    assert 'href="#id_level"' in html


def test_a_waterline_never_passes_its_end():
    html = render(
        '{% include "components/waterline.html" with done=74 in_hand=24 total=131 only %}'
    )
    empty = render('{% include "components/waterline.html" with done=0 in_hand=0 total=0 only %}')

    assert 'width="748"' in html
    assert 'width="565"' in html
    assert "98 จาก 131" in html
    assert "<rect" not in empty


def test_urgency_is_shown_only_when_there_is_some():
    stamp = '{% include "components/urgency.html" with level=level only %}'

    assert "ด่วนที่สุด" in render(stamp, level=3)
    assert render(stamp, level=0).strip() == ""


def test_numbers_and_sizes_read_as_people_write_them():
    assert commas(36103) == "36,103"
    assert commas(None) == "–"
    assert filesize(184_000) == "180\u00a0KB"
    assert filesize(2_500_000) == "2.4\u00a0MB"
    assert nbsp("ครั้งที่ 3") == "ครั้งที่\u00a03"


def test_dates_hold_together_and_near_ones_are_words():
    tomorrow = timezone.now() + timedelta(days=1)

    assert thaidate(date(2026, 11, 20)) == "20\u00a0พ.ย.\u00a02569"
    assert neardate(tomorrow).startswith("พรุ่งนี้\u00a0")
    assert neardate(None) == ""


def test_the_living_page_shows_every_include_of_the_components():
    sources = {path.stem: path.read_text(encoding="utf-8") for path in COMPONENTS}
    living = "".join(map(named_source, ["design/index.html", "base.html"]))

    shown = NAMED.findall(living)
    for name in shown:  # grows: what a shown component includes is shown with it
        shown += [part for part in NAMED.findall(sources[name]) if part not in shown]

    assert "band" in shown
    assert "person_links" in shown
    assert set(sources) - set(shown) == {"form_fields"}, "all fields of a form: its parts are shown"


@pytest.mark.parametrize("name", ["400", "404", "403", "403_csrf", "500"])
def test_an_error_page_comes_without_request_or_database(name):
    html = render_to_string(f"{name}.html", {})

    assert "<h1>" in html


@pytest.mark.django_db
def test_the_living_page_can_be_drawn(rf):
    html = render_to_string("design/index.html", samples())

    assert "ลงรับ 5 รายการ" in html
    assert html.count("field-wrong") == 4
