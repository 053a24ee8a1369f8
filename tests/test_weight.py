"""What a phone has to fetch, in bytes: the first visit and each further page as it is served."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from documents.models import ResponseKind
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    received_arrival,
    with_pdf,
)
from members.tests.factories import GroupFactory, OfficeFactory, SchoolFactory
from portal.core.clock import db_now

pytestmark = pytest.mark.django_db

KB = 1024
FIRST, FURTHER = 150 * KB, 25 * KB
HEADERS = 700  # of an answer, generously
LINKED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
IN_STYLES = re.compile(r'url\("?([^")]+)')
IMPORTED = re.compile(r'from "\./([^"]+)"')
ROWS = 20
FURTHER_PAGES = [
    "home",
    "documents:inbox",
    "documents:sent",
    "documents:registers",
    "notifications:inbox",
    "knowledge:index",
    "knowledge:list",
    "meetings:index",
    "research:index",
    "announcements:index",
    "search:search",
    "help",
]


@pytest.fixture
def clerk():
    """The clerk of a school with a full inbox."""
    office = OfficeFactory()
    school = SchoolFactory(office=office)
    group = GroupFactory(office=office)
    due = db_now() + timedelta(days=2)
    for number in range(ROWS):
        letter = SentLetterFactory(
            owner_unit=group,
            subject=f"สำรวจความเสียหายของอาคารเรียนจากวาตภัยและอุทกภัย ครั้งที่ {number}",
            line_new="ให้สำรวจอาคารเรียนที่เสียหายจากวาตภัยและอุทกภัย",
            line_do="กรอกแบบสั้นและแนบภาพถ่าย",
        )
        ArrivalFactory(letter=letter, unit=school, due_at=due)
    return clerk_of(school)


@pytest.fixture
def letter(clerk):
    """A received letter with a document and a form, photographs among its questions."""
    school = clerk.holding.post.unit
    asked = SentLetterFactory(
        owner_unit=GroupFactory(office=school.office),
        response_kind=ResponseKind.FORM,
        questions=[
            *({**NUMBER_QUESTION, "key": f"q{number}"} for number in range(1, 9)),
            {"key": "q9", "kind": "photos", "label": "ภาพ"},
        ],
    )
    arrival, _ = received_arrival(letter=with_pdf(asked), unit=school)
    return arrival


class Phone:
    """A browser that counts bytes: pages as they come, static files compressed, each once."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.has: set[str] = set()

    def opens(self, address: str) -> int:
        """Return the bytes of a page with all it makes the browser fetch."""
        response = self.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200, address
        body = response.content
        text = gzip.decompress(body).decode() if response.get("Content-Encoding") else body.decode()
        return len(body) + HEADERS + sum(self.fetch(path) for path in LINKED.findall(text))

    def fetch(self, address: str) -> int:
        """Return the bytes of a static file with what it leads to; nothing the second time."""
        name = urlsplit(address).path.removeprefix(settings.STATIC_URL)
        if name in self.has or name.startswith(("favicon.png", "touch-icon", "icon-")):
            return 0
        self.has.add(name)
        path = Path(str(finders.find(name)))
        size = weight(path) + HEADERS
        return size + sum(self.fetch(f"{settings.STATIC_URL}{led}") for led in leads(path, name))


@cache
def weight(path: Path) -> int:
    """Return the bytes of a static file as WhiteNoise sends it over https."""
    data = path.read_bytes()
    return len(data) if path.suffix in {".woff2", ".png"} else len(brotli.compress(data))


def leads(path: Path, name: str) -> Iterator[str]:
    """Yield the files that a style sheet or a script makes the browser fetch."""
    folder = Path(name).parent
    patterns = {".css": IN_STYLES, ".js": IMPORTED}
    if path.suffix not in patterns:
        return
    for found in patterns[path.suffix].findall(path.read_text(encoding="utf-8")):
        if not found.startswith("data:"):
            yield str((Path("/") / folder / found).resolve().relative_to("/"))


def test_the_first_visit_is_light(client, clerk):
    phone = Phone(client)
    sign_in = phone.opens(reverse("account_login"))
    client.force_login(clerk.member)

    inbox = phone.opens(reverse("documents:inbox"))

    assert 40 * KB < sign_in + inbox <= FIRST


def test_each_further_page_is_light(client, clerk):
    phone = after_the_first_visit(client, clerk)

    weights = {name: phone.opens(reverse(name)) for name in FURTHER_PAGES}

    assert {name: size for name, size in weights.items() if size > FURTHER} == {}


def test_a_letter_with_its_form_is_light_without_its_picture(client, clerk, letter):
    phone = after_the_first_visit(client, clerk)

    assert phone.opens(f"{letter.get_absolute_url()}?as={letter.pk}") <= FURTHER


def test_uncompressed_the_measure_would_fail(client, clerk):
    """The control: the same first visit, counted without any compression."""
    client.force_login(clerk.member)
    phone = Phone(client)
    phone.opens(reverse("documents:inbox"))

    plain = sum(Path(str(finders.find(name))).stat().st_size for name in phone.has)

    assert plain > FIRST


def after_the_first_visit(client: Any, clerk: Any) -> Phone:
    phone = Phone(client)
    client.force_login(clerk.member)
    phone.opens(reverse("documents:inbox"))
    return phone


def test_only_pages_of_our_own_are_compressed(client, clerk):
    client.force_login(clerk.member)
    asked = {"Accept-Encoding": "gzip"}

    own = client.get(reverse("documents:inbox"), headers=asked)
    strange = client.get(
        reverse("documents:inbox"), headers=asked | {"Sec-Fetch-Site": "cross-site"}
    )
    bell = client.get(reverse("notifications:bell"), headers=asked)

    assert own["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in strange
    assert "Content-Encoding" not in bell
