"""The office's first day: who may begin it, what is there then, and that it never comes back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from documents.models import RegisterBook, Series
from members.models import Holding, Member, Post, Role, Unit, UnitKind
from members.services import actor_of, garuda_of
from members.tests.factories import MemberFactory, OfficeFactory
from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM
from portal.core.clock import be_year, db_now
from portal.core.errors import DomainError
from portal.home.domain import STANDARD_GROUPS, is_setup_code, setup_code, tidy_letter_code
from portal.home.services import AlreadyFounded, current_setup_code, found_office, is_current_code
from portal.home.tests.first_day import PASSWORD, day, picture, said
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db

HOME, SETUP, OFFICE = reverse("home"), reverse("setup"), reverse("office-setup")


def counts():
    """Return how many rows a first day could have written."""
    return [model.objects.count() for model in (Unit, Member, Post, Holding, RegisterBook)]


def opened(client: Client) -> Client:
    """Return the client after it gave the code that the server prints now."""
    code, _ = current_setup_code()
    assert client.post(SETUP, {"code": code}).status_code == 302
    return client


# The deed -------------------------------------------------------------------------------------


def test_the_office_stands_with_its_groups_and_an_administrator_who_can_sign_in():
    office = found_office(day(), way="command")

    admin = Member.objects.get()
    actor = actor_of(admin)
    assert (office.kind, office.office_id, office.letter_code) == ("office", office.pk, "ศธ 04999")
    assert (office.email, office.circular_series) == ("saraban@example.org", "separate")
    assert [group.name for group in Unit.objects.groups()] == [one.name for one in STANDARD_GROUPS]
    assert set(Unit.objects.groups().values_list("office", "parent")) == {(office.pk, office.pk)}
    assert (admin.username, admin.is_staff, admin.is_superuser) == ("chief", True, False)
    assert [held.post.role for held in actor.holdings] == [Role.ADMINISTRATOR]
    assert admin.check_password(PASSWORD)
    founded = AuditEntry.objects.get(action="office.founded")
    assert (founded.subject_id, founded.member, founded.data["way"]) == (office.pk, None, "command")


def test_groups_are_left_out_renamed_and_added():
    left_out = {"has_law": None, "group_ict": "กลุ่มดิจิทัล", "more_groups": "กลุ่มพิเศษ\n\n  ศูนย์  เด็ก"}

    found_office(day(**left_out), way="command")

    names = [group.name for group in Unit.objects.groups()]
    assert "กลุ่มกฎหมายและคดี" not in names
    assert names[-2:] == ["กลุ่มพิเศษ", "ศูนย์ เด็ก"]
    assert Unit.objects.get(name="กลุ่มดิจิทัล").short_name == ""
    assert Unit.objects.get(name="กลุ่มอำนวยการ").short_name == "อำนวยการ"


def test_registers_begin_where_the_old_ones_ended_and_the_registrar_is_the_same_person():
    office = found_office(
        day(is_registrar="on", start_in="๖๑๒", start_out="1,204", start_circular="88"),
        way="command",
    )

    books = RegisterBook.objects.filter(unit=office, be_year=be_year(db_now()))
    assert dict(books.values_list("series", "start_number")) == {
        Series.IN: 612,
        Series.OUT: 1204,
        Series.CIRCULAR: 88,
    }
    roles = [held.post.role for held in actor_of(Member.objects.get()).holdings]
    assert roles == [Role.CENTRAL_REGISTRAR, Role.ADMINISTRATOR]


def test_the_garuda_goes_through_the_same_pipeline_as_every_upload():
    answers = day()
    given = type(answers)(**vars(answers) | {"garuda": picture("ครุฑ.png")})

    office = found_office(given, way="page")

    assert garuda_of(office).name == "ครุฑ.png"
    assert AuditEntry.objects.filter(action="unit.garuda_set", subject_id=office.pk).exists()


def test_what_is_no_picture_stops_everything():
    answers = day()
    broken = picture()
    broken.file.seek(0)
    broken.file.write(b"not a picture at all")
    given = type(answers)(**vars(answers) | {"garuda": broken})

    with pytest.raises(DomainError):
        found_office(given, way="page")

    assert counts() == [0, 0, 0, 0, 0]


def test_an_office_is_founded_once():
    found_office(day(), way="command")
    before = counts(), AuditEntry.objects.count(), OutboxMessage.objects.count()

    with pytest.raises(AlreadyFounded):
        found_office(day(username="second"), way="page")

    assert (counts(), AuditEntry.objects.count(), OutboxMessage.objects.count()) == before


def test_a_first_day_that_fails_half_way_leaves_nothing():
    MemberFactory(username="chief")  # somebody made this account by hand before
    before = counts()

    with pytest.raises(DomainError, match="มีชื่อผู้ใช้นี้แล้ว"):
        found_office(day(), way="command")

    assert counts() == before
    assert not AuditEntry.objects.filter(action="office.founded").exists()


def test_nobody_who_is_signed_in_founds_a_first_office():
    owner = actor_of(MemberFactory(is_superuser=True))

    with pytest.raises(PermissionDenied):
        found_office(day(), way="page", by=owner)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_first_days_at_once_one_is_the_first(race):
    days = [day(username=f"chief{number}") for number in range(4)]

    results = race(4, lambda number: found_office(days[number], way="page", by=SYSTEM))

    assert sorted(type(result).__name__ for result in results) == ["AlreadyFounded"] * 3 + ["Unit"]
    assert Unit.objects.offices().count() == Member.objects.count() == 1


# The code ---------------------------------------------------------------------------------------


def test_a_code_is_good_for_its_half_hour_and_the_next_however_it_is_typed():
    code = setup_code(b"key", 1000)

    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", code)
    assert is_setup_code(f" {code.lower().replace('-', ' ')} ", b"key", 1001)
    assert is_setup_code(code.translate(str.maketrans("OIB", "018")), b"key", 1000)
    assert not is_setup_code(code, b"key", 1002)
    assert not is_setup_code(code, b"key", 999)
    assert not is_setup_code(code, b"another key", 1000)
    assert not is_setup_code("", b"key", 1000)


def test_the_printed_code_runs_out(clock):
    now = clock(2026, 11, 20, 9, 45)
    code, until = current_setup_code()

    assert timedelta(minutes=30) < until - now <= timedelta(minutes=60)
    assert is_current_code(code)
    clock(2026, 11, 20, 10, 31)
    assert not is_current_code(code)


def test_another_installation_has_another_code(settings):
    code, _ = current_setup_code()
    settings.SECRET_KEY = "another-key-of-another-house" * 3

    assert not is_current_code(code)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ศธ 04225", "ศธ 04225"),
        (" ศธ  04225.016 ", "ศธ 04225.016"),
        ("ศธ04225", "ศธ 04225"),
        ("04225", ""),
        ("ศธ", ""),
        ("ศธ 04225/1", ""),
        ("XX 04225", ""),
    ],
)
def test_a_letter_code_is_consonants_and_digits(typed, stored):
    assert tidy_letter_code(typed) == stored


# The page ---------------------------------------------------------------------------------------


def test_before_there_is_an_office_the_front_leads_to_its_first_day(client):
    assert client.get(HOME).headers["Location"] == SETUP
    page = client.get(SETUP)

    assert page.status_code == 200
    assert "setup_code" in page.content.decode()
    assert 'name="password"' not in page.content.decode()


def test_a_stranger_without_the_code_gets_no_further(client):
    answers = [
        client.post(SETUP, {"code": "AAAA-BBBB-CCCC"}),
        client.post(SETUP, {}),
        client.post(SETUP, said()),
        client.post(SETUP, said() | {"code": "AAAA-BBBB-CCCC"}),
        client.post(SETUP, said() | {"code": "\x00'; drop table --" * 400}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 5
    assert counts() == [0, 0, 0, 0, 0]
    assert "อีเมลของระบบ" not in answers[2].content.decode()
    assert "ผู้ให้ถาม" not in answers[2].content.decode()


def test_the_page_says_whom_the_environment_names_for_the_day_nothing_works(client, settings):
    settings.HELP_PHONE, settings.HELP_EMAIL = "", ""
    opened(client)

    assert "ตั้งในไฟล์ .env ที่ HELP_PHONE" in client.get(SETUP).content.decode()
    settings.HELP_PHONE = "0 7461 0000"
    assert "0 7461 0000" in client.get(SETUP).content.decode()


def test_with_the_code_the_office_is_founded_and_the_administrator_signs_in(client):
    opened(client)

    answer = client.post(SETUP, said() | {"garuda": picture(), "is_registrar": "on"}, follow=True)

    assert answer.redirect_chain[0] == (OFFICE, 302)
    assert answer.request["PATH_INFO"] == reverse("account_login")
    assert "ลงชื่อเข้าใช้ด้วยบัญชีที่เพิ่งตั้ง" in answer.content.decode()
    sign_in = {"login": "chief", "password": PASSWORD, "next": OFFICE}
    page = client.post(reverse("account_login"), sign_in, follow=True)
    assert page.redirect_chain[-1][0] == OFFICE
    assert "garuda.png" in page.content.decode()


def test_after_the_first_day_the_page_is_gone_for_ever(client):
    code, _ = current_setup_code()
    opened(client)
    client.post(SETUP, said())
    stranger = Client()

    assert Unit.objects.offices().count() == 1
    assert stranger.get(SETUP).status_code == 404
    assert stranger.post(SETUP, {"code": code}).status_code == 404
    assert stranger.post(SETUP, said(username="second") | {"code": code}).status_code == 404
    assert client.get(HOME).status_code == 200
    # The one who founded it and sends the form again goes on to the next page.
    assert client.post(SETUP, said()).headers["Location"] == OFFICE
    Unit.objects.filter(kind=UnitKind.OFFICE).update(closed_on="2026-01-01")
    assert stranger.get(SETUP).status_code == 404


def test_what_was_typed_is_kept_and_passwords_are_not(client):
    opened(client)

    answer = client.post(SETUP, said(letter_code="04999", phone="", password_again="other"))
    text = answer.content.decode()

    assert answer.status_code == 422
    assert 'value="สพป.ทดลอง เขต 9"' in text
    assert "รหัสหนังสือเป็นพยัญชนะ" in text
    assert "ใส่โทรศัพท์" in text
    assert "รหัสผ่านสองช่องไม่เหมือนกัน" in text
    assert PASSWORD not in text
    assert counts() == [0, 0, 0, 0, 0]


def test_a_code_that_ran_out_while_typing_is_asked_for_again_beside_what_was_typed(client, clock):
    clock(2026, 11, 20, 9, 0)
    opened(client)
    clock(2026, 11, 20, 11, 1)

    late = client.post(SETUP, said())
    code, _ = current_setup_code()
    again = client.post(SETUP, said() | {"code": code})

    assert late.status_code == 422
    assert 'name="code"' in late.content.decode()
    assert 'value="สพป.ทดลอง เขต 9"' in late.content.decode()
    assert again.headers["Location"] == OFFICE


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"circular_series": "odd"}, "separate หรือ shared"),
        ({"circular_series": "shared", "start_circular": "5"}, "ชุดเลขเดียวกับหนังสือส่ง"),
        ({"start_in": "หก"}, "ใส่ตัวเลข"),
        ({"start_in": "0"}, "ตั้งแต่ 1"),
        ({"start_out": "9999999"}, "ใส่ตัวเลข"),
        ({"code8": "93"}, "สี่ถึงแปดตัว"),
        ({"email": "ไม่ใช่"}, "ใส่อีเมล"),
        ({"username": "มี ช่องว่าง"}, "ชื่อผู้ใช้มีได้เฉพาะ"),
        ({"password": "12345678", "password_again": "12345678"}, "รหัสผ่าน"),
        ({"group_law": ""}, "ใส่ชื่อกลุ่ม"),
        ({"more_groups": "กลุ่มอำนวยการ"}, "ชื่อเดียวกัน"),
        ({"name": "ก" * 400}, "ยาวเกินไป"),
        ({"name": "\x00"}, "ชื่อเต็มของสำนักงาน"),
    ],
)
def test_every_wrong_answer_is_said_in_a_sentence(client, changes, problem):
    opened(client)

    answer = client.post(SETUP, said(**changes))

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert counts() == [0, 0, 0, 0, 0]


def test_a_closed_or_second_office_changes_nothing_at_the_front(client):
    OfficeFactory()
    OfficeFactory()

    assert client.get(HOME).status_code == 200
