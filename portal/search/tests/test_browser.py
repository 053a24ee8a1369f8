"""The one box in a browser: from any page, by keyboard, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.search.services import index_things
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHOOL = "โรงเรียนบ้านปากพะเนียด"


@pytest.fixture
def people():
    world = make_world()
    world.school.name, world.school.phone = SCHOOL, "074-000-002"
    world.school.save(update_fields=["name", "phone"])
    index_things("members.unit", [world.school.pk])
    index_things("members.member", [member.pk for member in world.members.values()])
    return world


@pytest.mark.parametrize("width", [390, 1280])
def test_from_any_page_to_a_colleague(people, open_window, sign_in, live_server, axe, width):
    page = open_window(width)
    sign_in(page, "officer")
    page.goto(live_server.url)

    page.get_by_label("ค้นทั้งระบบ").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#seek-words")).to_be_focused()
    axe(page)
    page.keyboard.type("ปากพะเนียด")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q="))
    expect(page.locator("mark").first).to_have_text("ปากพะเนียด")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    axe(page)
    page.get_by_role("link", name="ใหม่ที่สุด").click()
    page.get_by_role("link", name="บุคคลและหน่วยงาน").click()
    page.get_by_role("link", name=SCHOOL).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SCHOOL)
    axe(page)
    page.get_by_role("link", name=str(people.members["school-director"])).click()
    expect(page.get_by_role("link", name="074-000-002")).to_be_visible()
    axe(page)

    page.goto(f"{live_server.url}/search/?q=ก")
    expect(page.locator("#search-problem")).to_have_text("พิมพ์อย่างน้อย 2 ตัวอักษร")
    axe(page)
    page.locator("#search-words").fill("ไม่มีคำเช่นนี้")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="ไม่พบเรื่องที่ตรงกับคำนี้")).to_be_visible()
    axe(page)


def test_escape_closes_the_box(people, desktop, sign_in, live_server):
    sign_in(desktop, "officer")
    desktop.goto(live_server.url)
    desktop.locator("[data-seek] summary").click()
    expect(desktop.locator("#seek-words")).to_be_focused()

    desktop.keyboard.press("Escape")

    expect(desktop.locator("#seek-words")).to_be_hidden()
    expect(desktop.locator("[data-seek] summary")).to_be_focused()


def test_visitors_search_without_scripts(people, open_window, live_server):
    page = open_window(390, java_script_enabled=False)
    page.goto(f"{live_server.url}/search/")

    page.locator("[data-seek] summary").click()
    page.locator("#seek-words").fill("ปากพะเนียด")
    page.locator(".seek-panel button").click()

    expect(page.get_by_role("heading", name="ไม่พบเรื่องที่ตรงกับคำนี้")).to_be_visible()
    assert SCHOOL not in page.content()
