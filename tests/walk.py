"""One window that goes from hand to hand, and what every step of the letter's way knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

FIRST, SECOND, THIRD = "โรงเรียนบ้านปากพล", "โรงเรียนวัดโตนด", "โรงเรียนบ้านหาดไข่เต่า"
REFUSING = "โรงเรียนบ้านพน"
ENOUGH_LOOKS = 2
SUBJECT = "สำรวจอาคารเรียนที่เสียหายจากน้ำท่วม พ.ศ. 2569"


@dataclass
class Walk:
    """One window in the hands of one person after another."""

    page: Page
    site: str
    sign_in: Callable[[Page, str], None]
    axe: Callable[[Page], None]
    holder: str = ""
    looked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def enter(self, username: str) -> None:
        """Give the window to somebody else, who begins on the first page."""
        self.sign_in(self.page, username)
        self.holder = username
        self.goto("home")

    def goto(self, name: str, *args: Any) -> None:
        self.page.goto(self.site + reverse(name, args=args))
        self.look()

    def press(self, words: str, *, within: str = "main, .actionbar") -> None:
        """Press the button or link that says so, and look at the page that comes."""
        with self.page.expect_navigation():
            self.page.locator(within).locator("button:visible, a:visible").filter(
                has_text=words
            ).first.click()
        self.look()

    def open(self, words: str) -> None:
        """Unfold what says so."""
        self.page.locator("main summary:visible").filter(has_text=words).first.click()

    def look(self) -> None:
        """Check the page as it stands; a page one comes back to is checked twice and then known."""
        self.page.wait_for_load_state()
        place = self.holder, urlsplit(self.page.url).path
        self.looked[place] += 1
        if self.looked[place] <= ENOUGH_LOOKS:
            self.axe(self.page)

    def send(self) -> None:
        """Number and send the letter, until its board, which asks every two seconds, knows it."""
        self.press("ออกเลขและส่ง")
        work()
        expect(self.page.locator("[hx-trigger='every 2s']")).to_have_count(0)

    def sees(self, *words: str) -> None:
        for text in words:
            expect(self.page.locator("body")).to_contain_text(text)

    def get(self, url: str) -> bytes:
        """Return the bytes at an address, asked for with the cookies of this window."""
        answer = self.page.context.request.get(self.site + url)
        assert answer.ok, (url, answer.status)
        return answer.body()


def work() -> None:
    """Do what the worker has to do."""
    call_command("run_worker", once=True)
