"""An announcement's way in a browser: written, published, read, acknowledged, followed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.announcements.models import Acknowledgement, Announcement
from portal.announcements.tests.factories import published
from tests.browser import DESKTOP, PHONE
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRAME = "iframe.richtext-frame"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_an_announcement_is_written_published_acknowledged_and_followed(
    width, open_window, live_server, sign_in, axe
):
    world = make_world()
    window = open_window(width)
    sign_in(window, "officer")
    window.goto(f"{live_server}/announcements/?tab=own")
    axe(window)
    window.get_by_role("link", name="เขียนประกาศ").first.click()
    window.locator(f"{FRAME}:not(.richtext-waiting)").wait_for()
    window.get_by_label("เรื่อง", exact=True).fill("ปิดระบบวันเสาร์")
    window.keyboard.press("Tab")
    expect(window.frame_locator(FRAME).get_by_role("textbox")).to_be_focused()
    window.keyboard.type("ระบบปิดปรับปรุง เริ่มเก้าโมงเช้า")
    expect(window.get_by_label("เรื่อง", exact=True)).to_have_value("ปิดระบบวันเสาร์")
    window.get_by_label("ขอให้ผู้รับกดรับทราบ").check()
    axe(window)
    window.get_by_role("button", name="บันทึกร่างแล้วเลือกผู้รับ").click()

    window.get_by_role("checkbox", name="ทุกโรงเรียน").check()
    expect(window.locator(".audience-total")).to_contain_text("2 โรงเรียน")
    axe(window)
    window.get_by_role("button", name="ใช้ผู้รับชุดนี้").click()
    window.locator(f"{FRAME}:not(.richtext-waiting)").wait_for()
    axe(window)
    window.get_by_role("button", name="ตรวจแล้วเผยแพร่").click()
    expect(window.get_by_text("ส่งถึง 4 คน", exact=False).first).to_be_visible()
    axe(window)
    window.get_by_role("button", name="เผยแพร่ถึง 4 คน").click()
    expect(window.get_by_text("รับทราบแล้ว 0 จาก 4 คน")).to_be_visible()
    axe(window)

    sign_in(window, "teacher")
    window.goto(f"{live_server}/announcements/?tab=wait")
    axe(window)
    window.get_by_role("link", name="ปิดระบบวันเสาร์", exact=True).click()
    expect(window.locator(".rich")).to_have_text("ระบบปิดปรับปรุง เริ่มเก้าโมงเช้า")
    axe(window)
    window.get_by_role("button", name="รับทราบ").last.click()
    expect(window.get_by_text("รับทราบแล้ว").first).to_be_visible()

    one = Announcement.objects.get()
    assert list(Acknowledgement.objects.values_list("member", flat=True)) == [
        world.members["teacher"].pk
    ]
    sign_in(window, "officer")
    window.goto(f"{live_server}{one.get_absolute_url()}")
    window.get_by_role("link", name="ดูรายชื่อ").click()
    expect(window.get_by_text(str(world.members["school-clerk"]))).to_be_visible()
    axe(window)
    window.go_back()
    window.get_by_role("link", name="ถอนประกาศ").click()
    window.get_by_label("เหตุผลที่ถอน").fill("เลื่อนไปสัปดาห์หน้า")
    axe(window)
    window.get_by_role("button", name="ถอนประกาศ").click()
    expect(window.get_by_text("เลื่อนไปสัปดาห์หน้า").first).to_be_visible()


def test_several_announcements_above_the_letters_are_one_line_on_a_phone(
    open_window, live_server, sign_in, axe
):
    world = make_world()
    for title in ("ปิดระบบวันเสาร์", "เปลี่ยนที่จอดรถ", "ส่งรูปถ่าย"):
        published(to=[world.school], unit=world.group, title=title, needs_acknowledgement=True)
    deeds = {"name": "อ่านและรับทราบ"}

    phone = open_window(PHONE)
    sign_in(phone, "school-clerk")
    phone.goto(f"{live_server}/letters/")
    line = phone.get_by_text("ควรอ่านก่อน 3 เรื่อง")
    assert line.locator("xpath=..").bounding_box()["height"] < 60
    expect(phone.get_by_role("link", **deeds)).to_have_count(0)
    axe(phone)
    line.click()
    expect(phone.get_by_role("link", **deeds)).to_have_count(3)
    axe(phone)
    phone.get_by_role("link", **deeds).first.click()
    with phone.expect_navigation():
        phone.get_by_role("button", name="รับทราบ").last.click()
    phone.goto(f"{live_server}/letters/")
    expect(phone.get_by_text("ควรอ่านก่อน 2 เรื่อง")).to_be_visible()

    desktop = open_window(DESKTOP)
    sign_in(desktop, "school-clerk")
    desktop.goto(f"{live_server}/letters/")
    expect(desktop.get_by_text("ควรอ่านก่อน")).to_be_hidden()
    expect(desktop.get_by_role("link", **deeds)).to_have_count(2)
    axe(desktop)
