"""A survey's whole way in Chromium: built, looked at, opened, answered, read, saved as XLSX."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory
from research.models import Question, Survey
from research.tests.factories import people
from research.tests.findings import TEACHERS, answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOW, HIGH = "ได้รับคำแนะนำหลังการนิเทศภายใน 7 วัน", "นำสิ่งที่อบรมไปใช้ในห้องเรียนจริง"


@pytest.fixture
def group():
    """A group whose officer signs in as `writer`, and a school with six teachers."""
    group = GroupFactory(name="กลุ่มพัฒนาครู")
    actor = ActorFactory(role=Role.OFFICER, unit=group)
    actor.member.username = "writer"
    actor.member.save(update_fields=["username"])
    people(Role.TEACHER, SchoolFactory(office=group.office), 6)
    return group


def press(page, what):
    """Press it and wait for the page that comes: its fields have the names of this one's."""
    with page.expect_navigation():
        page.click(what)


def build(page, axe, site):
    """Write a survey of one section and four questions by its pages."""
    page.goto(f"{site}/surveys/?list=kept")
    axe(page)
    press(page, "text=สร้างแบบสอบถาม >> nth=0")
    page.fill("[name=title]", "ความต้องการพัฒนาตนเองของครู")
    axe(page)
    page.click("text=สร้างร่าง")
    page.wait_for_selector("text=ยังขาด")
    axe(page)

    press(page, "text=แก้หัว")
    page.uncheck("[name=populations][value=administrators]")
    page.uncheck("[name=populations][value=staff]")
    page.fill("[name=closes_at]", "31 ธ.ค. 2599")
    axe(page)
    press(page, "text=บันทึกหัวแบบสอบถาม")

    press(page, "main >> text=เพิ่มตอน")
    page.fill("[name=title]", "การเรียนรู้ในงาน")
    axe(page)
    press(page, "text=บันทึกตอน")

    press(page, "a:has-text('มาตราส่วนประมาณค่า')")
    page.fill("[name=text]", HIGH)
    axe(page)
    press(page, "text=บันทึกและเพิ่มอีกข้อ")
    page.fill("[name=text]", LOW)
    press(page, "button:has-text('บันทึกคำถาม')")
    press(page, "a:has-text('เลือกได้ 1 ข้อ')")
    page.fill("[name=text]", "ระดับชั้นที่สอน")
    page.fill("[name=choices]", "อนุบาล\nประถมศึกษา")
    press(page, "button:has-text('บันทึกคำถาม')")
    press(page, "a:has-text('ข้อความ')")
    page.fill("[name=text]", "ข้อเสนอแนะ")
    page.uncheck("[name=is_required]")
    page.click("button:has-text('บันทึกคำถาม')")
    page.wait_for_selector("text=ครบแล้ว พร้อมเปิด")
    page.click(".builder-row:nth-child(3) button[value=up]")
    page.wait_for_selector(".builder-row:nth-child(2):has-text('ระดับชั้นที่สอน')")
    axe(page)


def open_it(page, axe):
    """Look at it as respondents will, then open it."""
    page.click("text=ดูอย่างที่ผู้ตอบเห็น")
    page.wait_for_selector("text=ส่งคำตอบจากหน้านี้ไม่ได้")
    axe(page)
    page.click("text=ปิดตัวอย่าง >> nth=0")
    page.click("text=ตรวจแล้วเปิดรับคำตอบ")
    page.wait_for_selector("text=เชิญ 6 คน (ครู 6)")
    axe(page)
    page.click("text=เปิดรับและเชิญ 6 คน")
    page.wait_for_selector("text=ผลแสดงเมื่อปิดรับ")
    axe(page)


def answer_all(survey):
    """Six sheets are there, as the worker leaves them."""
    scale = {question.text: question for question in Question.objects.filter(kind="likert")}
    text = Question.objects.get(kind="text")
    sheets = [
        {scale[HIGH].key: 5 - number % 2, scale[LOW].key: 1 + number % 3, text.key: f"ข้อ {number}"}
        for number in range(6)
    ]
    answer(survey, TEACHERS, sheets)


def read_it(page, axe):
    """Close it, read the results, publish them."""
    press(page, "text=ปิดรับคำตอบ >> nth=-1")
    axe(page)
    page.click("button:has-text('ปิดรับคำตอบ')")
    page.wait_for_selector(f".finding:has-text('{LOW} ได้ 2.00')")
    assert page.locator(".chart-bar").count() == 2
    assert page.locator(".chart-label").first.inner_text() == LOW
    axe(page)
    page.click("text=เผยแพร่ผลสรุป")
    page.wait_for_selector("text=หยุดเผยแพร่ผลสรุป")
    axe(page)


def download(page):
    with page.expect_download() as waiting:
        page.click("button:has-text('Excel')")
    return load_workbook(BytesIO(Path(waiting.value.path()).read_bytes()))


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_survey_goes_its_whole_way(request, live_server, sign_in, axe, group, size):
    page = request.getfixturevalue(size)
    sign_in(page, "writer")

    build(page, axe, live_server.url)
    open_it(page, axe)
    survey = Survey.objects.get()
    answer_all(survey)
    read_it(page, axe)
    book = download(page)

    survey.refresh_from_db()
    assert (survey.state, survey.invited) == ("closed", 6)
    assert survey.published_at is not None
    means = [row[5].value for row in book["ค่าสถิติ"].iter_rows() if row[0].value == "ทุกกลุ่ม"]
    assert means == [4.5, 2.0, 3.25]
    page.goto(f"{live_server.url}/surveys/?list=found")
    assert page.locator("text=เผยแพร่แล้ว").count() == 1
    axe(page)
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    assert not wide


def test_a_survey_is_built_without_scripts(open_window, live_server, sign_in, group):
    page = open_window(390, java_script_enabled=False)
    sign_in(page, "writer")

    build(page, lambda _: None, live_server.url)
    press(page, "text=ตรวจแล้วเปิดรับคำตอบ")
    press(page, "text=เปิดรับและเชิญ 6 คน")

    assert Survey.objects.get().is_open
