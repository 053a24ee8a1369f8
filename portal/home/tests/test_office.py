"""The page “ตั้งค่าสำนักงาน”: what is done, what is missing, and the deeds on it."""

from __future__ import annotations

import smtplib

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.urls import reverse

from members.models import Holding, Holiday, Role, Unit
from members.services import garuda_of
from members.tests.factories import HEAD, NA, THUNG, HoldingFactory, OfficeFactory, SchoolFactory
from portal.audit.models import AuditEntry
from portal.core.clock import today
from portal.home.services import checklist, mail_settings
from portal.home.tests.first_day import picture

pytestmark = pytest.mark.django_db

OFFICE, GARUDA = reverse("office-setup"), reverse("office-garuda")
MAIL, SCHOOLS = reverse("office-mail"), reverse("office-schools")
SMTP = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.example.org",
    "EMAIL_PORT": 587,
    "EMAIL_USE_TLS": True,
    "EMAIL_HOST_USER": "portal",
    "EMAIL_HOST_PASSWORD": "never-shown-4711",
}


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def admin(office, client):
    """The signed-in administrator of the office, who owns nothing else."""
    held = HoldingFactory(role=Role.ADMINISTRATOR, unit=office, member__is_staff=True)
    client.force_login(held.member)
    return held.member


def done(office):
    return {step.key for step in checklist(office) if step.is_done}


def schools_file(*lines, head=HEAD):
    return SimpleUploadedFile("schools.csv", "\n".join([head, *lines]).encode())


def test_a_new_office_lacks_nearly_everything_and_then_less(office, client, admin):
    assert done(office) == set()

    office.address, office.phone, office.email = "ถนนหลัก", "0 7400 0000", "s@example.org"
    office.save()
    school = SchoolFactory(office=office)
    for role, unit in ((Role.CENTRAL_REGISTRAR, office), (Role.DIRECTOR, office)):
        HoldingFactory(role=role, unit=unit)
    for year in (today().year, today().year + 1):
        Holiday.objects.create(office=office, on=f"{year}-12-31", name="วันสิ้นปี")

    assert done(office) == {"office", "email", "schools", "people", "holidays"}
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=school)
    assert "desks" in done(office)
    Holding.objects.filter(post__unit=school).update(to_on="2020-01-01", from_on="2020-01-01")
    assert "desks" not in done(office)


def test_the_page_is_in_the_menu_of_the_administrator_alone(client, admin, office):
    page = client.get(OFFICE).content.decode()
    clerk = HoldingFactory(role=Role.CENTRAL_REGISTRAR, unit=office).member
    client.force_login(clerk)

    assert f'href="{OFFICE}">ตั้งค่าสำนักงาน' in page
    assert OFFICE not in client.get(reverse("home")).content.decode()
    assert client.get(OFFICE).status_code == 403


def test_the_office_of_others_is_out_of_reach(client, admin, office):
    other = OfficeFactory()

    page = client.get(OFFICE, {"office": other.pk})
    client.post(f"{GARUDA}?office={other.pk}", {"picture": picture()})

    assert page.context["kept"] == office
    assert garuda_of(other) is None


def test_an_administrator_whom_the_back_office_does_not_let_in_stays_out(client, office):
    held = HoldingFactory(role=Role.ADMINISTRATOR, unit=office, member__is_staff=False)
    client.force_login(held.member)

    assert client.get(OFFICE).status_code == 403


def test_the_owner_names_one_of_several_offices(client, office, admin):
    other = OfficeFactory()
    admin.is_superuser = True
    admin.save(update_fields=["is_superuser"])

    assert client.get(OFFICE).context["kept"] == office
    assert client.get(OFFICE, {"office": other.pk}).context["kept"] == other
    assert client.get(OFFICE, {"office": "9" * 40}).context["kept"] == office


def test_whom_to_ask_while_nothing_can_be_looked_up_is_said_as_the_environment_says_it(
    office, client, admin, settings
):
    settings.HELP_PHONE, settings.HELP_EMAIL = "", ""
    assert "helpers" not in done(office)
    assert "ยังไม่ได้ตั้ง HELP_PHONE หรือ HELP_EMAIL" in client.get(OFFICE).content.decode()

    settings.HELP_PHONE, settings.HELP_EMAIL = "0 7461 0000", "help@office.example"

    assert "helpers" in done(office)
    assert "0 7461 0000 · help@office.example" in client.get(OFFICE).content.decode()


