"""What `bench/pages.py` runs: a server as in production, and a phone with a poor line."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.harness import run_to_end
from bench.parts.serving import Ask, gather_static, serving, warm_up
from documents.models import Arrival, ArrivalState, RegisterBook, ResponseKind
from knowledge.models import Article
from meetings.models import Meeting
from members.models import Member
from portal.announcements.models import Announcement
from portal.files.services import files_of, render_pages

CLERK = "school-clerk"
CHROMIUM = "/usr/bin/chromium"
BYTES_A_SECOND = 400_000 // 8
ROUND_TRIP_MS = 400
SLOWER = 4
QUIET_MS = 400
TURNS = 20


@dataclass
class Phone:
    """A window whose bytes are counted as they come over the line."""

    page: Page
    came: dict[str, int] = field(default_factory=dict)
    line: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.line = self.page.context.new_cdp_session(self.page)
        self.line.send("Network.enable")
        self.line.on("Network.responseReceived", self._name)
        self.line.on("Network.loadingFinished", self._count)

    def _name(self, event: dict[str, Any]) -> None:
        self.urls[event["requestId"]] = event["response"]["url"]

    def _count(self, event: dict[str, Any]) -> None:
        url = self.urls.get(event["requestId"], "")
        self.came[url] = self.came.get(url, 0) + int(event["encodedDataLength"])

    @property
    def bytes(self) -> int:
        """What came over the line, without the pictures of a document's pages."""
        return sum(size for url, size in self.came.items() if not is_page_picture(url))

    @property
    def picture(self) -> int:
        """What the pictures of a document's pages weigh."""
        return sum(size for url, size in self.came.items() if is_page_picture(url))

    def slow_down(self) -> None:
        """Give the window the line and the processor of a poor phone."""
        self.line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": ROUND_TRIP_MS,
                "downloadThroughput": BYTES_A_SECOND,
                "uploadThroughput": BYTES_A_SECOND,
            },
        )
        self.line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def open(self, url: str) -> dict[str, float]:
        """Open a page: the seconds until it can be used, and every byte it asked for."""
        self.came.clear()
        began = time.monotonic()
        answer = self.page.goto(url, wait_until="domcontentloaded")
        self.is_usable()
        seconds = time.monotonic() - began
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(QUIET_MS)
        status = answer.status if answer else 0
        if status != 200:
            raise RuntimeError(f"{url} answered {status}")
        return {"bytes": self.bytes, "seconds": round(seconds, 2), "picture": self.picture}

    def is_usable(self) -> None:
        """Wait until the page is drawn with its styles and its scripts have run."""
        self.page.wait_for_function(
            "() => document.readyState !== 'loading' && document.querySelector('h1')"
            " && performance.getEntriesByName('first-contentful-paint').length"
            " && performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd > 0",
            polling=50,
        )


def walk(
    schools: int, letters: int, *, rounds: int, pages: int, is_compressed: bool = True
) -> dict[str, Any]:
    """Return what the first visit and so many further pages of the clerk weigh and take.

    In each round with a new phone; the quickest counts.
    """
    prepare(schools, letters)
    paths = dict(islice(addresses().items(), pages))
    served = "portal.wsgi:application" if is_compressed else "bench.parts.plainly:application"
    with serving(served, threads=4) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        warm_up(site, [Ask(reverse("account_login"))] * TURNS)  # this measures lines, not starts
        look_around(browser, site, paths)
        walked = [one_round(browser, site, paths) for _ in range(rounds)]
        browser.close()
    pdf = files_of(letter_to_answer().letter, "main")[0].stored.size
    found = {name: best([one["pages"][name] for one in walked]) for name in paths}
    first = best([one["first"] for one in walked])
    return {"first": first, "pages": found, "picture": found["letter"]["picture"], "pdf": pdf}


