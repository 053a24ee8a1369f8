"""Notes and mind maps in a browser, at 390 and 1280 pixels: typed, measured, printed, drawn."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from meetings.models import Meeting, MindMap, Note
from meetings.services.mapping import save_map
from meetings.services.noting import save_note
from meetings.tests.factories import MeetingFactory, chair_of
from members.models import Role
from members.tests.factories import GroupFactory, HoldingFactory, acting
from portal.papers.tests.factories import page_count, text_lines
from tests.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINE = "ใครโทรตามโรงเรียนบนเกาะ ภายในกี่โมง"
PASTE = """
text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
  document.querySelector(".map-container").dispatchEvent(event);
}
"""
SIZES = pytest.mark.parametrize("width", [PHONE, DESKTOP])


@pytest.fixture
def meeting() -> Meeting:
    group = GroupFactory()
    guest = HoldingFactory(role=Role.OFFICER, unit=group, member__username="guest").member
    made: Meeting = MeetingFactory(unit=group, title="ประชุมหัวหน้ากลุ่ม", people=[guest])
    return made


@pytest.fixture
def opened(open_window, live_server, sign_in, meeting):
    """Open a page of the meeting as its guest."""

    def open_page(name: str, width: int = DESKTOP, query: str = "", **options: Any) -> Page:
        page = open_window(width, **options)
        sign_in(page, "guest")
        page.goto(live_server.url + reverse(f"meetings:{name}", args=[meeting.pk]) + query)
        return page

    return open_page


def is_paper(request: Request) -> bool:
    return request.url.endswith("/pdf/")


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# The note -----------------------------------------------------------------------------------------


@SIZES
def test_a_note_is_typed_measured_and_printed(width, opened, axe, meeting):
    page = opened("note", width)
    axe(page)
    no_sideways_scroll(page)
    gauge = page.locator("[data-gauge]")
    expect(gauge).to_contain_text("ใช้ไป 0%")

    page.get_by_label("สุ ฟัง").fill("จังหวัดเตือนฝนหนัก 20–23 พ.ย.\nโรงเรียนริมเลเสี่ยง 19 แห่ง")
    expect(page.locator("[data-part=heard]")).to_contain_text("เหลือ 13 บรรทัด")
    page.get_by_label("ปุ ถาม").fill("\n".join([LINE] * 17))
    expect(gauge).to_contain_text("ปุ ยาวไป 2 บรรทัด")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"บันทึกแล้ว \d\d\.\d\d น\."))
    axe(page)
    page.get_by_label("สุ ฟัง").blur()
    page.get_by_role("link", name="พิมพ์").click()
    expect(page.locator("[data-saved]")).to_contain_text("ปุ ยาวไป 2 บรรทัด ย่อแล้วจึงพิมพ์ได้")
    expect(page.get_by_label("ปุ ถาม")).to_be_focused()
    assert len(page.context.pages) == 1
    refused = page.request.get(page.url + "pdf/")
    assert refused.status == 422
    assert "ปุ ยาวไป 2 บรรทัด" in refused.text()

    page.get_by_label("ปุ ถาม").fill(LINE)
    expect(gauge).to_contain_text("พอดีหนึ่งหน้า A4")
    page.get_by_label("งานที่ 1", exact=True).fill("โทรตามโรงเรียน")
    page.get_by_role("button", name="เพิ่มงาน").click()
    expect(page.get_by_label("งานที่ 3", exact=True)).to_be_focused()
    page.keyboard.type("ใบตรวจใบสำคัญ")
    with page.context.expect_event("request", is_paper) as asked:
        page.get_by_role("link", name="พิมพ์").click()
    printed = page.request.get(asked.value.url)  # asked for once everything is saved, not before

    assert printed.headers["content-type"] == "application/pdf"
    assert page_count(printed.body()) == 1
    text = "".join(text_lines(printed.body()))
    assert all(word in text for word in ("จังหวัดเตือนฝนหนัก", "โทรตามโรงเรียน", "ใบตรวจใบสำคัญ"))
    assert [row["task"] for row in Note.objects.get().tasks] == ["โทรตามโรงเรียน", "ใบตรวจใบสำคัญ"]


@SIZES
def test_what_could_not_be_saved_is_not_printed_without_it(width, opened, meeting):
    page = opened("note", width)
    requests: list[Request] = []
    page.context.on("request", lambda request: requests.append(request))
    by = acting(meeting.attendances.get().member)
    save_note(meeting, version=0, changes={"heard": "จากโทรศัพท์"}, by=by)

    page.get_by_label("สุ ฟัง").fill("จากคอมพิวเตอร์")
    with page.context.expect_page() as popup:
        page.get_by_role("link", name="พิมพ์").click()
    if not popup.value.is_closed():
        popup.value.wait_for_event("close")
    expect(page.get_by_role("button", name="ดูทั้งสองฉบับแล้วเลือก")).to_be_visible()
    page.get_by_role("link", name="พิมพ์").click()

    assert len(page.context.pages) == 1
    assert not any(map(is_paper, requests))


@SIZES
def test_a_note_is_shared_and_read(width, opened, axe, meeting):
    page = opened("note", width)
    page.get_by_label("ปุ ถาม").fill("ใครโทรตาม\nภายในกี่โมง")
    page.get_by_label("คำถามของฉัน (ปุ) ไม่ต้องแสดงชื่อ").check()
    page.get_by_role("button", name="แบ่งปัน", exact=True).click()

    expect(page.get_by_text("แบ่งปันแล้ว ผู้ที่เปิดการประชุมนี้ได้อ่านโน้ตของท่านได้")).to_be_visible()
    page.get_by_role("link", name="คำถามของห้อง").last.click()
    expect(page.get_by_role("listitem").filter(has_text="ไม่แสดงชื่อ")).to_have_count(2)
    axe(page)
    page.go_back()
    page.get_by_role("link", name="โน้ตที่แบ่งปัน").click()
    axe(page)
    page.get_by_role("link", name=str(Note.objects.get().writer)).click()
    expect(page.get_by_text("ภายในกี่โมง")).to_be_visible()
    axe(page)
    no_sideways_scroll(page)


def test_two_windows_lose_nothing(opened, axe, meeting):
    page = opened("note")
    by = acting(meeting.attendances.get().member)
    save_note(meeting, version=0, changes={"heard": "จากโทรศัพท์"}, by=by)

    page.get_by_label("สุ ฟัง").fill("จากคอมพิวเตอร์")
    page.get_by_role("button", name="ดูทั้งสองฉบับแล้วเลือก").click()

    expect(page.get_by_role("heading", name="โน้ตนี้บันทึกจากอีกหน้าหนึ่งแล้ว")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="เก็บทั้งสองต่อกัน").click()
    expect(page.get_by_label("สุ ฟัง")).to_have_value("จากโทรศัพท์\nจากคอมพิวเตอร์")
    assert Note.objects.get().heard == "จากโทรศัพท์\nจากคอมพิวเตอร์"


def test_what_is_saved_leaves_no_copy_that_comes_back_later(opened, meeting):
    page = opened("note", PHONE)
    page.get_by_label("สุ ฟัง").click()
    page.keyboard.insert_text("จากโทรศัพท์")
    saved(page)
    page.get_by_label("จิ คิด").click()
    by = acting(meeting.attendances.get().member)
    save_note(meeting, version=1, changes={"heard": "จากคอมพิวเตอร์"}, by=by)

    page.reload()

    expect(page.get_by_label("สุ ฟัง")).to_have_value("จากคอมพิวเตอร์")


def test_a_lost_line_loses_no_word(opened, meeting):
    page = opened("note", PHONE)
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.get_by_label("จิ คิด").fill("พิมพ์ตอนสัญญาณขาด")
    expect(page.locator("[data-saved]")).to_contain_text("สัญญาณขาด")

    page.context.set_offline(False)

    expect(page.locator("[data-saved]")).to_contain_text("บันทึกแล้ว")
    assert Note.objects.get().thought == "พิมพ์ตอนสัญญาณขาด"


def test_a_note_without_any_script(opened, axe, meeting):
    page = opened("note", PHONE, java_script_enabled=False)
    page.get_by_label("ลิ เขียน").fill("1. โทรตาม")
    page.get_by_role("button", name="เพิ่มงาน").click()
    expect(page.get_by_label("งานที่ 3", exact=True)).to_have_count(1)
    page.get_by_label("งานที่ 1", exact=True).fill("โทร")
    with page.expect_navigation():
        page.get_by_role("button", name="บันทึก").last.click()

    expect(page.get_by_label("งานที่ 1", exact=True)).to_have_value("โทร")
    assert Note.objects.get().written == "1. โทรตาม"


# The map ------------------------------------------------------------------------------------------


def tree_of(meeting: Meeting) -> dict[str, Any]:
    return MindMap.objects.get(meeting=meeting).tree


def leaf(text: str, *children: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "children": list(children)}


def saved(page: Page) -> None:
    """Wait until the page says so, and no copy of what was typed last lies in the browser."""
    expect(page.locator("[data-saved]")).to_contain_text("บันทึกแล้ว")
    page.wait_for_function("() => !localStorage.length")


def type_branch(page: Page, key: str, words: str) -> None:
    """Make a branch with this key and type its words, as one does without a mouse."""
    page.keyboard.press(key)
    expect(page.locator("#input-box")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(words)
    page.keyboard.press("Enter")
    expect(page.locator("#input-box")).to_have_count(0)


def test_the_map_is_drawn_by_keyboard_and_the_outline_says_the_same(opened, axe, meeting):
    page = opened("map")
    expect(page.locator("me-root me-tpc")).to_have_text("ประชุมหัวหน้ากลุ่ม")
    axe(page)
    no_sideways_scroll(page)
    page.locator("me-root me-tpc").click()
    type_branch(page, "Tab", "น้ำท่วมโรงเรียนริมเล")
    type_branch(page, "Enter", "งบซ่อม")
    type_branch(page, "Tab", "ภาพก่อนและหลัง")
    type_branch(page, "Enter", "ลบทิ้งทีหลัง")
    page.keyboard.press("Delete")
    expect(page.locator("me-tpc", has_text="ลบทิ้งทีหลัง")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("me-tpc", has_text="ลบทิ้งทีหลัง")).to_have_count(1)

    page.get_by_role("link", name="เค้าโครง").click()

    expect(page.get_by_label("เค้าโครง")).to_have_value(
        "ประชุมหัวหน้ากลุ่ม\n- น้ำท่วมโรงเรียนริมเล\n- งบซ่อม\n  - ภาพก่อนและหลัง\n  - ลบทิ้งทีหลัง"
    )
    wanted = leaf(
        "ประชุมหัวหน้ากลุ่ม",
        leaf("น้ำท่วมโรงเรียนริมเล"),
        leaf("งบซ่อม", leaf("ภาพก่อนและหลัง"), leaf("ลบทิ้งทีหลัง")),
    )
    assert tree_of(meeting) == wanted
    page.get_by_role("link", name="แผนที่", exact=True).click()
    expect(page.locator("me-tpc")).to_have_count(5)
    assert tree_of(meeting) == wanted
    axe(page)


def test_on_the_phone_the_outline_opens_first_and_the_map_follows_it(opened, axe, meeting):
    page = opened("map", PHONE, has_touch=True)
    expect(page.get_by_label("เค้าโครง")).to_be_visible()
    axe(page)
    no_sideways_scroll(page)
    page.get_by_label("เค้าโครง").fill("น้ำท่วม\n- โรงเรียน\n  - ปากพล")
    saved(page)

    page.get_by_role("link", name="แผนที่", exact=True).tap()

    expect(page.locator("me-tpc", has_text="ปากพล")).to_be_visible()
    page.locator("me-tpc", has_text="โรงเรียน").tap()
    page.get_by_role("button", name="กิ่งย่อย").tap()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("วัดโตนด")
    page.keyboard.press("Enter")
    expect(page.locator("me-tpc", has_text="วัดโตนด")).to_be_visible()
    page.get_by_role("button", name="เห็นทั้งหมด").tap()
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("link", name="เค้าโครง").tap()
    expect(page.get_by_label("เค้าโครง")).to_have_value("น้ำท่วม\n- โรงเรียน\n  - ปากพล\n  - วัดโตนด")
    assert tree_of(meeting) == leaf("น้ำท่วม", leaf("โรงเรียน", leaf("ปากพล"), leaf("วัดโตนด")))


def test_what_is_pasted_is_text(opened, meeting):
    page = opened("map")
    page.locator("me-root me-tpc").click()
    evil = {"topic": "x", "id": "x", "dangerouslySetInnerHTML": "<img src=/x>"}
    page.evaluate(PASTE, json.dumps({"magic": "MIND-ELIXIR-WAIT-COPY", "data": [evil]})[:110])
    page.evaluate(PASTE, "- ก <b>ข")

    expect(page.locator("me-tpc", has_text="ก <b>ข")).to_be_visible()
    expect(page.locator("me-tpc", has_text="MIND-ELIXIR")).to_be_visible()
    expect(page.locator("me-tpc img, me-tpc b")).to_have_count(0)
    saved(page)
    assert tree_of(meeting)["children"][-1]["text"] == "ก <b>ข"


def test_escape_leads_out_of_the_map(opened, meeting):
    page = opened("map")
    page.locator("me-root me-tpc").click()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="แผนที่", exact=True)).to_be_focused()


def test_somebody_else_was_faster_and_both_are_kept(opened, axe, meeting):
    page = opened("map", query="?view=outline")
    save_map(meeting, tree=leaf("กลาง", leaf("ของประธาน")), version=0, by=chair_of(meeting))

    page.get_by_label("เค้าโครง").fill("กลาง\n- ของฉัน")
    page.get_by_role("button", name="ดูทั้งสองฉบับแล้วเลือก").click()
    expect(page.get_by_role("heading", name="มีคนแก้แผนที่นี้พร้อมกัน")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="เก็บกิ่งของทั้งสอง").click()

    saved(page)
    assert tree_of(meeting) == leaf("กลาง", leaf("ของประธาน"), leaf("ของฉัน"))


def test_the_outline_is_enough_without_any_script(opened, meeting):
    page = opened("map", PHONE, java_script_enabled=False)
    page.get_by_label("เค้าโครง").fill("กลาง\n  ซ้าย\n    ลึก\n  ขวา")
    page.get_by_role("button", name="บันทึก").click()

    expect(page.get_by_label("เค้าโครง")).to_have_value("กลาง\n- ซ้าย\n  - ลึก\n- ขวา")
    assert tree_of(meeting) == leaf("กลาง", leaf("ซ้าย", leaf("ลึก")), leaf("ขวา"))
