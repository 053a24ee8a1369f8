"""The letter's way at the schools: arrive, assign, answer; and what the office says to answers."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from documents.models import Arrival, Letter
from members.models import Member, Unit
from portal.core.clock import db_now
from portal.core.thaidates import short_date
from portal.papers.tests.factories import ink_box, page_count, page_size, text_lines
from tests.walk import FIRST, SECOND, SUBJECT, THIRD, Walk, work

# 4. Arrive: open, receive, refuse ---------------------------------------------------------------


def receive(walk: Walk, area: dict[str, Unit], letter: Letter, original: Path) -> None:
    walk.enter("clerk")
    walk.goto("notifications:inbox")
    walk.sees(SUBJECT)
    walk.goto("documents:registers")
    set_first_number(walk, area[SECOND], 612)
    walk.goto("documents:inbox")
    walk.sees("ลงรับทั้ง 3", *(area[name].label for name in (FIRST, SECOND, THIRD)))
    walk.press(SUBJECT)
    look_at_the_letter(walk, letter)
    assert not Arrival.objects.filter(state="received").exists()

    walk.goto("documents:inbox")
    walk.page.check("#inbox-form [name=arrival]")
    walk.press("ลงรับ 3 รายการ", within=".actionbar")
    walk.sees("เลขรับ 1", "เลขรับ 612", *(area[name].label for name in (FIRST, SECOND, THIRD)))
    walk.goto("documents:letter", letter.pk)
    check_the_stamp(walk, letter, original)


def set_first_number(walk: Walk, school: Unit, number: int) -> None:
    walk.open("ย้ายจากทะเบียนเดิม")
    page = walk.page
    page.locator("[name=unit]").select_option(str(school.pk))
    page.locator("[name=series]").select_option("in")
    page.fill("[name=start_number]", str(number))
    walk.press("ตั้งเลขเริ่มต้น")
    walk.sees(f"เริ่มที่เลข {number}")


def look_at_the_letter(walk: Walk, letter: Letter) -> None:
    """The three plain lines stand above the pictures of the pages."""
    walk.sees(letter.line_new, "กรอกแบบสั้น", "แบบสำรวจ.xlsx")
    picture = walk.page.locator(".desk img").first
    expect(picture).to_be_visible()
    walk.page.wait_for_function("() => document.querySelector('.desk img').naturalWidth > 400")


def check_the_stamp(walk: Walk, letter: Letter, original: Path) -> None:
    """The copy has the ink in the visible top right corner; the original is as it was."""
    arrival = Arrival.objects.get(letter=letter, unit__name=FIRST)
    digest = hashlib.sha256(original.read_bytes()).hexdigest()
    stamped = walk.get(reverse("documents:arrival-stamped", args=[arrival.pk]))
    saved = walk.page.locator(".desk a[download]").first.get_attribute("href")

    left, top, right, bottom = ink_box(stamped)
    width, _ = page_size(stamped)
    assert (right - left, bottom - top) == (pytest.approx(50, abs=1), pytest.approx(25, abs=1))
    assert left > width / 2
    assert bottom < 40
    assert page_count(stamped) == page_count(original.read_bytes())
    assert any("เลขรับ1" in line for line in text_lines(stamped))
    assert hashlib.sha256(walk.get(saved)).hexdigest() == digest
    assert digest in walk.page.content()


def refuse(walk: Walk, letter: Letter) -> None:
    walk.enter("other-clerk")
    walk.press(SUBJECT)
    walk.open("ส่งผิด")
    walk.press("ส่งคืน", within="details form")
    walk.sees("บอกเหตุผลให้เจ้าของเรื่องทราบ")
    walk.page.fill("[name=reason]", "โรงเรียนไม่มีอาคารที่เสียหาย ส่งผิดแห่ง")
    walk.press("ส่งคืน", within="details form")
    walk.sees("ส่งคืนแล้ว")


# 5. Assign --------------------------------------------------------------------------------------


def assign(walk: Walk, letter: Letter) -> None:
    walk.enter("director")
    walk.press(SUBJECT)
    walk.open("มอบหมาย")
    teacher = Member.objects.get(username="teacher")
    walk.page.check(f"[name=assignees][value='{teacher.pk}']")
    walk.page.fill("[name=note]", "สำรวจแล้วถ่ายภาพไว้")
    walk.press("มอบหมาย", within="details form")
    walk.sees("มอบหมายแล้ว", "ยังไม่รับทราบ")

    walk.enter("teacher")
    walk.press(SUBJECT)
    walk.sees("สำรวจแล้วถ่ายภาพไว้")
    walk.press("รับทราบ")
    walk.sees("รับทราบแล้ว")


# 6. Answer --------------------------------------------------------------------------------------


def answer(walk: Walk, area: dict[str, Unit], letter: Letter) -> None:
    first = Arrival.objects.get(letter=letter, unit=area[FIRST])
    second = Arrival.objects.get(letter=letter, unit=area[SECOND])
    page = walk.page
    walk.enter("clerk")
    walk.goto("documents:inbox")
    open_for(walk, first)
    page.fill("[name=q1]", "สองหลัง")
    page.check("[name=q2][value=no]")
    page.fill("form[data-answer] [name=text]", "ซ่อมเองได้")
    walk.press("ส่งคำตอบ")
    walk.sees("ใส่ตัวเลข เช่น 2")
    expect(page.locator("[name=q1]")).to_have_value("สองหลัง")
    expect(page.locator("form[data-answer] [name=text]")).to_have_value("ซ่อมเองได้")
    expect(page.locator("[name=q2][value=no]")).to_be_checked()
    page.fill("[name=q1]", "๒")
    walk.press("ส่งคำตอบ")
    walk.sees("ส่งคำตอบแล้ว")
    open_for(walk, second)
    page.fill("[name=q1]", "5")
    walk.press("ส่งคำตอบ")
    walk.sees("ส่งคำตอบแล้ว")
    review(walk, area, letter)

    walk.enter("clerk")
    open_for(walk, second)
    walk.sees("5 หลังไม่ตรงกับภาพ")
    expect(page.locator("[name=q1]")).to_have_value("5")
    page.fill("[name=q1]", "4")
    walk.press("ส่งคำตอบ")
    walk.sees("คำตอบที่ส่งไปแล้ว", "ฉบับที่ 2")


def open_for(walk: Walk, arrival: Arrival) -> None:
    """Open the letter in the name of one of the clerk's schools."""
    walk.page.goto(f"{walk.site}{arrival.get_absolute_url()}?as={arrival.pk}")
    walk.look()
    walk.sees("ตอบในนาม", arrival.unit.name)


