"""Every page of the access matrix in Chromium, on a phone and a desk, as one who may see it.

axe finds nothing, the policy is not broken, nothing scrolls sideways, nothing falls over. Here one
of a school holds the phone, and one of the office sits at the desk; what every other role gets at
the same addresses, and that it is no error, the matrix itself asks (`test_access.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from playwright.sync_api import Page

from tests.access_matrix import Access, all_rows
from tests.browser import AXE, DESKTOP, PHONE, violations_of
from tests.test_access import plain_addresses
from tests.world import ANONYMOUS, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A page is read by one of the office at a desk and one of a school on a phone, if they may see it;
# else by anybody.
OFFICE = ("officer", "registrar", "director", "admin")
SCHOOL = ("school-clerk", "teacher", "other-clerk")
# The inside of another page's frame; its policy refuses even what axe loads. It has its own tests.
INSIDE = {"richtext:frame"}
WIDER_THAN_THE_WINDOW = "() => document.documentElement.scrollWidth > window.innerWidth"

PLANTED = """<!doctype html><link rel=icon href=data:,>
<script>1</script><img src=data:,><pre>{}</pre>""".format("กว้าง" * 200)
SOUND = "<!doctype html><html lang=th><title>x</title><link rel=icon href=data:,><main><h1>ดี</h1>"
urlpatterns = [
    path("planted/", login_not_required(lambda request: HttpResponse(PLANTED))),
    path("sound/", login_not_required(lambda request: HttpResponse(SOUND))),
    path("falls/", login_not_required(lambda request: HttpResponse("ล้ม", status=500))),
]


def readers_of(row: Access) -> list[str]:
    """Return who reads the page: nobody when it is none."""
    seen = [role for role, (get, _) in row.answers.items() if get == 200]
    first = [next((role for role in side if role in seen), "") for side in (OFFICE, SCHOOL)]
    return [role for role in first if role] or seen[:1]


def client_of(world: World, role: str) -> Client:
    client = Client()
    if role != ANONYMOUS:
        client.force_login(world.members[role])
    return client


def is_page(answer: Any) -> bool:
    """Answer whether this is a whole page, not a file or a fragment of one."""
    if answer.streaming:
        answer.close()
        return False
    is_html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return is_html and b"<html" in answer.content


def addresses_to_visit(world: World, width: int) -> Iterator[tuple[str, str]]:
    """Yield role and address of every page: of the matrix, of signing in, and what is not there."""
    for row in all_rows():
        if row.url_name in INSIDE:
            continue
        if readers := readers_of(row):
            kwargs = row.setup(world) if row.setup else {}
            url = reverse(row.url_name, kwargs=kwargs) + row.query
            yield readers[-1] if width == PHONE else readers[0], url
    for url in plain_addresses("allauth"):
        yield from ((role, url) for role in (ANONYMOUS, "teacher"))


def pages_to_visit(world: World, width: int) -> list[tuple[str, str]]:
    everything = sorted(set(addresses_to_visit(world, width)))
    clients = {role: client_of(world, role) for role in {role for role, _ in everything}}
    return [(role, url) for role, url in everything if is_page(clients[role].get(url))]


def complaints_about_page(page: Page, url: str) -> list[str]:
    """Open the address; return everything that no page of the house may do."""
    before = len(page.watch.incidents)
    answer = page.goto(url)
    page.wait_for_load_state()
    found = [f"status {answer.status}"] if answer.status >= 500 else []
    found += violations_of(page)
    if page.evaluate(WIDER_THAN_THE_WINDOW):
        found.append("scrolls sideways")
    return [f"{url}: {each}" for each in found + page.watch.incidents[before:]]


@pytest.fixture
def visit(sign_in: Callable[[Page, str], None], live_server: Any) -> Callable[..., list[str]]:
    """Open these addresses, each as its reader; return all complaints."""

    def walk(page: Page, pages: list[tuple[str, str]]) -> list[str]:
        complaints, now = [], ANONYMOUS
        page.add_init_script(path=AXE)  # carried over once, not for each page
        for role, url in pages:
            if role != now:
                page.context.clear_cookies()
                if role != ANONYMOUS:
                    sign_in(page, role)
                now = role
            complaints += complaints_about_page(page, live_server.url + url)
        return complaints

    return walk


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_is_accessible_and_keeps_to_the_policy(width, open_window, visit, world):
    pages = pages_to_visit(world, width)

    complaints = visit(open_window(width), pages)

    assert len(pages) > 30
    assert complaints == [], "\n".join(complaints)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_page_that_is_not_there_is_a_page_as_well(width, open_window, visit, world):
    page = open_window(width)

    assert visit(page, [("teacher", "/no-such-page/"), ("school-clerk", "/letters/999999/")]) == []
    assert page.locator("h1").is_visible()


@pytest.mark.urls(__name__)
def test_the_crawl_notices_what_no_page_may_do(open_window, visit, live_server):
    page = open_window(PHONE)
    page.watch.expect("")

    sound = visit(page, [(ANONYMOUS, "/sound/")])
    planted = "\n".join(visit(page, [(ANONYMOUS, "/planted/"), (ANONYMOUS, "/falls/")]))

    assert sound == []
    assert "CSP: script-src" in planted
    assert "html-has-lang" in planted
    assert "image-alt" in planted
    assert "scrolls sideways" in planted
    assert "status 500" in planted
