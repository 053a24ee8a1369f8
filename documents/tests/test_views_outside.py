"""The form for a letter from outside: one number, what is wrong is said, files stay."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents.models import Matter, RegisterEntry
from documents.tests.pages import at, browser_of, said
from portal.files.tests.factories import pdf_bytes, picture

pytestmark = pytest.mark.django_db

MATTERS = reverse("documents:matters")
OUTSIDE = reverse("documents:outside")


def words(response):
    return response.content.decode()


# From outside -----------------------------------------------------------------------------------


def typed(**changes):
    given = {
        "key": uuid4(),
        "sender": "  จังหวัดพัทลุง ",
        "number": "พท ๐๐๑๗.๒/ว ๔๘๒๑",
        "dated_on": "๑๒ พ.ย. ๒๕๖๙",
        "subject": "การเตรียมรับสถานการณ์ฝนตกหนัก",
        "addressee": "",
        "urgency": 3,
        "channel": "email",
        "due_on": "",
        "main": SimpleUploadedFile("หนังสือ.pdf", pdf_bytes(), "application/pdf"),
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def test_the_registrar_registers_a_letter_from_outside(house):
    page = browser_of(house.registrar).post(OUTSIDE, typed())

    matter = Matter.objects.get()
    assert page.status_code == 302
    assert page.url == at("matter-propose", matter)
    assert said(page) == ["ลงรับแล้ว เลขรับ 1"]
    assert (matter.letter.sender, matter.channel) == ("จังหวัดพัทลุง", "email")


def test_photos_become_one_pdf(house):
    photos = [SimpleUploadedFile(f"{number}.jpg", picture(), "image/jpeg") for number in range(2)]

    browser_of(house.registrar).post(OUTSIDE, typed(main=None, photos=photos))

    use = Matter.objects.get().letter
    page = browser_of(house.registrar).get(at("matter", Matter.objects.get()))
    assert page.context["main"].stored.page_count == 2
    assert use.main_source == "uploaded"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sender": ""}, "ใส่ชื่อหน่วยงาน"),
        ({"subject": "ก" * 501}, "ยาวเกินไป 1 ตัวอักษร"),
        ({"dated_on": "เมื่อวาน"}, "ใส่วันที่"),
        ({"dated_on": "1 ม.ค. 2690"}, "ยังมาไม่ถึง"),
        ({"due_on": "1 ม.ค. 2560"}, "ผ่านไปแล้ว"),
        ({"main": None}, "แนบไฟล์ PDF"),
        ({"main": SimpleUploadedFile("x.pdf", b"no pdf")}, "x.pdf"),
        ({"urgency": "9"}, ""),
        ({"channel": "portal"}, ""),
        ({"key": "x"}, "เปิดไว้นานเกินไป"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(house, changes, problem):
    page = browser_of(house.registrar).post(OUTSIDE, typed(**changes))

    assert page.status_code == 422
    assert problem in words(page)
    assert "พท ๐๐๑๗.๒/ว ๔๘๒๑" in words(page)
    assert not RegisterEntry.objects.exists()


def test_a_file_that_was_brought_is_not_asked_for_again(house):
    registrar = browser_of(house.registrar)
    refused = registrar.post(OUTSIDE, typed(subject=""))
    token = refused.context["kept"][0]["token"]

    page = registrar.post(OUTSIDE, typed(main=None, stash=token))

    assert page.status_code == 302
    assert Matter.objects.count() == 1


def test_a_letter_that_seems_registered_is_asked_about(house):
    registrar = browser_of(house.registrar)
    registrar.post(OUTSIDE, typed())

    asked = registrar.post(OUTSIDE, typed(number="พท 0017.2/ว 4821"))
    again = registrar.post(OUTSIDE, typed(number="พท 0017.2/ว 4821", again="on"))

    assert asked.status_code == 409
    assert "ลงรับไปแล้ว เลขรับ 1" in words(asked)
    assert again.status_code == 302
    assert RegisterEntry.objects.count() == 2