def review(walk: Walk, area: dict[str, Unit], letter: Letter) -> None:
    """The officer accepts the first answer, returns the second, gives the third more time."""
    walk.enter("officer")
    walk.goto("documents:sent")
    walk.press(SUBJECT)
    walk.press(area[FIRST].label)
    walk.sees("จำนวนอาคารที่เสียหาย", "2 หลัง", "ซ่อมเองได้")
    walk.press("ตรวจรับ", within="main form")
    walk.goto("documents:letter-board", letter.pk)
    walk.press(area[SECOND].label)
    walk.open("ส่งกลับให้แก้")
    walk.page.fill("details[open] [name=reason]", "5 หลังไม่ตรงกับภาพ")
    walk.press("ส่งกลับให้แก้", within="details form")
    walk.sees("ส่งกลับให้")
    walk.goto("documents:letter-board", letter.pk)
    walk.press(area[THIRD].label)
    walk.open("ขยายเวลาให้")
    until = short_date(db_now() + timedelta(days=14))
    walk.page.fill("details[open] [name=due_on]", until)
    walk.page.fill("details[open] [name=reason]", "ครูไปอบรมทั้งโรงเรียน")
    walk.press("ขยายเวลา", within="details form")
    walk.sees("ขยายเวลาให้", until, "ครูไปอบรมทั้งโรงเรียน")
    work()
