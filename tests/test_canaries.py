"""Nobody reads what is not theirs: on any page, in any file, search, bell or mail.

Words are laid into every room (`tests/canaries.py`). Then every role asks every address of the
house about everything that lies there, follows the links of what it gets, and opens its mail.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pypdfium2
import pytest
from django.core import mail
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from documents.querysets import MatterQuerySet
from knowledge.querysets import ArticleQuerySet
from portal.core.clock import today
from portal.core.resources import resources
from portal.notifications.models import Notification
from research.models import Intake
from tests.access_matrix import addresses
from tests.canaries import (
    CANARIES,
    COMMON,
    GROUP_ONLY,
    ORDER,
    SAID_ELSEWHERE,
    SEALED,
    plant,
)
from tests.walk import work
from tests.world import ANONYMOUS, ROLES, World

pytestmark = pytest.mark.django_db

LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
# Not the rooms': the manual, what the house is made of, signing in and out, the back office.
ELSEWHERE = ("/static/", "/help/", "/accounts/", "/design/", "/admin/", "/livez", "/readyz")
VIEWS_OF_A_LIST = 3
WEDNESDAY = 2
"""Every morning mail that waits has gone by the Wednesday of next week, late in the morning."""

ASK_ONLY = ("deputy", "other-clerk", "other-registrar")
"""Who goes where a neighbour of the same rights goes as well: they do not follow links."""

Sightings = defaultdict[str, defaultdict[str, list[str]]]
"""Where each word was read: word → role → places."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Write no log of the thousand pages that are rightly refused."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def nothing_seen() -> Sightings:
    return defaultdict(lambda: defaultdict(list))


def words_in(text: str) -> list[str]:
    return [canary.word for canary in CANARIES if canary.word in text]


# Reading ------------------------------------------------------------------------------------------


def first_places() -> list[str]:
    """Return every page that is about nothing in particular, and searches for all that was laid."""
    plain = [reverse(each.name) for each in addresses() if not each.owner and "<" not in each.route]
    lists = ("search:search", "documents:matters", "documents:sent", "knowledge:list")
    asked = [reverse(name, query={"q": COMMON}) for name in lists]
    return [url for url in [*plain, *asked] if not url.startswith(ELSEWHERE)]


def pages_of_things() -> set[str]:
    """Return the page of everything that lies in the rooms."""
    models = [each.model for each in resources() if each.model._meta.app_label != "members"]
    things = (thing for model in models for thing in model._base_manager.all())
    return {thing.get_absolute_url() for thing in things if hasattr(thing, "get_absolute_url")}


def browser_of(world: World, role: str) -> Client:
    client = Client()
    if role != ANONYMOUS:
        client.force_login(world.members[role])
    return client


def text_of(answer: HttpResponseBase) -> str:
    """Return everything an answer says: its headers, and its body, unpacked."""
    body = b"".join(answer) if answer.streaming else answer.content
    said = unquote(str(answer.headers))
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as archive:
            body = b" ".join(archive.read(name) for name in archive.namelist())
    elif body.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(body) as document:
            return said + " ".join(page.get_textpage().get_text_bounded() for page in document)
    return said + body.decode(errors="replace")


def crawl(client: Client, places: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every place that one comes to by links, and what it says; of a list a few views."""
    ahead, known = list(places), set(places)
    views = Counter(url.partition("?")[0] for url in ahead)
    for url in ahead:
        answer = client.get(url)
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, url
        text = text_of(answer)
        yield url, text
        for link in LINK.findall(text):
            link = link.replace("&amp;", "&")
            path = link.partition("?")[0]
            is_more = link not in known and views[path] < VIEWS_OF_A_LIST
            if is_more and not link.startswith(ELSEWHERE):
                known.add(link)
                views[path] += 1
                ahead.append(link)


def read_everything(world: World, roles: Iterable[str]) -> Sightings:
    """Every role goes where links lead it, to every thing, and to wherever another read a word."""
    found, been = nothing_seen(), {}
    for role in roles:
        been[role] = set()
        if role in ASK_ONLY:
            continue
        for place, text in crawl(browser_of(world, role), first_places()):
            been[role].add(place)
            for word in words_in(text):
                found[word][role].append(place)
    telling = {place for seen in found.values() for places in seen.values() for place in places}
    telling |= pages_of_things() | {*first_places()}
    for role in roles:
        client = browser_of(world, role)
        for place in sorted(telling - been[role]):
            for word in words_in(text_of(client.get(place))):
                found[word][role].append(place)
    return found


def read_what_was_told(world: World) -> Sightings:
    """Read every bell, and all mail that has gone out; whoever has no role is \"\"."""
    found = nothing_seen()
    role_of = {member.pk: role for role, member in world.members.items()}
    for bell in Notification.objects.select_related("notice"):
        for word in words_in(str(vars(bell.notice))):
            found[word][role_of.get(bell.recipient_id, "")].append("bell")
    role_at = {member.email: role for role, member in world.members.items()}
    for message in mail.outbox:
        parts = [message.subject, message.body, *(part for part, _ in message.alternatives)]
        for word in words_in(" ".join(map(str, parts))):
            for address in message.recipients():
                found[word][role_at.get(address, "")].append("mail")
    return found


def leaks(found: Sightings) -> list[str]:
    """Say who read what is not theirs, and where."""
    return [
        f"{canary.word}: {role} at {places[:3]}"
        for canary in CANARIES
        for role, places in found[canary.word].items()
        if role in ROLES and role not in canary.readers
    ]


# The tests ----------------------------------------------------------------------------------------


def test_nobody_reads_what_is_not_theirs(world):
    plant(world)
    work()

    found = read_everything(world, ROLES)

    unread = [
        f"{canary.word}: {role}"
        for canary in CANARIES
        for role in canary.readers
        if not found[canary.word][role]
    ]
    assert unread == []
    assert leaks(found) == []
    assert Intake.objects.exists()  # the sealed answer came in


def test_no_bell_and_no_mail_tells_what_is_not_theirs(world, clock):
    plant(world)
    work()
    day = today()
    day += timedelta(days=7 + WEDNESDAY - day.weekday())
    clock(day.year, day.month, day.day, 10)
    work()

    told = read_what_was_told(world)

    for canary in (GROUP_ONLY, ORDER, SAID_ELSEWHERE):
        places = {place for places in told[canary.word].values() for place in places}
        assert places == {"bell", "mail"}, canary.word
    assert leaks(told) == []
    assert not told[SEALED.word]


def open_to_all(rows, member):
    return rows


@pytest.mark.parametrize(
    ("gate", "canary"), [(ArticleQuerySet, GROUP_ONLY), (MatterQuerySet, ORDER)]
)
def test_the_crawl_notices_a_gate_that_stands_open(gate, canary, world, monkeypatch):
    plant(world)
    monkeypatch.setattr(gate, "visible_to", open_to_all)

    found = read_everything(world, ("officer", "outsider"))

    assert f"{canary.word}: outsider" in "\n".join(leaks(found))
