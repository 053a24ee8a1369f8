"""A forgotten password in a browser: from the clerk's page to the door, and the list of devices."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.models import Role
from members.tests.factories import HoldingFactory, SchoolFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fresh_limits"),
]

NEW = "new-lotus-2570"


@pytest.fixture
def school():
    school = SchoolFactory()
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=school, member__username="suda.c")
    HoldingFactory(role=Role.TEACHER, unit=school, member__username="malee")
    return school


@pytest.mark.parametrize(("width", "has_scripts"), [(390, True), (1280, True), (390, False)])
def test_who_forgot_gets_in_by_the_clerks_code_and_sees_their_browsers(
    width, has_scripts, school, open_window, live_server, sign_in, axe
):
    clerk = open_window(width)
    sign_in(clerk, "suda.c")
    teacher = school.posts.get(role=Role.TEACHER).holdings.get().member
    clerk.goto(live_server.url + reverse("members:person", args=[teacher.pk]))
    clerk.get_by_role("link", name="ให้รหัสตั้งรหัสผ่านใหม่").click()
    axe(clerk)
    clerk.get_by_role("button", name="ให้รหัส").click()
    code = clerk.locator("[role=status] .strong").first.inner_text()
    axe(clerk)

    page = open_window(width, java_script_enabled=has_scripts)
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("link", name="ตั้งรหัสผ่านใหม่ด้วยรหัส").click()
    if has_scripts:
        axe(page)
    page.locator("[name=name]").fill("malee")
    page.locator("[name=code]").fill(code)
    page.locator("[name=password]").fill(NEW)
    page.locator("[name=again]").fill(NEW)
    page.get_by_role("button", name="ตั้งรหัสผ่าน", exact=True).click()
    page.locator("[name=login]").fill("malee")
    page.locator("[name=password]").fill(NEW)
    page.get_by_role("button", name="ลงชื่อเข้าใช้", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)

    sign_in(open_window(width), "malee")  # and somewhere else
    page.goto(live_server.url + reverse("members:devices"))
    expect(page.get_by_text("เครื่องนี้", exact=True)).to_be_visible()
    if has_scripts:
        axe(page)
    page.get_by_role("button", name="ออกจากระบบทุกเครื่อง").click()
    expect(page.get_by_role("button", name="ออกจากระบบทุกเครื่อง")).to_have_count(0)
