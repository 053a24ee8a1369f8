"""Choosing recipients in a browser: by pointer, by keyboard, and without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.models import Audience, Unit
from members.tests.factories import SchoolFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("members.tests.test_picker"),
]


@pytest.fixture
def many_schools(area):
    """Enough schools that nobody wants to look through them."""
    district = Unit.objects.get(name="อำเภอกงหรา")
    for number in range(30):
        SchoolFactory(office=area, name=f"โรงเรียนวัดควน {number + 1}", district=district)
    return area


@pytest.fixture
def visit(sign_in, live_server, officer, picker_page):
    """Open the page with the picker as the officer."""

    def open_in(page):
        sign_in(page, officer.username)
        page.goto(live_server.url + reverse("address-page"))
        return page

    return open_in


@pytest.mark.parametrize("width", [390, 1280])
def test_recipients_are_chosen_in_a_browser(visit, open_window, axe, many_schools, width):
    page = visit(open_window(width))
    count = page.locator(".audience-total")
    expect(count).to_have_text("32 โรงเรียน")

    page.get_by_role("checkbox", name="ทุกโรงเรียน").uncheck()
    expect(count).to_have_text("ยังไม่มีผู้รับ")
    page.get_by_role("checkbox", name="อำเภอกงหรา").check()
    expect(count).to_have_text("31 โรงเรียน")
    unfold(page, "ยกเว้นบางโรงเรียน")
    search = page.get_by_role("searchbox", name="ยกเว้นบางโรงเรียน")
    search.fill("ควน 30")
    expect(page.locator("#to-except-options label")).to_have_count(1)
    page.locator("#to-except-options").get_by_role("checkbox").check()
    expect(count).to_have_text("30 โรงเรียน")
    search.fill("บ้านนา")
    expect(page.locator("#to-except-options label")).to_have_count(2)
    axe(page)
    assert not is_wider_than_the_window(page)

    unfold(page, "บันทึกเป็นกลุ่มไว้ใช้ครั้งหน้า")
    page.get_by_label("ชื่อกลุ่ม").fill("กงหราไม่มีควน 30")
    page.get_by_role("button", name="บันทึกกลุ่ม").click()
    expect(page.get_by_text("บันทึกกลุ่ม “กงหราไม่มีควน 30” แล้ว")).to_be_visible()
    expect(page.get_by_role("checkbox", name="กงหราไม่มีควน 30")).to_be_visible()
    page.get_by_role("button", name="ใช้ผู้รับนี้").click()

    excepted = unit("โรงเรียนวัดควน 30").pk
    expect(page.get_by_role("status").first).to_contain_text(str([excepted]))
    assert Audience.objects.get().rule == {
        "districts": [unit("อำเภอกงหรา").pk],
        "except": [excepted],
    }


def test_enter_in_the_search_searches_and_sends_nothing(visit, phone, many_schools):
    page = visit(phone)
    unfold(page, "เลือกทีละโรงเรียน")
    search = page.get_by_role("searchbox", name="เลือกทีละโรงเรียน")

    search.fill("วัดทุ่ง")
    search.press("Enter")
    expect(page.locator("#to-units-options label")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    assert page.locator("#to-units-options").get_by_role("checkbox").is_checked()
    assert page.get_by_role("checkbox", name="ทุกโรงเรียน").is_checked()


def test_recipients_are_chosen_without_scripts(visit, open_window, axe, many_schools):
    page = visit(open_window(390, java_script_enabled=False))
    page.get_by_role("checkbox", name="ทุกโรงเรียน").uncheck()
    unfold(page, "เลือกทีละโรงเรียน")
    page.get_by_role("searchbox", name="เลือกทีละโรงเรียน").fill("วัดทุ่ง")
    with page.expect_navigation():
        page.get_by_role("button", name="ค้น").first.click()
    page.locator("#to-units-options").get_by_role("checkbox").check()
    page.get_by_role("button", name="นับผู้รับ").click()

    expect(page.locator(".audience-total")).to_have_text("1 โรงเรียน")
    unfold(page, "บันทึกเป็นกลุ่มไว้ใช้ครั้งหน้า")
    page.get_by_label("ชื่อกลุ่ม").fill("วัดทุ่งแห่งเดียว")
    page.get_by_role("button", name="บันทึกกลุ่ม").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("วัดทุ่งแห่งเดียว")
    page.get_by_role("button", name="กลับไปเลือกผู้รับ").click()

    expect(page.locator(".audience-total")).to_have_text("1 โรงเรียน")
    assert Audience.objects.get().rule == {"units": [unit("โรงเรียนวัดทุ่ง").pk]}


def unit(name):
    return Unit.objects.get(name=name)


def unfold(page, words):
    page.locator("summary", has_text=words).click()


def is_wider_than_the_window(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
