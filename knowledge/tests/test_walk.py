"""Knowledge in a browser: told by one, read by another and by a visitor, on a phone and a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from knowledge.models import Article, Bookmark, Comment, Reading
from knowledge.tests.factories import CategoryFactory, PublishedFactory
from portal.core.actors import SYSTEM
from portal.files.services import attach, store_bytes
from portal.files.tests.factories import camera_picture, picture
from tests.browser import DESKTOP, PHONE
from tests.walk import Walk
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = "iframe.richtext-frame"
TITLE = "อ่านคล่องใน 8 สัปดาห์"
WORDS = "ชวนย่ายายมาเล่าเรื่องครั้งละสิบนาที"


@pytest.fixture
def house() -> World:
    world = make_world()
    CategoryFactory(office=world.office, name="การอ่านออกเขียนได้")
    return world


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_way_of_a_story(width, open_window, live_server, sign_in, axe, house, tmp_path):
    walk = Walk(open_window(width), live_server.url, sign_in, axe)

    tell(walk, tmp_path)
    publish(walk)
    read_and_answer(walk)
    mend(walk)
    visit(open_window(width), live_server.url, axe)
    take_back(walk)


def tell(walk: Walk, folder: Path) -> None:
    photo = folder / "IMG_0001.jpg"
    photo.write_bytes(camera_picture())
    walk.enter("teacher")
    walk.goto("knowledge:index")
    walk.press("เล่าเรื่องของฉัน")
    walk.page.fill("[name=title]", TITLE)
    walk.press("เริ่มเขียน")
    page = walk.page
    page.locator(f"{EDITOR}:not(.richtext-waiting)").wait_for()
    page.fill("[name=summary]", "เด็กอ่านเร็วขึ้นเมื่อเป็นคำที่บ้าน")
    write(page, WORDS)
    page.fill("[name=core_line]", "เริ่มจากเรื่องที่เด็กเล่าได้อยู่แล้ว")
    page.select_option("[name=category]", label="การอ่านออกเขียนได้")
    page.fill("[name=tags]", "นิทาน, อ่านคล่อง")
    page.check("[name=visibility][value=public]")
    page.set_input_files("#id_cover", photo)
    walk.press("บันทึกร่าง")
    expect(page.locator("main")).to_contain_text("บอกว่าในภาพมีอะไร")
    page.fill("[name=cover_alt]", "ยายเล่านิทานให้เด็กฟัง")


def write(page: Any, words: str) -> None:
    place = page.frame_locator(EDITOR).get_by_role("textbox", name="เนื้อเรื่อง")
    place.click()
    expect(place).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def publish(walk: Walk) -> None:
    walk.press("ไปเผยแพร่")
    expect(walk.page.locator("main")).to_contain_text("ทุกคนอ่านได้ ทันทีที่เผยแพร่")
    walk.press("เผยแพร่", within=".confirm")
    article = Article.objects.get()
    assert article.is_published
    assert article.body == f"<p>{WORDS}</p>"
    expect(walk.page.get_by_role("heading", name=TITLE)).to_be_visible()
    cover = walk.page.get_by_alt_text("ยายเล่านิทานให้เด็กฟัง")
    assert cover.evaluate("picture => picture.naturalWidth") > 0


def read_and_answer(walk: Walk) -> None:
    walk.enter("other-clerk")
    walk.goto("knowledge:index")
    walk.press(TITLE)
    expect(walk.page.locator(".prose")).to_contain_text(WORDS)
    walk.press("เก็บไว้อ่าน")
    walk.page.fill("[name=text]", "ลองแล้วได้ผลกับเด็ก ป.2 ด้วย")
    walk.press("แสดงความเห็น")
    expect(walk.page.locator(".comment")).to_contain_text("ลองแล้วได้ผล")
    walk.goto("knowledge:mine")
    walk.press("เก็บไว้อ่าน")
    expect(walk.page.locator(".items")).to_contain_text(TITLE)
    assert (Reading.objects.count(), Bookmark.objects.count(), Comment.objects.count()) == (1, 1, 1)


def mend(walk: Walk) -> None:
    article = Article.objects.get()
    walk.enter("school-director")
    walk.goto("knowledge:article", article.pk)
    walk.press("แก้", within=".article-deeds")
    walk.page.locator(f"{EDITOR}:not(.richtext-waiting)").wait_for()
    write(walk.page, " แล้วจดไว้")
    walk.press("บันทึกฉบับใหม่")
    walk.press("ฉบับก่อน")
    walk.press(f"ฉบับที่ {article.version}")
    expect(walk.page.locator(".change-added")).to_contain_text("แล้วจดไว้")
    walk.goto("knowledge:article", article.pk)
    walk.press("ลบ", within=".comment")
    walk.page.fill("[name=reason]", "มีชื่อเด็ก")
    walk.press("ลบความเห็น")
    expect(walk.page.locator(".comment")).to_contain_text("เพราะมีชื่อเด็ก")


def visit(window: Any, site: str, axe: Any) -> None:
    """A visitor, who never signs in."""
    window.goto(f"{site}/knowledge/")
    axe(window)
    with window.expect_navigation():
        window.locator("main a").filter(has_text=TITLE).first.click()
    axe(window)
    expect(window.locator(".prose")).to_contain_text("แล้วจดไว้")
    assert window.get_by_alt_text("ยายเล่านิทานให้เด็กฟัง").evaluate("p => p.naturalWidth") > 0
    expect(window.get_by_role("button", name="เก็บไว้อ่าน")).to_have_count(0)
    expect(window.locator("main").get_by_role("link", name="ลงชื่อเข้าใช้")).to_be_visible()


def take_back(walk: Walk) -> None:
    article = Article.objects.get()
    walk.enter("teacher")
    walk.goto("knowledge:article", article.pk)
    walk.press("ถอน", within=".article-deeds")
    walk.page.fill("[name=reason]", "ขอแก้ตัวเลขก่อน")
    walk.press("ถอน", within="main form")
    expect(walk.page.locator("main")).to_contain_text("ถอนแล้ว")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_two_writers_see_both_texts(width, open_window, live_server, sign_in, axe, house):
    article = PublishedFactory(owner_unit=house.school, author=house.members["teacher"])
    first, second = open_window(width), open_window(width)
    url = f"{live_server.url}/knowledge/{article.pk}/edit/"
    for window, name in ((first, "teacher"), (second, "school-director")):
        sign_in(window, name)
        window.goto(url)
        window.locator(f"{EDITOR}:not(.richtext-waiting)").wait_for()
        write(window, f" ของ {name}")
        window.fill("[name=title]", f"เรื่องของ {name}")
    for window in (first, second):
        with window.expect_navigation():
            window.get_by_role("button", name="บันทึกฉบับใหม่").click()

    axe(second)
    for words in ("ของ teacher", "ของ school-director"):
        expect(second.locator("main")).to_contain_text(words)
    with second.expect_navigation():
        second.get_by_role("button", name="เก็บของฉันทั้งหมด").click()

    article.refresh_from_db()
    assert (article.title, article.version) == ("เรื่องของ school-director", 3)
    assert "ของ school-director" in article.body


def test_an_article_prints_without_the_house_around_it(desktop, live_server, sign_in, house):
    article = PublishedFactory(owner_unit=house.school, title=TITLE)
    stored = store_bytes(picture(), by=SYSTEM, media_type="image/jpeg")
    attach(stored, article, role="attachment", name="ภาพ.jpg", by=SYSTEM)
    sign_in(desktop, "teacher")
    desktop.goto(live_server.url + article.get_absolute_url())

    desktop.emulate_media(media="print")

    expect(desktop.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(desktop.locator(".prose")).to_be_visible()
    for part in (".band", ".article-side", "#comments", ".bottombar", ".back"):
        assert not desktop.locator(part).first.is_visible(), part
