"""The bell and its list in a real browser, at two widths."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from members.models import Role
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.notifications.tests.factories import tell
from tests.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MINUTE = 61_000


@pytest.fixture
def school():
    school = SchoolFactory()
    HoldingFactory(role=Role.TEACHER, unit=school, member__username="teacher")
    return school


def requests_to_the_bell(page):
    seen = []

    def look(request):
        if urlsplit(request.url).path == "/notifications/bell/":
            seen.append(request.url)

    page.on("request", look)
    return seen


def test_the_bell_rings_without_loading_the_page_again(desktop, live_server, sign_in, school):
    sign_in(desktop, "teacher")
    desktop.clock.install()
    desktop.goto(f"{live_server}/notifications/")
    expect(desktop.locator(".bell-count")).to_have_count(0)

    tell(school)
    desktop.clock.fast_forward(MINUTE)

    expect(desktop.locator(".bell-count")).to_have_text("1")
    expect(desktop.get_by_role("link", name="แจ้งเตือน ยังไม่อ่าน 1 เรื่อง")).to_be_visible()


def test_a_hidden_tab_asks_nothing_until_it_is_shown(desktop, live_server, sign_in, school):
    sign_in(desktop, "teacher")
    desktop.clock.install()
    desktop.goto(f"{live_server}/notifications/")
    asked = requests_to_the_bell(desktop)
    hide = "is => Object.defineProperty(document, 'hidden', {configurable: true, get: () => is})"

    desktop.evaluate(hide, arg=True)
    tell(school)
    desktop.clock.fast_forward(MINUTE)
    desktop.clock.fast_forward(MINUTE)
    assert asked == []

    desktop.evaluate(hide, arg=False)
    desktop.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(desktop.locator(".bell-count")).to_have_text("1")
    assert len(asked) == 1


def test_signed_out_meanwhile_the_bell_falls_silent(desktop, live_server, sign_in, school):
    sign_in(desktop, "teacher")
    desktop.clock.install()
    desktop.goto(f"{live_server}/notifications/")
    asked = requests_to_the_bell(desktop)

    desktop.context.clear_cookies()
    with desktop.expect_response("**/bell/"):
        desktop.clock.fast_forward(MINUTE)
    desktop.wait_for_load_state("networkidle")
    desktop.clock.fast_forward(MINUTE)
    desktop.clock.fast_forward(MINUTE)

    assert len(asked) == 1


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_member_reads_one_and_then_all(width, open_window, live_server, sign_in, axe, school):
    page = open_window(width)
    for title in ("ขอเชิญประชุม", "สำรวจความเสียหายของอาคารเรียน", "ส่งรายชื่อ"):
        tell(school, title=title, url="/help/")
    sign_in(page, "teacher")

    page.goto(f"{live_server}/notifications/")
    axe(page)
    expect(page.locator(".item-unread")).to_have_count(3)
    page.get_by_role("link", name="สำรวจความเสียหายของอาคารเรียน").click()
    expect(page).to_have_url(f"{live_server}/help/")

    page.goto(f"{live_server}/notifications/")
    expect(page.locator(".item-unread")).to_have_count(2)
    page.get_by_role("navigation", name="กรองการแจ้งเตือน").get_by_text("ยังไม่อ่าน").click()
    expect(page.locator(".item")).to_have_count(2)
    page.get_by_role("button", name="อ่านแล้วทั้งหมด").click()

    expect(page.get_by_role("status")).to_contain_text("อ่านแล้วทั้งหมด 2 เรื่อง")
    expect(page.locator(".item-unread")).to_have_count(0)
    expect(page.locator(".bell-count")).to_have_count(0)
    page.goto(f"{live_server}/notifications/?show=unread")
    expect(page.get_by_role("heading", name="อ่านครบทุกเรื่องแล้ว")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
