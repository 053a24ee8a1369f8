"""What `bench/inbox.py` and `bench/board.py` run: pages of years of letters, asked by a crowd."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from html import unescape
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.parts.serving import WORKERS, Ask, ask, gather_static, serving, warm_up
from bench.parts.years import COMMON, RARE, Years, make_years, settle, sign_in
from documents.models import Arrival, ArrivalState, RegisterBook, Series
from documents.services.receiving import receive_arrivals
from members.models import Member
from members.services import actor_of

UNIT_CONNECTIONS = 8
CROWD = 16
HELLO = "bench.parts.hello:application"
PAGES_DEEP = 100
RECEIPTS = 200
MORE = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')
SIGNED_IN_QUERIES = 1  # the session with its member, posts and bell


def read(*, letters: int, schools: int, seconds: int, only: Sequence[str]) -> dict[str, Any]:
    """Ask these of the pages a school's clerk opens all day; return each in the unit “hello”."""
    gather_static()
    years = make_years(letters, schools=schools)
    pages = _pages(years, [sign_in(clerk) for clerk in years.clerks])
    settle()
    return _measure({name: pages[name] for name in only}, seconds)


def read_and_compare(*, letters: int, schools: int, seconds: int) -> dict[str, Any]:
    """Ask all those pages, go deep into one, ask a plainly written inbox, and receive letters."""
    gather_static()
    began = time.perf_counter()
    years = make_years(letters, schools=schools)
    found: dict[str, Any] = {"loading_seconds": time.perf_counter() - began}
    sessions = [sign_in(clerk) for clerk in years.clerks]
    settle()
    inbox = reverse("documents:inbox")
    hundredth = _page_address(years.clerks[0], PAGES_DEEP)
    pages = _pages(years, sessions)
    found["queries"] = {name: queries_of(asks[0]) for name, asks in pages.items()}
    found |= _measure(pages, seconds)
    with serving() as address:
        first = ask(address, [Ask(f"{inbox}?tab=all", sessions[0])], connections=8, seconds=seconds)
        deep = ask(address, [Ask(hundredth, sessions[0])], connections=8, seconds=seconds)
        found["page_100_to_1"] = first.rate / deep.rate
        warm_up(address, pages["inbox"] * WORKERS)
        found["p99_16"] = ask(address, pages["inbox"], connections=CROWD, seconds=seconds * 2).p99
    with serving("bench.parts.naively:application") as address:
        naive = ask(
            address, [Ask("/naive/", key) for key in sessions], connections=8, seconds=seconds
        )
        found["naive_rate"] = naive.rate
    found["receive_ms"] = _receive(years)
    return found


def _pages(years: Years, sessions: list[str]) -> dict[str, list[Ask]]:
    """Return the pages of a clerk's day by name, each as asked by every school."""
    inbox = reverse("documents:inbox")
    return {
        "inbox": [Ask(inbox, key) for key in sessions],
        "all": [Ask(f"{inbox}?tab=all", key) for key in sessions],
        "letter": _letters(years, sessions),
        "register": _registers(years, sessions),
        "search": [Ask(f"{inbox}?tab=all&q={_quoted(COMMON)}", key) for key in sessions],
        "search_rare": [Ask(f"{inbox}?tab=all&q={_quoted(RARE)}", key) for key in sessions],
    }


def _measure(pages: dict[str, list[Ask]], seconds: int) -> dict[str, Any]:
    """Ask each page at 8 connections, and the hello before and after each of them.

    Everybody has opened the page before, as in the middle of a day; and a machine that others use,
    too, is as fast for the page as for the hello beside it.
    """
    rates = {}
    with serving() as address, serving(HELLO) as hello:
        hellos = [hello_rate(hello, seconds)]
        for name, asks in pages.items():
            warm_up(address, asks * WORKERS)
            rates[name] = ask(address, asks, connections=UNIT_CONNECTIONS, seconds=seconds).rate
            hellos.append(hello_rate(hello, seconds))
    beside = {name: (hellos[at] + hellos[at + 1]) / 2 for at, name in enumerate(pages)}
    return {
        "hello_rate": sum(hellos) / len(hellos),
        "ms": {name: 1000 / rate for name, rate in rates.items()},
        "hellos": {name: beside[name] / rate for name, rate in rates.items()},
    }


def hello_rate(address: str, seconds: int) -> float:
    """Return how many hellos a second the workers at this address say."""
    return ask(address, [Ask("/")], connections=UNIT_CONNECTIONS, seconds=seconds).rate


def _letters(years: Years, sessions: list[str]) -> list[Ask]:
    """A received letter of each school, a different one each."""
    asks = []
    for place, (school, session) in enumerate(zip(years.schools, sessions, strict=True)):
        received = Arrival.objects.filter(unit=school, state=ArrivalState.RECEIVED)
        arrival = received.order_by("-pk")[place % 40]
        asks.append(Ask(reverse("documents:letter", args=[arrival.letter_id]), session))
    return asks


def _registers(years: Years, sessions: list[str]) -> list[Ask]:
    books = dict(RegisterBook.objects.filter(series=Series.IN).values_list("unit", "pk"))
    return [
        Ask(reverse("documents:register", args=[books[school.pk]]), session)
        for school, session in zip(years.schools, sessions, strict=True)
    ]


def _quoted(words: str) -> str:
    return reverse("documents:inbox", query={"q": words}).partition("q=")[2]


def client_of(session: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["session"] = session
    return client


def _page_address(clerk: Member, pages: int) -> str:
    """Return the address of the n-th page of everything at the clerk's desk."""
    client = client_of(sign_in(clerk))
    address = f"{reverse('documents:inbox')}?tab=all"
    for _ in range(pages - 1):
        following = MORE.search(client.get(address).content.decode())
        if following is None:
            break
        address = unescape(following[1])
    return address


def queries_of(one: Ask) -> int:
    """Return how many queries the page asks after session and member."""
    client = client_of(one.session)
    response = client.get(one.path)
    if response.status_code != 200:
        raise RuntimeError(f"{one.path} answers {response.status_code}")
    with CaptureQueriesContext(connection) as asked:
        client.get(one.path)
    return len(asked) - SIGNED_IN_QUERIES


def _receive(years: Years) -> float:
    """Return the median milliseconds of receiving one letter, its number committed."""
    times = []
    for clerk, school in zip(years.clerks, years.schools, strict=True):
        by = actor_of(clerk)
        if by is None:
            raise RuntimeError("a clerk acts in a post")
        waiting = Arrival.objects.filter(unit=school, state=ArrivalState.WAITING)
        for arrival in waiting.values_list("pk", flat=True)[
            : max(1, RECEIPTS // len(years.schools))
        ]:
            began = time.perf_counter()
            receive_arrivals([arrival], key=uuid4(), by=by)
            times.append(time.perf_counter() - began)
    times.sort()
    return times[len(times) // 2] * 1000
