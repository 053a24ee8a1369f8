"""`manage.py setup_office` and `setup_code`: the first day from the command line."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from documents.models import RegisterBook
from members.models import Member, Unit
from members.services import garuda_of
from portal.home.management.commands import setup_office
from portal.home.services import is_current_code
from portal.home.tests.first_day import PASSWORD, picture

pytestmark = pytest.mark.django_db

OPTIONS = {
    "name": "สำนักงานทดลอง",
    "short_name": "สพป.ทดลอง",
    "letter_code": "ศธ 04999",
    "address": r"ถนนหลัก\nจังหวัดทดลอง",
    "phone": "0 7400 0000",
    "username": "chief",
    "first_name": "สมชาย",
    "last_name": "ใจดี",
    "admin_email": "chief@example.org",
}


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return str(file)


def run(**options):
    """Run the command without questions; return what it wrote."""
    out = io.StringIO()
    call_command("setup_office", stdout=out, **{"no_input": True} | options)
    return out.getvalue()


def test_the_command_founds_the_office_and_a_second_run_changes_nothing(password_file, tmp_path):
    garuda = tmp_path / "garuda.png"
    garuda.write_bytes(picture().read())
    more = {"without_group": ["law"], "rename_group": ["ict=กลุ่มดิจิทัล"], "start_out": "120"}

    first = run(**OPTIONS, **more, password_file=password_file, garuda=str(garuda))
    second = run(**OPTIONS | {"name": "อีกแห่ง"}, password_file=password_file)

    office = Unit.objects.offices().get()
    names = list(Unit.objects.groups().values_list("name", flat=True))
    assert "ตั้งสำนักงานทดลองแล้ว" in first
    assert "ไม่มีอะไรเปลี่ยน" in second
    assert (office.name, office.address) == ("สำนักงานทดลอง", "ถนนหลัก\nจังหวัดทดลอง")
    assert ("กลุ่มกฎหมายและคดี" in names, "กลุ่มดิจิทัล" in names, len(names)) == (False, True, 9)
    assert RegisterBook.objects.get().start_number == 120
    assert garuda_of(office).name == "garuda.png"
    assert Member.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"letter_code": "abc"}, "รหัสหนังสือ: รหัสหนังสือเป็นพยัญชนะ"),
        ({"name": None}, "ชื่อเต็มของสำนักงาน: ใส่ชื่อเต็ม"),
        ({"circular_series": "both"}, "separate หรือ shared"),
        ({"start_in": "many"}, "เลขรับ เริ่มที่: ใส่ตัวเลข"),
        ({"garuda": "no-such-file.png"}, "เปิดไฟล์ no-such-file.png ไม่ได้"),
        ({"password_file": "no-such-file"}, "อ่านรหัสผ่านจาก no-such-file ไม่ได้"),
        ({"password_file": None}, "รหัสผ่าน: ใส่รหัสผ่าน"),
        ({"without_group": ["xyz"]}, "ไม่รู้จักกลุ่ม “xyz”"),
    ],
)
def test_what_is_wrong_is_one_line_in_thai(password_file, changes, problem):
    with pytest.raises(CommandError) as caught:
        run(**OPTIONS | {"password_file": password_file} | changes)

    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 1
    assert not Unit.objects.exists()


def test_questions_are_asked_again_only_for_what_was_wrong(monkeypatch, capsys):
    """The terminal is the outside world here: who sits there answers from a list."""
    answers = OPTIONS | {"letter_code": "abc", "is_registrar": "ใช่"}
    asked = []

    def answer(name):
        asked.append(name)
        if name == "password":
            return PASSWORD
        told = answers.get(name, "")
        answers["letter_code"] = "ศธ 04999" if name == "letter_code" else answers["letter_code"]
        return told

    monkeypatch.setattr(setup_office, "question", answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    call_command("setup_office", stdout=io.StringIO(), stderr=io.StringIO())

    assert asked == [*setup_office.ASKED, "letter_code"]
    assert Unit.objects.offices().get().letter_code == "ศธ 04999"


def test_the_page_is_opened_by_the_code_the_server_prints():
    text = run(page=True)
    bare = io.StringIO()
    call_command("setup_code", stdout=bare)

    assert is_current_code(text.split()[1])
    assert text == bare.getvalue()
    assert "/setup/" in text
    assert not Unit.objects.exists()


def test_with_an_office_there_is_no_code(password_file):
    run(**OPTIONS, password_file=password_file)
    out = io.StringIO()

    call_command("setup_code", stdout=out)

    assert out.getvalue() == "ตั้งสำนักงานไว้แล้ว จึงไม่มีรหัสติดตั้ง\n"