def one_round(browser: Browser, site: str, paths: dict[str, str]) -> dict[str, Any]:
    """Return the first visit of a new phone, and its further pages."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, locale="th-TH"
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    phone = Phone(page)
    phone.slow_down()
    first = first_visit(phone, site)
    pages = {name: phone.open(site + path) for name, path in paths.items()}
    context.close()
    return {"first": first, "pages": pages}


def best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the quickest opening with the largest bytes: the line's cost, not the machine's."""
    quickest = min(rounds, key=lambda one: one["seconds"])
    return quickest | {"bytes": max(one["bytes"] for one in rounds)}


def is_page_picture(url: str) -> bool:
    """Answer whether this is the picture of a document's page."""
    return "/files/" in url and url.endswith(".png")


def look_around(browser: Browser, site: str, paths: dict[str, str]) -> None:
    """Open every page once from another window: the server has read its words and templates."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site + reverse("account_login"))
    fill_in(page)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{site}/")
    for path in list(paths.values()) * 2:
        page.goto(site + path)
    context.close()


def fill_in(page: Page) -> None:
    page.fill("[name=login]", CLERK)
    page.fill("[name=password]", settings.DEMO_PASSWORD)


def first_visit(phone: Phone, site: str) -> dict[str, float]:
    """Sign in with an empty browser; typing takes no time here."""
    sign_in_page = phone.open(site + reverse("account_login"))
    fill_in(phone.page)
    phone.came.clear()
    began = time.monotonic()
    with phone.page.expect_navigation(wait_until="commit", url=f"{site}/"):
        phone.page.press("[name=password]", "Enter", no_wait_after=True)
    phone.is_usable()
    seconds = time.monotonic() - began
    phone.page.wait_for_load_state("networkidle")
    phone.page.wait_for_timeout(QUIET_MS)
    return {
        "bytes": sign_in_page["bytes"] + phone.bytes,
        "seconds": round(sign_in_page["seconds"] + seconds, 2),
        "sign_in_page_seconds": sign_in_page["seconds"],
    }


# What is there ----------------------------------------------------------------------------------


def prepare(schools: int, letters: int) -> None:
    """The demo is there once, its pictures are drawn, and the static files are gathered."""
    gather_static()
    if not Member.objects.exists():
        load = [sys.executable, "manage.py", "load_demo", "--verbosity", "0"]
        run_to_end(
            [*load, "--schools", str(schools), "--letters", str(letters)],
            dict(os.environ, DEMO="on"),
        )
    letter = files_of(letter_to_answer().letter, "main")[0]
    render_pages(letter.stored)


def letter_to_answer() -> Arrival:
    """Return a received letter of the clerk with a form and a document to read."""
    clerk = Member.objects.get(username=CLERK)
    rows = Arrival.objects.at_desk_of(clerk).filter(
        state=ArrivalState.RECEIVED, letter__response_kind=ResponseKind.FORM, is_open=True
    )
    return next(row for row in rows.select_related("letter") if files_of(row.letter, "main"))


def addresses() -> dict[str, str]:
    """Return the pages of the clerk's day by name, after the inbox."""
    clerk = Member.objects.get(username=CLERK)
    arrival = letter_to_answer()
    book = RegisterBook.objects.visible_to(clerk).order_by("-pk").first()
    article = Article.objects.visible_to(clerk).order_by("-pk").first()
    meeting = Meeting.objects.visible_to(clerk).order_by("-pk").first()
    announcement = Announcement.objects.visible_to(clerk).order_by("-pk").first()
    things = {
        "register": book,
        "article": article,
        "meeting": meeting,
        "announcement": announcement,
    }
    return {
        "home": reverse("home"),
        "inbox": reverse("documents:inbox"),
        "letter": f"{arrival.get_absolute_url()}?as={arrival.pk}",
        "sent": reverse("documents:sent"),
        "registers": reverse("documents:registers"),
        "notifications": reverse("notifications:inbox"),
        "search": reverse("search:search") + "?q=อาคาร",
        "knowledge": reverse("knowledge:index"),
        "meetings": reverse("meetings:index"),
        "surveys": reverse("research:index"),
        "announcements": reverse("announcements:index"),
        "help": reverse("help"),
    } | {name: thing.get_absolute_url() for name, thing in things.items() if thing is not None}
