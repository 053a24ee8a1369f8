"""The whole way of a school's letter through the office, in a browser, on a phone and a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from documents.models import Letter, Matter, MatterState
from documents.tests.matter_factories import make_house
from members.models import Member
from portal.files.tests.factories import drawn_pdf
from tests.browser import DESKTOP, PHONE
from tests.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUBJECT = "ขออนุญาตพานักเรียนไปทัศนศึกษา"
PROPOSAL = "มอบกลุ่มที่รับผิดชอบ และแจ้งโรงเรียน"


@pytest.fixture
def house():
    """An office whose people sign in by the names of their roles."""
    made = make_house()
    for role in ("registrar", "director", "head", "clerk", "officer", "school_clerk"):
        member = getattr(made, role).member
        Member.objects.filter(pk=member.pk).update(username=role)
    return made


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_schools_letter_goes_through_the_office_and_is_answered(
    width, open_window, live_server, sign_in, axe, house, tmp_path
):
    walk = Walk(open_window(width), live_server.url, sign_in, axe)

    letter = write_at_the_school(walk, tmp_path)
    receive_and_propose(walk, house)
    matter = Matter.objects.get()
    order(walk, house, matter)
    hand_out(walk, house, matter)
    reply = take_on_and_answer(walk, house, matter)
    number_the_reply(walk, reply)
    read_at_the_school(walk, letter, reply)
    matter.refresh_from_db()
    assert matter.state == MatterState.ANSWERED


def write_at_the_school(walk, folder):
    signed = folder / "หนังสือลงนาม.pdf"
    signed.write_bytes(drawn_pdf(1))
    walk.enter("school_clerk")
    walk.goto("documents:sent")
    walk.press("เขียนหนังสือ")
    walk.press("เริ่มเขียน")
    page = walk.page
    page.fill("[name=subject]", SUBJECT)
    page.check("[name=main_source][value=uploaded]")
    with page.expect_response("**/files/"):  # a process of its own looks at the file
        page.set_input_files("#id_main", signed)
    walk.sees(signed.name)
    walk.look()
    walk.press("ตรวจแล้ว", within=".draft-deeds, .actionbar")
    walk.sees("ส่งถึง")
    walk.send()
    letter = Letter.objects.get()
    walk.goto("documents:letter", letter.pk)
    walk.sees("ส่งแล้ว", letter.number_text)
    return letter


def receive_and_propose(walk, house):
    walk.enter("registrar")
    walk.sees(SUBJECT)
    walk.goto("documents:matters")
    walk.press("รอรับ")
    walk.press("ตรวจแล้วลงรับ")
    walk.press("ลงรับ", within=".letter-receive, .actionbar")
    walk.sees("เลขรับ 1")
    walk.press("เสนอหรือส่งกลุ่ม")
    page = walk.page
    page.fill("[name=text]", PROPOSAL)
    page.select_option("[name=main_unit]", label=house.group.name)
    walk.press("เสนอ", within="#deed")
    walk.sees("เสนอแล้ว")


def order(walk, house, matter):
    walk.enter("director")
    walk.sees(PROPOSAL)
    walk.press("สั่งการ")  # one tap from the work of the day to the form
    expect(walk.page.locator("[name=main_unit]")).to_have_value(str(house.group.pk))
    walk.page.check("[name=presets][value=tell_schools]")
    walk.press("สั่งการ", within="#deed")
    walk.sees("สั่งการแล้ว", "ไม่มีเรื่องรอท่าน")
    walk.goto("documents:matter", matter.pk)
    walk.sees("เกษียน", "ดำเนินการตามเสนอ แจ้งโรงเรียน", str(house.director.member))


def hand_out(walk, house, matter):
    walk.enter("clerk")
    walk.press("มอบหมาย")
    walk.page.locator(f"[name=officer][value='{house.officer.member.pk}']").check()
    walk.press("มอบหมาย", within="#deed")
    walk.sees("มอบหมายแล้ว", str(house.officer.member))


def take_on_and_answer(walk, house, matter):
    walk.enter("officer")
    walk.press("รับเรื่อง")
    walk.press("รับเรื่อง")
    walk.sees("กำลังดำเนินการ")
    walk.press("ร่างหนังสือตอบ")
    reply = Letter.objects.get(answers=matter)
    page = walk.page
    expect(page.locator("[name=subject]")).to_have_value(SUBJECT)
    walk.sees("1 โรงเรียน")
    page.check("[name=main_source][value=typed]")
    page.fill("[name=body]", "อนุญาตตามที่ขอ\nจึงเรียนมาเพื่อทราบ")
    page.fill("[name=signer_name]", "นายตัวอย่าง ทดสอบ")
    walk.press("เสนอ", within=".draft-deeds, .actionbar")
    walk.sees("เสนอแล้ว")
    return reply


def number_the_reply(walk, reply):
    walk.enter("registrar")
    walk.goto("documents:letter", reply.pk)
    walk.press("ตรวจแล้ว")
    walk.send()
    reply.refresh_from_db()
    walk.goto("documents:matters")
    walk.press("เสร็จ")
    walk.sees(SUBJECT, "ตอบแล้ว")


def read_at_the_school(walk, letter, reply):
    walk.enter("school_clerk")
    walk.goto("documents:letter", letter.pk)
    walk.sees("ได้รับแล้ว", "เลขรับ 1")
    walk.press(reply.number_text)
    walk.sees("อ้างถึง", letter.number_text)
    walk.press("ลงรับ", within=".letter-receive, .actionbar")
    walk.sees("ลงรับแล้ว")
