"""Which pictures are taken: the page, who opens it, on what, and the steps to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

TOP = Path(__file__).resolve().parent.parent
MANUAL = TOP / "static" / "manual"
TOUR = TOP / "docs" / "tour"
README = TOP / "docs"
PHONE, DESK = (390, 720), (1280, 720)


@dataclass(frozen=True)
class Picture:
    """One page: its file, who opens it, on what, and the steps to it after the first address."""

    file: Path
    username: str
    size: tuple[int, int]
    path: str
    steps: Callable[[Page], object] | None = None


def follow(page: Page, pattern: str) -> None:
    """Open the first link of the page's content whose address holds the pattern."""
    page.goto(page.locator(f"main a[href*='{pattern}']").first.evaluate("link => link.href"))


def choose_two(page: Page) -> None:
    page.locator(".item-pick").nth(0).click()
    page.locator(".item-pick").nth(1).click()


def open_received(page: Page) -> None:
    """Open the first letter of the list that is received already."""
    row = page.locator("li.item", has=page.locator("text=/ลงรับแล้ว|เลขรับ|ตอบแล้ว/")).first
    row.locator(".item-subject a").click()


def answer(page: Page) -> None:
    page.locator("main a.btn", has_text="ตอบ").first.click()
    show(page, "#answer")


def assign(page: Page) -> None:
    open_received(page)
    page.locator("summary", has_text="มอบหมาย").click()
    show(page, "[aria-labelledby=assign-title]")


def recall(page: Page) -> None:
    circular(page)
    follow(page, "/recall/")


def reuse(page: Page) -> None:
    follow(page, "/reuse/")


def own_assignment(page: Page) -> None:
    rows = page.locator("main li.item", has_text="มอบหมายโดย")
    waiting = rows.filter(has=page.locator("button"))
    (waiting if waiting.count() else rows).locator("a").first.click()
    show(page, "[aria-labelledby=assigned-title]")


def first_letter(page: Page) -> None:
    page.locator("main .item-subject a").first.click()


def audience(page: Page) -> None:
    first_letter(page)
    page.locator("button[value=audience]").click()


def confirm(page: Page) -> None:
    first_letter(page)
    page.locator("main button", has_text="ตรวจแล้วออกเลขและส่ง").click()


def circular(page: Page) -> None:
    """Open the newest circular; a reply to one school has no board worth a picture."""
    row = page.locator("main li.item, main tr", has_text="/ว").first
    row.locator(".item-subject a, a").first.click()


def review(page: Page) -> None:
    circular(page)
    page.locator("main a", has_text="ตอบแล้ว").first.click()
    follow(page, "/arrivals/")


def show(page: Page, selector: str) -> None:
    """Put the part into the window, with a little air above it."""
    page.locator(selector).evaluate("part => scrollTo(0, part.offsetTop - 90)")


def tuesday(page: Page) -> None:
    """Open the newest Tuesday of the supervisors that was held."""
    page.locator("main .item-subject a", has_text="วันอังคารของกลุ่มนิเทศ").first.click()


def tuesdays_map(page: Page) -> None:
    tuesday(page)
    page.locator("main a", has_text="แผนที่ความคิด").first.click()
    page.wait_for_selector("me-root, .map-canvas me-tpc")


def own_note(page: Page) -> None:
    page.locator("main .item-subject a", has_text="วง PLC").first.click()
    page.locator("main a", has_text="โน้ตของฉัน").first.click()


def endorse(page: Page) -> None:
    page.locator("main a.btn", has_text="สั่งการ").first.click()


def unfold(page: Page, words: str) -> None:
    """Open the part that is folded behind these words, and put it into the window."""
    summary = page.locator("main summary", has_text=words).first
    summary.click()
    summary.evaluate("part => scrollTo(0, part.getBoundingClientRect().top + scrollY - 130)")


def refuse(page: Page) -> None:
    page.goto(
        page.locator("main li.item", has_text="ลงรับ")
        .locator(".item-subject a")
        .first.evaluate("link => link.href")
    )
    unfold(page, "ส่งผิด")


def ask(page: Page) -> None:
    open_received(page)
    unfold(page, "ถามเจ้าของเรื่อง")


def circulation(page: Page) -> None:
    page.locator(".items-inbox .item-subject a").first.click()
    follow(page, "/circulation/")


