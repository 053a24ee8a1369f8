"""Chromium for tests: two sizes of window, each watched, and the accessibility check.

    @pytest.mark.browser
    def test_a_clerk_receives(phone, live_server, sign_in, axe):
        sign_in(phone, "school-clerk")
        phone.goto(f"{live_server}/letters/")
        axe(phone)

`phone` is 390 pixels wide, `desktop` 1280; `open_window(width)` makes another, with cookies of
its own, and `open_window(390, java_script_enabled=False)` one without scripts. Whatever a window
does, its test fails when a page breaks the Content-Security-Policy, asks another host, logs an
error, throws, or gets an answer of 500 or a 404 for a static file. A test that wants such a thing
says so first: `phone.watch.expect("status of 503")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from members.models import Member

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Only what is wrong comes back: what is right on a board of 131 rows fills megabytes. Of what axe
# gathers beforehand, no rule with these tags reads the style sheets.
FIND_VIOLATIONS = """
tags => axe.run(document, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: {assets: ["media"]},
}).then(found => found.violations)
"""
PHONE, DESKTOP = 390, 1280
HEIGHT = {PHONE: 844, DESKTOP: 800}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt --no-maglev",  # a page lives for a second: optimizing does not pay
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
SAY_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.effectiveDirective} refused ${event.blockedURI}`));
"""
# Chromium logs every refused answer as an error; the answers themselves are judged in `_answer`.
REFUSED_ANSWER = "Failed to load resource: the server responded with a status of 4"


class Watch:
    """Everything a window did that no page of the house may do."""

    def __init__(self, page: Page, site: str) -> None:
        self.site = site
        self.incidents: list[str] = []
        self._expected: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"exception: {error}"))
        page.on("request", self._request)
        page.on("response", self._answer)

    def expect(self, text: str) -> None:
        """Let incidents that contain `text` pass in this test."""
        self._expected.append(text)

    def unexpected(self) -> list[str]:
        return [
            incident
            for incident in self.incidents
            if not any(text in incident for text in self._expected)
        ]

    def _note(self, incident: str) -> None:
        self.incidents.append(incident)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED_ANSWER):
            self._note(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        is_ours = f"{parts.scheme}://{parts.netloc}" == self.site
        if not is_ours and parts.scheme not in {"data", "blob", "about"}:
            self._note(f"request to another host: {request.url}")

    def _answer(self, response: Response) -> None:
        is_static = urlsplit(response.url).path.startswith(settings.STATIC_URL)
        if response.status >= 500 or (is_static and response.status >= 400):
            self._note(f"answer: status of {response.status} for {response.url}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": settings.CHROMIUM, "args": FLAGS, "headless": True}


@pytest.fixture
def open_window(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a watched window of this width; every window has its own cookies."""
    pages: list[Page] = []

    def open_one(width: int = PHONE, **options: Any) -> Page:
        viewport = {"width": width, "height": HEIGHT.get(width, 800)}
        context = browser.new_context(
            **{"viewport": viewport, "locale": "th-TH", "timezone_id": "Asia/Bangkok"} | options
        )
        context.add_init_script(SAY_VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.watch = Watch(page, live_server.url)
        pages.append(page)
        return page

    yield open_one

    incidents = [incident for page in pages for incident in page.watch.unexpected()]
    for page in pages:
        page.context.close()
    assert incidents == []


@pytest.fixture
def phone(open_window: Callable[..., Page]) -> Page:
    """A watched window of 390 pixels."""
    return open_window(PHONE)


@pytest.fixture
def desktop(open_window: Callable[..., Page]) -> Page:
    """A watched window of 1280 pixels."""
    return open_window(DESKTOP)


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, str], None]:
    """Give the window the session of a member, by user name, without the sign-in page."""

    def enter(page: Page, username: str) -> None:
        client = Client()
        client.force_login(Member.objects.get(username=username))
        name = settings.SESSION_COOKIE_NAME
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )

    return enter


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Check the page as it stands against WCAG 2.2 AA; fail with every violation by name."""
    return check_accessibility


def check_accessibility(page: Page) -> None:
    violations = violations_of(page)
    assert violations == [], f"{page.url}: {violations}"


def violations_of(page: Page) -> list[str]:
    """Return everything that axe finds wrong on the page as it stands, by name and place."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return [
        f"{rule['id']}: {node['html'][:160]} ({' > '.join(map(str, node['target']))})"
        for rule in page.evaluate(FIND_VIOLATIONS, AXE_TAGS)
        for node in rule["nodes"]
    ]