# The garuda -------------------------------------------------------------------------------------


def test_the_garuda_is_put_and_changed_on_the_page(client, admin, office):
    client.post(GARUDA, {"picture": picture("first.png")})
    answer = client.post(GARUDA, {"picture": picture("second.png")}, follow=True)

    assert garuda_of(office).name == "second.png"
    assert "เปลี่ยนภาพตราครุฑแล้ว" in answer.content.decode()
    entries = AuditEntry.objects.filter(action="unit.garuda_set", subject_id=office.pk)
    assert set(entries.values_list("member", flat=True)) == {admin.pk}


def test_what_is_no_picture_is_refused_in_words(client, admin, office):
    wrong = SimpleUploadedFile("garuda.png", b"MZ not a picture", "image/png")

    answer = client.post(GARUDA, {"picture": wrong})

    assert answer.status_code == 422
    assert garuda_of(office) is None


# Mail -------------------------------------------------------------------------------------------


def test_mail_settings_are_shown_without_their_password(client, admin, office, settings):
    for name, value in SMTP.items():
        setattr(settings, name, value)

    page = client.get(OFFICE).content.decode()

    assert "mail.example.org" in page
    assert "never-shown" not in page + repr(mail_settings())


def test_a_test_mail_goes_to_the_person_alone_and_is_remembered(client, admin, office, settings):
    answer = client.post(MAIL, follow=True)

    assert [message.to for message in mail.outbox] == [[admin.email]]
    assert "เป็นไฟล์ในเครื่องแม่ข่าย" in answer.content.decode()
    assert "mail" not in done(office)  # a mail that stays in the house proves nothing


def test_only_a_mail_that_these_settings_took_counts(client, admin, office, settings, monkeypatch):
    """The mail server is the outside world here."""
    for name, value in SMTP.items():
        setattr(settings, name, value)
    monkeypatch.setattr(EmailMessage, "send", lambda self: 1)

    client.post(MAIL)

    assert "mail" in done(office)
    settings.EMAIL_HOST = "other.example.org"
    assert "mail" not in done(office)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(), "ติดต่อ mail.example.org:587 ไม่ได้"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "ไม่รับชื่อหรือรหัสผ่าน"),
        (smtplib.SMTPRecipientsRefused({}), "DEFAULT_FROM_EMAIL"),
        (smtplib.SMTPServerDisconnected(), "ปฏิเสธ (SMTPServerDisconnected)"),
    ],
)
def test_what_the_server_refused_is_said(client, admin, settings, monkeypatch, error, words):
    for name, value in SMTP.items():
        setattr(settings, name, value)

    def refuse(self):
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)

    answer = client.post(MAIL)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AuditEntry.objects.filter(action="office.mail_tested").exists()


def test_without_an_address_of_ones_own_no_mail_goes_out(client, admin):
    admin.email = ""
    admin.save(update_fields=["email"])

    assert client.post(MAIL).status_code == 422
    assert mail.outbox == []


# Schools ----------------------------------------------------------------------------------------


def test_a_list_is_looked_at_first_and_then_brought_in(client, admin, office):
    looked = client.post(SCHOOLS, {"file": schools_file(NA, THUNG, ",,x,y,"), "action": "look"})
    assert Unit.objects.schools().count() == 0
    brought = client.post(SCHOOLS, {"file": schools_file(NA, THUNG), "action": "import"})
    again = client.post(SCHOOLS, {"file": schools_file(NA, THUNG), "action": "import"})

    assert "ตรวจแล้ว ยังไม่ได้บันทึก" in looked.content.decode()
    assert "บรรทัด 4: ไม่มีชื่อโรงเรียน" in looked.content.decode()
    assert "โรงเรียนใหม่ 2" in brought.content.decode()
    assert "เหมือนเดิม 2" in again.content.decode()
    assert Unit.objects.schools().filter(office=office).count() == 2


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("schools.csv", b"\x1f\x8bnot packed at all"),
        SimpleUploadedFile("schools.csv", b"a,b,c\n1,2,3\n"),
        SimpleUploadedFile("schools.csv", b""),
    ],
)
def test_what_is_no_list_is_refused_in_words(client, admin, file):
    answer = client.post(SCHOOLS, {"file": file, "action": "import"})

    assert answer.status_code == 422
    assert Unit.objects.schools().count() == 0