def register(page: Page, series: str, unit: str = "") -> None:
    """Open the newest register of this kind; with a unit, that unit's."""
    row = page.locator("main li.item", has_text=series).filter(has_text=unit).first
    row.locator("a").first.click()


def corrected(page: Page) -> None:
    """Open the newest line of the register in which a word was mended."""
    register(page, "ทะเบียนรับ", "บ้านปากพล")
    page.locator("main tr", has=page.locator("del")).locator("a").first.click()


def print_book(page: Page) -> None:
    register(page, "ทะเบียนส่ง")
    follow(page, "/print/")


def quiet(page: Page) -> None:
    first_letter(page)
    page.locator("main button", has_text="ตรวจแล้วออกเลขและส่ง").click()
    follow(page, "/quiet/")


def deed(page: Page, words: str) -> None:
    """Open the first page of the list of work that this button leads to."""
    page.locator("main a.btn", has_text=words).first.click()


def report(page: Page) -> None:
    page.locator("footer a", has_text="แจ้งปัญหา").click()


def receive_all(page: Page) -> None:
    """Receive one circular for all schools of the clerk."""
    page.locator("main button", has_text="ลงรับทั้ง").first.click()
    page.wait_for_selector("text=ผลการลงรับ")


def circulated(page: Page) -> None:
    """Put what was circulated to the reader into the window, below the announcements."""
    row = page.locator("main li.item", has_text="แจ้งเวียนโดย").first
    row.evaluate("part => scrollTo(0, part.getBoundingClientRect().top + scrollY - 130)")


def letters_only(page: Page) -> None:
    """Put the letters into the window, below the announcements."""
    show(page, "main .filters")


def survey(page: Page) -> None:
    page.locator("main a.btn", has_text="ตอบแบบสอบถาม").first.click()
    page.locator("main a.btn, main button.btn", has_text="เริ่มตอบ").first.click()


def results(page: Page) -> None:
    page.locator("main .item-subject a", has_text="ความต้องการพัฒนาตนเองของครู").first.click()


def awards_register(page: Page) -> None:
    page.locator("main .item-subject a", has_text="ทะเบียนเกียรติบัตร").first.click()


def last_year(page: Page) -> None:
    """Open the sum of the last year that nobody has closed yet."""
    page.locator("main a", has_text="สรุปสิ้นปี").last.click()


