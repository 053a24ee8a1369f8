"""A school asks another one, which answers; and a teacher knows of a circulated letter by phone."""

from __future__ import annotations

import pytest

from documents.models import Arrival, Letter
from documents.services.assigning import unread_of
from documents.tests.directions import teachers_of
from documents.tests.factories import clerk_of
from documents.tests.matter_factories import make_house
from members.models import Member
from members.tests.factories import SchoolFactory
from tests.browser import PHONE
from tests.walk import Walk, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUBJECT = "ขอเชิญร่วมแข่งขันกีฬากลุ่มโรงเรียน"


@pytest.fixture
def people():
    """Two schools of one office, whose people sign in by these names."""
    house = make_house()
    neighbour = clerk_of(SchoolFactory(office=house.office, name="โรงเรียนวัดป่าเรไร"))
    [teacher] = teachers_of(neighbour.holding.post.unit, "มานี")
    made = {"asker": house.school_clerk, "neighbour": neighbour, "teacher": teacher}
    for name, actor in made.items():
        Member.objects.filter(pk=actor.member.pk).update(username=name)
    return made


def test_a_school_asks_another_and_its_teacher_knows(
    open_window, live_server, sign_in, axe, people
):
    walk = Walk(open_window(PHONE), live_server.url, sign_in, axe)

    letter = ask_the_neighbour(walk, people["neighbour"].holding.post.unit)
    arrival = receive_answer_and_circulate(walk, letter)
    know_by_phone(walk, letter)
    assert not unread_of(arrival).exists()
    read_the_answer(walk, letter)


def ask_the_neighbour(walk, school):
    walk.enter("asker")
    walk.goto("documents:letter-new")
    walk.press("เริ่มเขียน")
    page = walk.page
    page.fill("[name=subject]", SUBJECT)
    page.check("[name=main_source][value=typed]")
    page.fill("[name=body]", "ด้วยโรงเรียนจะจัดแข่งขันกีฬา\nจึงเรียนมาเพื่อพิจารณา")
    page.fill("[name=signer_name]", "นายตัวอย่าง ทดสอบ")
    page.check("[name=response_kind][value=yes_no]")
    walk.press("เปลี่ยนผู้รับ")
    page.uncheck("[name=to-with_office]")
    page.locator("summary", has_text="เลือกทีละโรงเรียน").click()
    page.locator(f"[name=to-units][value='{school.pk}']").check()
    walk.look()
    walk.press("ใช้ผู้รับชุดนี้")
    walk.sees("1 โรงเรียน")
    walk.press("ตรวจแล้ว", within=".draft-deeds, .actionbar")
    walk.send()
    return Letter.objects.get()


def receive_answer_and_circulate(walk, letter):
    walk.enter("neighbour")
    walk.goto("documents:letter", letter.pk)
    walk.press("ลงรับ", within=".letter-receive, .actionbar")
    walk.sees("เลขรับ 1")
    walk.page.check("[name=answer][value=yes]")
    walk.press("ส่งคำตอบ")
    walk.press("แจ้งเวียน")
    walk.look()
    walk.press("แจ้งเวียน", within="form")
    walk.sees("ทุกคนที่ยังไม่ได้รับ 1 คน")
    walk.press("กลับไปแก้")
    walk.press("แจ้งเวียน", within="form")
    walk.press("แจ้งเวียน 1 คน")
    walk.sees("แจ้งเวียนแล้ว 1 คน", "ยังไม่ทราบ")
    work()
    return Arrival.objects.get(letter=letter)


def know_by_phone(walk, letter):
    walk.enter("teacher")
    walk.sees(SUBJECT, "แจ้งเวียน")
    walk.goto("documents:assigned")
    walk.look()
    walk.press("ทราบ")
    walk.sees("รับทราบแล้ว")


def read_the_answer(walk, letter):
    walk.enter("asker")
    walk.goto("documents:letter-board", letter.pk)
    walk.sees("เข้าร่วม", "วัดป่าเรไร")
    walk.press("วัดป่าเรไร")
    walk.press("ตรวจรับ")
    walk.sees("ตรวจรับแล้ว")
