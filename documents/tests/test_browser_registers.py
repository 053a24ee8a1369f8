"""The registers in a browser: a number by hand, its slip put right, the awards unfolded."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from documents.models import RegisterBook, RegisterEntry, Series
from documents.tests.factories import clerk_of
from members.models import Member
from members.tests.factories import SchoolFactory
from tests.browser import DESKTOP, PHONE
from tests.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_clerk_issues_corrects_and_finds_a_number(width, open_window, live_server, sign_in, axe):
    clerk = clerk_of(SchoolFactory())
    Member.objects.filter(pk=clerk.member.pk).update(username="clerk")
    walk = Walk(open_window(width), live_server.url, sign_in, axe)
    page = walk.page

    walk.enter("clerk")
    walk.goto("documents:registers")
    page.click("main a:text-is('คำสั่ง')")
    page.fill("[name=subject]", "แต่งตั้งครูเวน")
    axe(page)
    walk.press("ออกเลขถัดไป")
    expect(page.locator("h1")).to_have_text("เลข 1")
    page.click("a:has-text('แก้เรื่อง')")
    page.fill("[name=value]", "แต่งตั้งครูเวร")
    page.fill("[name=reason]", "สะกดผิด")
    axe(page)
    walk.press("บันทึกการแก้ไข")
    expect(page.locator("dd del")).to_have_text("เดิม แต่งตั้งครูเวน")
    axe(page)

    walk.goto("documents:register-awards")
    page.fill("[name=subject]", "ค่ายวิชาการ")
    page.fill("[name=names]", "1. เด็กหญิง ก\n2. เด็กชาย ข")
    walk.press("ออกเลขทั้งชุด")
    page.goto(live_server.url + RegisterBook.objects.get(series=Series.AWARD).get_absolute_url())
    page.click("summary:has-text('2 เลข')")
    expect(page.locator(".register-run li").nth(1)).to_contain_text("เด็กชาย ข")
    axe(page)

    assert RegisterEntry.objects.get(book__series=Series.ORDER).subject == "แต่งตั้งครูเวร"
