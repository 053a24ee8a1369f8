"""The back office is Django's, and every word on its pages is Thai."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from members.models import Audience, Holiday, Unit
from members.tests.factories import EDITS, KEPT, admin_url
from members.tests.test_admin import filled

pytestmark = pytest.mark.django_db

# A word of three letters or more; neither a name to sign in with nor an address.
ENGLISH = re.compile(r"(?<![\w.@])[A-Za-z]{3,}(?![\w@])")


class Words(HTMLParser):
    """Collects what a page says to eyes and ears in Latin letters."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.english: set[str] = set()
        self.tag = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        given = dict(attrs)
        named = ["aria-label", "title", "value" if given.get("type") == "submit" else ""]
        for name in named:
            self.take(given.get(name) or "")

    def handle_data(self, data):
        if self.tag not in {"script", "style", "textarea"}:
            self.take(data)

    def handle_endtag(self, tag):
        self.tag = ""

    def take(self, text):
        if ENGLISH.search(text):
            self.english.add(" ".join(text.split()))


def english_on(response):
    return Words(response.content.decode()).english


@pytest.mark.parametrize("model", list(KEPT))
def test_no_page_says_a_word_of_english(model, office, back_office):
    thing = KEPT[model](office)
    rows, url = admin_url(model, "changelist"), admin_url(model, "change", thing.pk)
    form = filled(back_office.get(url)) | EDITS[model]
    empty = {name: value if "_FORMS" in name else "" for name, value in form.items()}
    pages = [
        back_office.get("/admin/"),
        back_office.get(rows),
        back_office.get(admin_url(model, "add")),
        back_office.get(url),
        back_office.post(url, empty),
        back_office.post(url, form | {"_continue": "1"}, follow=True),
        back_office.post(url, form | {"_addanother": "1"}, follow=True),
        back_office.post(url, form, follow=True),
        back_office.get(admin_url(model, "history", thing.pk)),
        back_office.get(admin_url(model, "change", 0), follow=True),
    ]
    if model in {Holiday, Audience}:
        pages += [
            back_office.get(admin_url(model, "delete", thing.pk)),
            back_office.post(admin_url(model, "delete", thing.pk), {"post": "1"}, follow=True),
        ]

    assert [english_on(page) for page in pages] == [set()] * len(pages)


def test_a_form_with_a_mistake_says_what_to_do(office, back_office):
    unit = KEPT[Unit](office)
    url = admin_url(Unit, "change", unit.pk)

    one = back_office.post(url, filled(back_office.get(url)) | {"sort_order": ""})
    two = back_office.post(url, filled(back_office.get(url)) | {"email": "ก", "sort_order": ""})

    for page in (one, two):
        assert "ยังไม่ได้บันทึก แก้ตามข้อความด้านล่างก่อน" in page.content.decode()


def test_control_english_is_seen_wherever_it_stands():
    page = '<a title="View it">ดู</a><p>Please correct</p><input type="submit" value="Save">'

    assert Words(page).english == {"View it", "Please correct", "Save"}
