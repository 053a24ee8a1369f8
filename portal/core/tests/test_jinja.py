"""Rows drawn by Jinja2: escaped, from values alone, with the addresses that Django knows."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.template import RequestContext, Template, engines
from django.urls import reverse
from jinja2 import UndefinedError

from portal.core.jinja import address
from portal.core.templatetags.portal import mark, rows


class Row(NamedTuple):
    subject: str


@pytest.fixture
def drawing(tmp_path, settings):
    """Return a function that draws rows of this source."""
    pages, of_rows = settings.TEMPLATES
    settings.TEMPLATES = [pages, of_rows | {"DIRS": [*of_rows["DIRS"], tmp_path]}]

    def draw(source, **values):
        (tmp_path / "own.jinja").write_text(source)
        return rows("own.jinja", **values)

    return draw


def test_what_people_typed_is_escaped(drawing):
    html = drawing("{% for row in rows %}{{ row.subject }}{% endfor %}", rows=[Row("<b>&")])

    assert html == "&lt;b&gt;&amp;"


def test_a_name_that_was_not_given_is_an_error(drawing):
    with pytest.raises(UndefinedError):
        drawing("{{ subjekt }}", subject="x")


def test_rows_know_nothing_of_who_reads_them(drawing, client):
    for name in ("request", "user", "csrf_token", "csrf_input"):
        with pytest.raises(UndefinedError):
            drawing(f"{{{{ {name} }}}}")


@pytest.mark.usefixtures("drawing")
@pytest.mark.parametrize(("source", "asks"), [("{{ csrf_input }}", True), ("no form", False)])
def test_a_part_of_a_page_asks_for_the_token_only_for_a_form(tmp_path, rf, source, asks):
    (tmp_path / "own.jinja").write_text(source)
    request = rf.get("/")

    html = Template('{% jinja "own.jinja" %}').render(RequestContext(request))

    assert html.startswith('<input type="hidden" name="csrfmiddlewaretoken"') is asks
    assert ("CSRF_COOKIE" in request.META) is asks


def test_a_mark_on_a_page_is_the_mark_of_a_row(drawing):
    source = '{% from "components/marks.jinja" import state %}{{ state("overdue", "<ช้า>") }}'

    assert mark("state", kind="overdue", text="<ช้า>") == drawing(source)
    assert "&lt;ช้า&gt;" in mark("state", kind="overdue", text="<ช้า>")


def test_an_address_is_the_one_that_django_knows():
    for pk in (1, 2, 1_973_000_001):
        assert address("documents:letter", pk) == reverse("documents:letter", args=[pk])


def test_every_row_template_can_be_read():
    environment = engines["rows"].env
    names = environment.list_templates(extensions=["jinja"])

    assert "documents/inbox_rows.jinja" in names
    for name in names:
        environment.get_template(name)
