"""Take the pictures of the manual, the tour and the README: `make screenshots`.

Starts a demo of its own in a temporary folder on a free port, opens each page as the person whose
page it is, and keeps small PNG files of 128 colours. `make screenshots ONLY="inbox board"` takes
some of them again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from urllib.error import URLError
from urllib.request import urlopen

from pictures import MANUAL, PICTURES, TOP, TOUR, Picture
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "only-for-pictures"  # noqa: S105 - of the demo this script makes for itself
COLOURS = 128
START_SECONDS = 180
STEP_SECONDS = 90  # a machine that is busy with tests still gets its pictures


def main(names: list[str], chromium: str) -> None:
    """Take the pictures with these names; all when none is named."""
    for folder in (MANUAL, TOUR):
        folder.mkdir(parents=True, exist_ok=True)
    with demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in names or PICTURES:
            picture = PICTURES[name]
            file = picture.file / f"{name}.png"
            file.write_bytes(small(take(browser, picture, site)))
            say(f"{file.relative_to(TOP)} {file.stat().st_size:,} bytes")
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """Serve a fresh demo, web and worker, until the pictures are taken."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        site = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "DEMO": "1", "VAR_DIR": folder, "DATABASE_URL": "", "REDIS_URL": "", "S3_BUCKET": "",
            "SITE_URL": site,
        }  # fmt: skip

        def manage(*words: str) -> list[str]:
            return [sys.executable, "manage.py", *words]

        for words in (
            ["migrate", "--verbosity", "0"],
            ["load_demo", "--password", PASSWORD],
            ["run_worker", "--once"],  # rings the bells and draws the pages
            ["collectstatic", "--no-input", "--verbosity", "0"],
        ):
            subprocess.run(  # noqa: S603 - our own commands
                manage(*words), env=environment, cwd=TOP, check=True
            )
        server = subprocess.Popen(  # noqa: S603 - our own command
            manage("serve_demo", "--port", str(port)),
            env=environment,
            cwd=TOP,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{site}/readyz")
            yield site
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def wait_for(address: str) -> None:
    """Return when the address answers."""
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(address, timeout=2):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            if time.monotonic() > give_up:
                raise
            time.sleep(0.3)


def take(browser: Browser, picture: Picture, site: str) -> bytes:
    """Walk to the page in a fresh window and return what a reader sees first."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="th-TH", timezone_id="Asia/Bangkok"
    )
    context.set_default_timeout(STEP_SECONDS * 1000)
    page = context.new_page()
    if picture.username:
        sign_in(page, site, picture.username)
    page.goto(site + picture.path)
    if picture.steps:
        picture.steps(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(image => image.complete || image.loading)")
    shot = page.screenshot()
    context.close()
    return shot


def sign_in(page: Page, site: str, username: str) -> None:
    """Sign in as a reader would."""
    page.goto(f"{site}/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def small(shot: bytes) -> bytes:
    """Return the picture with few colours, without dithering, so that text stays sharp."""
    with Image.open(BytesIO(shot)) as full:
        few = full.convert("RGB").quantize(
            COLOURS,
            method=Image.Quantize.MAXCOVERAGE,  # keeps the small signs their colour,
            kmeans=4,  # and the large grounds theirs
            dither=Image.Dither.NONE,
        )
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *PICTURES], help="all when none is named")
    parser.add_argument(
        "--chromium", default=os.environ.get("CHROMIUM") or shutil.which("chromium")
    )
    given = parser.parse_args()
    if not given.chromium:
        sys.exit("Chromium is needed: install it, or give its path in CHROMIUM.")
    main(given.names, given.chromium)
