"""The letter's way in a browser, from the first word to the last register, on a phone and a desk.

The letter is the regulation of 2564 from the Government Gazette when ../shared is there, and three
pages of our own otherwise: the name of the test says which. The recipients are the 131 real
schools of the area. On every page that is visited axe finds nothing, and the window's watch sees
no breach of the policy, no other host and no error.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from documents.models import Arrival, Letter, LetterState, RegisterBook, Response
from members.models import Role, Unit
from members.tests.factories import GroupFactory, HoldingFactory, OfficeFactory
from portal.core.clock import db_now
from portal.core.thaidates import short_date, short_datetime
from portal.files.tests.factories import drawn_pdf, office
from tests.browser import DESKTOP, PHONE
from tests.surroundings import SHARED
from tests.walk import FIRST, REFUSING, SECOND, SUBJECT, THIRD, Walk, work
from tests.walk_schools import answer, assign, receive, refuse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GAZETTE = SHARED / "data" / "pdf" / "gazette_saraban_2564.pdf"
LETTER = "gazette" if GAZETTE.is_file() else "own-pdf"
SCHOOLS = Path(settings.BASE_DIR, "portal", "home", "demo", "schools_phatthalung_2.csv")
LINE = "น้ำท่วมทำอาคารเรียนเสียหาย ขอทราบจำนวน"


@pytest.fixture
def area() -> dict[str, Unit]:
    """An office with its 131 schools; returns the four that take part, by name."""
    office_unit = OfficeFactory(
        name="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        short_name="สพป.พัทลุง เขต 2",
        letter_code="ศธ 04225",
    )
    call_command("import_schools", SCHOOLS, stdout=io.StringIO())
    group = GroupFactory(office=office_unit, name="กลุ่มนโยบายและแผน")
    schools = {name: Unit.objects.get(name=name) for name in (FIRST, SECOND, THIRD, REFUSING)}
    person("officer", Role.OFFICER, group)
    person("registrar", Role.CENTRAL_REGISTRAR, office_unit)
    clerk = person("clerk", Role.SCHOOL_CLERK, schools[FIRST])
    for name in (SECOND, THIRD):
        HoldingFactory(member=clerk, role=Role.SCHOOL_CLERK, unit=schools[name])
    person("other-clerk", Role.SCHOOL_CLERK, schools[REFUSING])
    person("director", Role.SCHOOL_DIRECTOR, schools[FIRST])
    person("teacher", Role.TEACHER, schools[FIRST])
    return schools


def person(username: str, role: str, unit: Unit) -> Any:
    return HoldingFactory(role=role, unit=unit, member__username=username).member


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """The PDF that goes out as the letter."""
    if LETTER == "gazette":
        return GAZETTE
    made = tmp_path / "หนังสือสามหน้า.pdf"
    made.write_bytes(drawn_pdf(3))
    return made


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("pdf", [LETTER])
def test_the_letters_way(
    width, pdf, open_window, live_server, sign_in, axe, area, original, tmp_path
):
    walk = Walk(open_window(width), live_server.url, sign_in, axe)

    letter = write(walk, original, tmp_path)
    address(walk, letter)
    number_and_send(walk, letter)
    receive(walk, area, letter, original)
    refuse(walk, letter)
    assign(walk, letter)
    answer(walk, area, letter)
    follow(walk, area, letter)
    read_the_registers(walk, area, letter)


# 1. Write ---------------------------------------------------------------------------------------


def write(walk: Walk, original: Path, folder: Path) -> Letter:
    walk.enter("officer")
    walk.goto("documents:sent")
    walk.press("เขียนหนังสือ")
    walk.press("เริ่มเขียน")
    letter = Letter.objects.get()
    page = walk.page
    form = folder / "แบบสำรวจ.xlsx"
    form.write_bytes(office("xlsx"))

    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=addressee]", "ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน")
    page.select_option("[name=urgency]", label="ด่วนมาก")
    page.select_option("[name=action_required]", value="report_by")
    page.check("[name=main_source][value=uploaded]")
    page.set_input_files("#id_main", original)
    walk.sees(original.name)
    page.set_input_files("#id_enclosure", form)
    walk.sees("แบบสำรวจ.xlsx")
    ask_two_questions(page)
    page.fill("[name=due_on]", short_date(db_now() + timedelta(days=7)))
    page.fill("[name=due_time]", "16.30")
    with page.expect_response("**/edit/"):
        page.click("#lines-propose")
    expect(page.locator("#lines.htmx-settling, #lines.htmx-request")).to_have_count(0)
    expect(page.locator("[name=line_do]")).to_have_value(re.compile("กรอกแบบสั้น"))
    with page.expect_response(keeps_the_line):  # by itself, two seconds after the last key
        page.fill("[name=line_new]", LINE)
    saved = re.compile(r"บันทึกร่างแล้ว \d\d\.\d\d น\.")
    expect(page.locator("[data-saved]")).to_contain_text(saved)
    letter.refresh_from_db()
    assert letter.line_new == LINE
    assert [question["kind"] for question in letter.questions] == ["number", "yes_no"]
    walk.look()
    return letter


def keeps_the_line(answer: Any) -> bool:
    """Answer whether this is the save that carries the last thing typed."""
    return answer.url.endswith("/save/") and answer.request.post_data_json["line_new"] == LINE


def ask_two_questions(page: Page) -> None:
    page.check("[name=response_kind][value=form]")
    page.click("#q-add")
    page.fill("#q-0-label", "จำนวนอาคารที่เสียหาย")
    page.select_option("#q-0-kind", value="number")
    page.fill("#q-0-unit", "หลัง")
    page.fill("#q-0-max", "50")
    page.check("#q-0-required")
    page.click("#q-add")
    page.fill("#q-1-label", "ต้องปิดเรียนหรือไม่")
    page.select_option("#q-1-kind", value="yes_no")
    page.uncheck("#q-1-required")


# 2. Address -------------------------------------------------------------------------------------


def address(walk: Walk, letter: Letter) -> None:
    walk.press("เลือกผู้รับ")
    walk.page.check("[name$=all_schools]")
    expect(walk.page.locator(".audience-total")).to_contain_text("131 โรงเรียน")
    walk.press("ใช้ผู้รับชุดนี้")
    walk.sees("131 โรงเรียน", "ครบแล้ว พร้อมส่ง")
    walk.press("ออกเลข", within=".draft-deeds, .actionbar")
    walk.sees("เสนอแล้ว สารบรรณได้รับแจ้งให้ออกเลข")
    letter.refresh_from_db()
    assert letter.state == LetterState.SUBMITTED


# 3. Number and send -----------------------------------------------------------------------------


def number_and_send(walk: Walk, letter: Letter) -> None:
    walk.enter("registrar")
    walk.press(SUBJECT)
    walk.press("ตรวจแล้ว")
    walk.sees("ส่งถึง 131 โรงเรียน")
    walk.press("ออกเลขและส่ง")
    walk.sees("ส่งแล้ว ที่ ศธ\u00a004225/ว\u00a01", "กำลังส่ง")
    assert not Arrival.objects.exists()

    work()

    expect(walk.page.locator(".board tbody tr").first).to_be_visible()
    walk.look()
    walk.sees("131")
    letter.refresh_from_db()
    assert (letter.state, letter.number, letter.arrivals.count()) == (LetterState.SENT, 1, 131)


# 7. Follow --------------------------------------------------------------------------------------


def follow(walk: Walk, area: dict[str, Unit], letter: Letter) -> None:
    walk.enter("officer")
    walk.goto("documents:sent")
    walk.sees("ลงรับ 3/130", "ตอบ 2/130", "ส่งคืน 1")
    walk.press(SUBJECT)
    expected = {"ทั้งหมด": 131, "ยังไม่ลงรับ": 127, "ยังไม่ตอบ": 1, "ตอบแล้ว": 2, "ส่งคืน": 1}
    assert shown_counts(walk.page) == expected
    board = {name: row_of(walk, school) for name, school in area.items()}
    assert "ตรวจรับแล้ว" in board[FIRST]
    assert "ตอบแล้ว" in board[SECOND]
    assert "ส่งคืน" in board[REFUSING]
    walk.goto("documents:letter-board", letter.pk)
    walk.press("ยังไม่ตอบ")
    expect(walk.page.locator(".board tbody tr")).to_have_count(1)
    walk.sees(area[THIRD].label)
    check_the_spreadsheet(walk, area, letter)
    answers = Response.objects.order_by("pk")
    given = answers.values_list("arrival__unit__name", "version", "data__q1")
    assert list(given) == [(FIRST, 1, 2), (SECOND, 1, 5), (SECOND, 2, 4)]


def shown_counts(page: Page) -> dict[str, int]:
    """Return the filters of the board with their figures."""
    texts = [link.inner_text() for link in page.locator(".filter-links a").all()]
    pairs = [re.fullmatch(r"(.+?)\s*([\d,]+)", " ".join(text.split())) for text in texts]
    return {pair[1].strip(): int(pair[2].replace(",", "")) for pair in pairs if pair}


def row_of(walk: Walk, school: Unit) -> str:
    """Search the board for a school and return the words of its row."""
    walk.page.fill("#board-q", school.name)
    rows = walk.page.locator(".board tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(school.label)
    return rows.inner_text()


def check_the_spreadsheet(walk: Walk, area: dict[str, Unit], letter: Letter) -> None:
    """Every recipient is a row; numbers are numbers."""
    url = reverse("documents:letter-board-xlsx", args=[letter.pk])
    sheet = openpyxl.load_workbook(io.BytesIO(walk.get(url))).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if row[0] == "โรงเรียน / หน่วยงาน")
    found = {row[0]: dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]}
    first, second = found[area[FIRST].label], found[area[SECOND].label]
    third = Arrival.objects.get(letter=letter, unit=area[THIRD])
    assert len(found) == 131
    question = next(name for name in first if name.startswith("จำนวนอาคารที่เสียหาย"))
    assert [first["เลขรับ"], first[question]] == [1, 2]
    assert [second["เลขรับ"], second[question]] == [612, 4]
    assert found[area[THIRD].label]["กำหนด"] == short_datetime(third.due_at)
    assert third.due_at > letter.due_at


# 8. Registers -----------------------------------------------------------------------------------


def read_the_registers(walk: Walk, area: dict[str, Unit], letter: Letter) -> None:
    walk.enter("registrar")
    walk.goto("documents:registers")
    walk.press("ทะเบียนส่ง หนังสือเวียน")
    walk.sees(SUBJECT, "ศธ\u00a004225/ว\u00a01", "131 โรงเรียน")
    assert entries_of(walk.page) == [1]

    walk.enter("clerk")
    for name, number in ((FIRST, 1), (SECOND, 612), (THIRD, 1)):
        book = RegisterBook.objects.get(unit=area[name], series="in")
        walk.goto("documents:register", book.pk)
        walk.sees(name, SUBJECT, "กลุ่มนโยบายและแผน")
        assert entries_of(walk.page) == [number]
    walk.page.fill("main [type=search][name=q]", "612")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look()
    walk.sees("ไม่พบรายการตามที่ค้น")


def entries_of(page: Page) -> list[int]:
    """Return the numbers of the register as they stand on the page."""
    cells = page.locator(".register tbody th").all()
    return [int(re.match(r"\d+", cell.inner_text().strip())[0]) for cell in cells]
