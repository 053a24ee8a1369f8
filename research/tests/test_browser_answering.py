"""A survey is answered in Chromium: on a phone and a desk, with and without scripts, offline."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from research.models import Answer, Intake
from research.services.answering import send_answer
from research.services.opening import close_survey
from research.services.tokens import token_of
from research.tests.factories import open_with
from research.tests.test_answering import sheet_of
from tests.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "อยากให้แจ้งล่วงหน้า 7 วัน"


@pytest.fixture
def asked() -> Any:
    """An open survey of six teachers; the first signs in as `teacher`."""
    survey, owner = open_with(teachers=6)
    invitation = survey.invitations.select_related("survey", "member").first()
    invitation.member.username = "teacher"
    invitation.member.save(update_fields=["username"])
    return survey, owner, invitation


def address(invitation: Any) -> str:
    return reverse("research:answer", args=[token_of(invitation)])


def kept(page: Any) -> int:
    return page.evaluate("() => Object.keys(localStorage).filter(k => /^survey:/.test(k)).length")


def choose(page: Any, words: str) -> None:
    page.locator(".choice:visible").filter(has_text=words).first.click()


def go(page: Any) -> None:
    page.locator("[data-next]:visible").click()


def answer_all(page: Any, axe: Any) -> None:
    """From the first page to the last look, one question after the other."""
    expect(page.locator("h2", has_text="คำตอบไม่ผูกกับชื่อ")).to_be_visible()
    axe(page)
    go(page)
    go(page)  # nothing is chosen yet
    expect(page.locator(".field-error")).to_have_text("ยังไม่ได้เลือกคำตอบ")
    axe(page)
    choose(page, "หญิง")
    expect(page.locator(".field-error")).to_have_count(0)
    go(page)
    choose(page, "LINE")
    choose(page, "เว็บไซต์")
    axe(page)
    go(page)
    choose(page, "มากที่สุด")
    go(page)
    expect(page.get_by_text("ข้อ 4 จาก 4")).to_be_visible()
    page.locator("textarea:visible").fill(WORDS)
    axe(page)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_member_answers_from_my_work_to_the_thanks(
    width, open_window, live_server, sign_in, axe, asked
):
    survey, owner, invitation = asked
    page = open_window(width)
    sign_in(page, "teacher")
    page.goto(live_server.url + reverse("research:answer-mine", args=[survey.pk]))
    assert page.url.endswith(address(invitation))

    answer_all(page, axe)
    page.click("[data-review]")
    expect(page.locator("h1")).to_have_text("ตรวจก่อนส่ง")
    expect(page.get_by_text(WORDS)).to_be_visible()
    axe(page)
    assert kept(page) == 1
    page.get_by_role("button", name="ส่งคำตอบ").click()
    expect(page.locator("h1")).to_have_text("ส่งคำตอบแล้ว ขอบคุณ")
    axe(page)
    page.wait_for_function("() => !localStorage.length")

    page.reload()
    expect(page.locator("h1")).to_have_text("ส่งคำตอบแล้ว ขอบคุณ")
    expect(page.locator("body")).not_to_contain_text(WORDS)
    assert Intake.objects.count() == 1
    from_others(survey)
    close_survey(survey, by=owner)
    call_command("run_worker", once=True)
    assert Answer.objects.filter(survey=survey).count() == 6
    assert sum(WORDS in str(row.data.values()) for row in Answer.objects.all()) == 1


def from_others(survey: Any) -> None:
    for row in survey.invitations.unsent().select_related("survey"):
        send_answer(row, sheet=sheet_of(survey))


def test_a_half_filled_sheet_stays_in_this_browser_alone(
    phone, open_window, live_server, axe, asked
):
    _, _, invitation = asked
    url = live_server.url + address(invitation)
    phone.goto(url)
    go(phone)
    choose(phone, "หญิง")
    go(phone)
    choose(phone, "อีเมล")
    expect(phone.locator("[data-kept]")).to_have_text("เก็บไว้ในเครื่องนี้แล้ว ยังไม่ได้ส่ง")

    phone.goto(url)

    expect(phone.locator("[data-kept]")).to_have_text("นำคำตอบที่กรอกค้างไว้ในเครื่องกลับมาแล้ว")
    expect(phone.get_by_text("ข้อ 2 จาก 4")).to_be_visible()
    expect(phone.get_by_label("อีเมล")).to_be_checked()
    phone.click("[data-back]")
    expect(phone.get_by_label("หญิง")).to_be_checked()
    axe(phone)
    assert not Intake.objects.exists()
    phone.evaluate("""() => localStorage.setItem("survey:old", '{"until": 1000, "fields": []}')""")
    phone.reload()
    assert kept(phone) == 1  # the one whose time is over is gone
    elsewhere = open_window(PHONE)
    elsewhere.goto(url)
    assert kept(elsewhere) == 0
    expect(elsewhere.locator("[data-next]")).to_have_text("เริ่มตอบ")


def test_without_a_line_the_sheet_waits_and_is_sent_when_it_is_back(phone, live_server, axe, asked):
    _, _, invitation = asked
    phone.goto(live_server.url + address(invitation))
    answer_all(phone, axe)

    phone.context.set_offline(True)
    phone.click("[data-review]")
    expect(phone.locator("[data-kept]")).to_contain_text("สัญญาณขาด")
    assert kept(phone) == 1
    phone.context.set_offline(False)
    phone.click("[data-review]")
    phone.get_by_role("button", name="ส่งคำตอบ").click()

    expect(phone.locator("h1")).to_have_text("ส่งคำตอบแล้ว ขอบคุณ")
    assert Intake.objects.count() == 1


def test_signing_out_clears_what_was_half_filled(phone, live_server, sign_in, asked):
    _, _, invitation = asked
    sign_in(phone, "teacher")
    phone.goto(live_server.url + address(invitation))
    go(phone)
    choose(phone, "หญิง")
    assert kept(phone) == 1

    phone.goto(live_server.url + reverse("account_logout"))
    phone.locator("main form button").first.click()
    phone.wait_for_load_state()

    assert kept(phone) == 0


def test_the_keyboard_alone_is_enough(desktop, live_server, axe, asked):
    _, _, invitation = asked
    desktop.goto(live_server.url + address(invitation))

    desktop.locator("[data-next]").focus()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("ข้อ 1 จาก 4")).to_be_visible()
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("ข้อ 2 จาก 4")).to_be_visible()
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Space")
    expect(desktop.get_by_label("LINE")).to_be_checked()
    axe(desktop)


def test_without_scripts_it_is_one_page(open_window, live_server, asked):
    _, _, invitation = asked
    page = open_window(PHONE, java_script_enabled=False)
    page.goto(live_server.url + address(invitation))

    page.get_by_role("button", name="ตรวจก่อนส่ง").click()
    expect(page.locator(".errors")).to_contain_text("มี 2 ข้อที่ต้องแก้")
    choose(page, "หญิง")
    choose(page, "มากที่สุด")
    page.locator("textarea").fill(WORDS)
    page.get_by_role("button", name="ตรวจก่อนส่ง").click()
    page.get_by_role("button", name="กลับไปแก้").click()
    expect(page.locator("textarea")).to_have_value(WORDS)
    page.get_by_role("button", name="ตรวจก่อนส่ง").click()
    page.get_by_role("button", name="ส่งคำตอบ").click()

    expect(page.locator("h1")).to_have_text("ส่งคำตอบแล้ว ขอบคุณ")
    assert Intake.objects.count() == 1


def test_pages_that_take_nothing_are_whole(phone, live_server, axe, asked):
    survey, owner, invitation = asked
    phone.goto(f"{live_server.url}/surveys/a/{'x' * 43}/")
    expect(phone.locator("h1")).to_have_text("ไม่พบแบบสอบถามนี้")
    axe(phone)

    close_survey(survey, by=owner)
    phone.goto(live_server.url + address(invitation))
    expect(phone.locator("h1")).to_have_text("ปิดรับคำตอบแล้ว")
    axe(phone)