PICTURES = {
    "signin": Picture(MANUAL, "", PHONE, "/accounts/login/"),
    "home": Picture(MANUAL, "school-clerk", PHONE, "/"),
    "notifications": Picture(MANUAL, "school-clerk", PHONE, "/notifications/"),
    "inbox": Picture(MANUAL, "school-clerk", PHONE, "/letters/", letters_only),
    "inbox-choose": Picture(MANUAL, "school-clerk", PHONE, "/letters/?tab=waiting", choose_two),
    "letter": Picture(MANUAL, "school-clerk", PHONE, "/letters/?tab=all", open_received),
    "answer": Picture(MANUAL, "school-clerk", PHONE, "/letters/", answer),
    "assign": Picture(MANUAL, "school-director", PHONE, "/letters/?tab=all", assign),
    "acknowledge": Picture(MANUAL, "teacher", PHONE, "/letters/assigned/", own_assignment),
    "register": Picture(
        MANUAL, "school-clerk", DESK, "/letters/registers/", lambda page: follow(page, "registers/")
    ),
    "register-awards": Picture(MANUAL, "registrar", DESK, "/letters/registers/", awards_register),
    "register-year": Picture(MANUAL, "school-clerk", DESK, "/letters/registers/", last_year),
    "sent": Picture(MANUAL, "registrar", DESK, "/letters/sent/"),
    "write": Picture(MANUAL, "officer", DESK, "/letters/sent/?state=draft", first_letter),
    "audience": Picture(MANUAL, "officer", DESK, "/letters/sent/?state=draft", audience),
    "confirm": Picture(MANUAL, "registrar", DESK, "/letters/sent/?state=submitted", confirm),
    "board": Picture(MANUAL, "officer", DESK, "/letters/sent/", circular),
    "calls": Picture(MANUAL, "registrar", DESK, "/letters/calls/"),
    "questions": Picture(MANUAL, "registrar", DESK, "/letters/inquiries/"),
    "our-school": Picture(
        MANUAL, "school-clerk", PHONE, "/letters/", lambda page: follow(page, "/letters/units/")
    ),
    "recall": Picture(MANUAL, "registrar", DESK, "/letters/sent/", recall),
    "reuse": Picture(MANUAL, "officer", DESK, "/letters/sent/?state=all", reuse),
    "review": Picture(MANUAL, "officer", DESK, "/letters/sent/", review),
    "refuse": Picture(MANUAL, "school-clerk", PHONE, "/letters/?tab=waiting", refuse),
    "ask-owner": Picture(MANUAL, "school-clerk", PHONE, "/letters/?tab=all", ask),
    "circulation": Picture(
        MANUAL, "school-director", DESK, "/letters/?tab=all&q=การนิเทศ ติดตาม", circulation
    ),
    "know": Picture(MANUAL, "teacher", PHONE, "/letters/assigned/", circulated),
    "school-board": Picture(
        MANUAL, "school-clerk", PHONE, "/letters/sent/?state=all&q=นักกีฬา", first_letter
    ),
    "memo": Picture(MANUAL, "clerk-pln", DESK, "/letters/sent/?state=all&q=อัตรากำลัง", first_letter),
    "register-entry": Picture(MANUAL, "school-clerk", DESK, "/letters/registers/", corrected),
    "register-reserve": Picture(MANUAL, "registrar", DESK, "/letters/registers/reserve/"),
    "register-print": Picture(MANUAL, "registrar", DESK, "/letters/registers/", print_book),
    "reach": Picture(MANUAL, "registrar", DESK, "/letters/sent/?state=submitted", quiet),
    "inquiry": Picture(
        MANUAL, "registrar", DESK, "/letters/inquiries/", lambda page: deed(page, "ตอบคำถาม")
    ),
    "outside": Picture(MANUAL, "registrar", DESK, "/letters/matters/outside/"),
    "matters": Picture(MANUAL, "registrar", DESK, "/letters/matters/"),
    "propose": Picture(MANUAL, "registrar", DESK, "/", lambda page: deed(page, "เสนอ")),
    "order": Picture(MANUAL, "director", PHONE, "/", endorse),
    "hand-out": Picture(MANUAL, "clerk-pln", DESK, "/", lambda page: deed(page, "มอบหมาย")),
    "handle": Picture(MANUAL, "officer", DESK, "/", lambda page: deed(page, "รับเรื่อง")),
    "report-problem": Picture(MANUAL, "school-clerk", PHONE, "/letters/", report),
    "contents": Picture(MANUAL, "registrar", DESK, "/help/"),
    "people": Picture(MANUAL, "admin", DESK, "/admin/members/member/add/"),
    "office": Picture(MANUAL, "admin", DESK, "/office/"),
    "screenshot": Picture(README, "school-clerk", (1280, 960), "/letters/"),
    # docs/tour.md
    "front": Picture(TOUR, "", DESK, "/"),
    "my-work": Picture(TOUR, "director", DESK, "/"),
    "endorse": Picture(TOUR, "director", PHONE, "/", endorse),
    "letters": Picture(TOUR, "school-clerk", PHONE, "/letters/", letters_only),
    "followed": Picture(TOUR, "officer", DESK, "/letters/sent/", circular),
    "knowledge": Picture(TOUR, "teacher", DESK, "/knowledge/"),
    "article": Picture(TOUR, "teacher", PHONE, "/knowledge/", first_letter),
    "tuesday": Picture(TOUR, "head-sup", DESK, "/meetings/?show=past", tuesday),
    "note": Picture(TOUR, "teacher", DESK, "/meetings/?show=past", own_note),
    "map": Picture(TOUR, "head-sup", DESK, "/meetings/?show=past", tuesdays_map),
    "survey": Picture(TOUR, "teacher", PHONE, "/", survey),
    "results": Picture(TOUR, "director", DESK, "/surveys/?list=found", results),
    "announcement": Picture(TOUR, "school-clerk", PHONE, "/announcements/", first_letter),
    "search": Picture(TOUR, "officer", DESK, "/search/?q=พัฒนา"),
    # Last, because it changes what stands in the inbox.
    "received": Picture(MANUAL, "school-clerk", PHONE, "/letters/", receive_all),
}
