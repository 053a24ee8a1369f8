"""Take the pictures of docs/pictures/ from a running demo: `make demo`, then `make screenshots`.

Every page is opened as the person whose page it is, on a phone (390) and on a desk (1280).
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "lotus-pond-2569"  # noqa: S105 - of the demo
SIZES = {390: 844, 1280: 800}


@dataclass(frozen=True)
class Picture:
    """One page: whose, where it begins, and which links lead on, as patterns of their addresses."""

    name: str
    username: str
    path: str
    links: tuple[str, ...] = ()


PICTURES = [
    Picture("signin", "", "/accounts/login/"),
    Picture("home-director", "director", "/"),
    Picture("home-teacher", "teacher", "/"),
    Picture("inbox", "school-clerk", "/letters/"),
    Picture("letter", "school-clerk", "/letters/", (r"/letters/\d+/$",)),
    Picture("sent", "registrar", "/letters/sent/"),
    Picture("board", "registrar", "/letters/sent/", (r"/board/$",)),
    Picture("registers", "registrar", "/letters/registers/"),
]


def main(site: str, chromium: str) -> None:
    """Take every picture at both sizes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            for width, height in SIZES.items():
                take(browser, picture, site, width, height)
        browser.close()


def take(browser: Browser, picture: Picture, site: str, width: int, height: int) -> None:
    """Open the page in a fresh window of this size and keep what a reader sees first."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="th-TH", timezone_id="Asia/Bangkok"
    )
    page = context.new_page()
    if picture.username:
        sign_in(page, site, picture.username)
    page.goto(site + picture.path)
    for pattern in picture.links:
        follow(page, pattern)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.name}-{width}.png")
    context.close()
    sys.stdout.write(f"{picture.name}-{width}.png\n")


def sign_in(page: Page, site: str, username: str) -> None:
    """Sign in as a reader would."""
    page.goto(f"{site}/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def follow(page: Page, pattern: str) -> None:
    """Open the first link of the page's content whose address fits."""
    links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
    page.goto(next(link for link in links if re.search(pattern, link)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://127.0.0.1:8000")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    given = parser.parse_args()
    try:
        main(given.site, given.chromium)
    except Error as error:
        sys.exit(f"Is the demo running at {given.site}? Start it with: make demo\n{error}")
