"""The pages for errors: a name for the request, a way on, and what was typed; asked of nobody."""

from __future__ import annotations

import errno
import logging
import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.urls import path, reverse

from members.tests.factories import MemberFactory
from portal import urls
from portal.core.errors import Conflict
from portal.core.logs import NameRequest
from portal.core.rendering import is_database_away
from portal.core.sent import what_was_sent
from portal.core.tracing import PATTERN, request_id

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

LONG = "ขอให้โรงเรียนส่งแผนภายในวันศุกร์ " * 3


@login_not_required
def away(request):
    raise OperationalError("server closed the connection unexpectedly")


@login_not_required
def broken(request):
    return render(request, "does/not/exist.html")


@login_not_required
def late(request):
    raise Conflict("ครูสมใจลงรับไปแล้ว")


@login_not_required
def forbidden(request):
    raise PermissionDenied


@login_not_required
def full(request):
    raise OSError(errno.ENOSPC, "No space left on device")


@login_not_required
def reads(request):
    return HttpResponse(str(len(request.POST)))


handler400, handler500 = urls.handler400, urls.handler500
urlpatterns = [
    path("away/", away),
    path("broken/", broken),
    path("late/", late),
    path("forbidden/", forbidden),
    path("full/", full),
    path("reads/", reads),
    *urls.urlpatterns,
]


@pytest.fixture
def patient(client):
    client.raise_request_exception = False
    return client


def page_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/forbidden/", 403),
        ("/nowhere/", 404),
        ("/late/", 409),
        ("/broken/", 500),
        ("/away/", 503),
    ],
)
def test_every_error_page_names_its_request_and_leads_on(patient, address, status):
    answer = patient.get(address)

    name = answer["X-Request-ID"]
    assert answer.status_code == status
    assert re.fullmatch(PATTERN, name)
    assert name in page_of(answer)
    assert f"{reverse('problems:report')}?ref={name}" in page_of(answer)
    assert request_id() == name


def test_every_answer_has_another_name_and_none_is_taken_from_outside(client):
    names = {
        client.get("/livez", headers={"X-Request-ID": "mine"})["X-Request-ID"] for _ in range(3)
    }

    assert len(names) == 3
    assert "mine" not in names


def test_the_lines_of_the_log_carry_the_name_also_those_of_django(client):
    named = []
    handler = logging.Handler()
    handler.addFilter(NameRequest())
    handler.emit = lambda record: named.append(record.request_id)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)

    answer = client.get("/nowhere/")
    logger.removeHandler(handler)

    assert named == [answer["X-Request-ID"]]


@pytest.mark.parametrize("address", ["/broken/", "/away/"])
def test_500_and_503_ask_the_database_for_nothing(
    patient, address, settings, django_assert_num_queries
):
    settings.HELP_PHONE, settings.HELP_EMAIL = "0 7461 0000", "help@office.example"

    with django_assert_num_queries(0):
        page = page_of(patient.post(address, {"subject": "เรื่อง"}))

    assert "0 7461 0000" in page
    assert "mailto:help@office.example" in page


def test_files_are_named_and_asked_for_again(client):
    files = [SimpleUploadedFile(f"{name}.pdf", b"%PDF") for name in ("แผน", "ภาพ")]

    page = page_of(client.post("/away/", {"key": "7f3e", "file": files, "text": "ครบ"}))

    assert 'enctype="multipart/form-data"' in page
    assert 'name="text" value="ครบ"' in page
    assert "แผน.pdf, ภาพ.pdf" in page
    assert re.search(r'<input[^>]*type="file"[^>]*name="file" required multiple', page)


@pytest.mark.parametrize(
    "body", [{"password": "ลับมาก"}, {"oldpassword": "ลับมาก"}, {"new_password1": "ลับมาก"}]
)
def test_a_form_with_a_password_is_not_given_back(client, body):
    assert "ลับมาก" not in page_of(client.post("/away/", body | {"login": "ครู"}))
    assert "ลับมาก" not in page_of(client.post("/late/", body | {"login": "ครู"}))


def test_nothing_of_the_sign_in_is_given_back_whatever_its_fields_are_called(rf, client):
    request = rf.post("/accounts/2fa/authenticate/", {"code": "123456"})
    request.resolver_match = type("Match", (), {"view_name": "mfa_authenticate"})

    assert not what_was_sent(request)


@pytest.mark.parametrize("has_token", [True, False])
def test_what_was_typed_can_be_copied(client, has_token):
    client.handler.enforce_csrf_checks = not has_token

    page = page_of(client.post("/late/", {"text": LONG, "unit": "3"}))

    assert LONG.strip() in page
    assert "readonly" in page
    assert ">3<" not in page


def test_too_many_fields_are_a_400_and_too_long_a_text_a_413(patient, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    many = patient.post("/reads/", {f"field{number}": "x" for number in range(5)})
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100, 50
    long = patient.post("/reads/", "text=" + "x" * 200, "application/x-www-form-urlencoded")

    assert (many.status_code, long.status_code) == (400, 413)
    assert "ช่องมากเกินไป" in page_of(many)
    assert "ยาวเกิน" in page_of(long)


def test_too_large_files_are_a_413_that_keeps_the_text(client, settings):
    settings.FILES_MAX_BODY_BYTES = 2_000
    client.force_login(MemberFactory())
    upload = SimpleUploadedFile("ใหญ่.pdf", b"x" * 5_000)

    answer = client.post("/reads/", {"text": LONG, "file": upload})

    assert answer.status_code == 413
    assert LONG.strip() in page_of(answer)
    assert "ใหญ่.pdf" in page_of(answer)


@pytest.mark.parametrize(("address", "status"), [("/away/", 503), ("/broken/", 500)])
def test_htmx_gets_a_message_and_no_page(patient, address, status):
    answer = patient.post(address, {"x": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == status
    assert "<!doctype" not in page_of(answer)
    assert 'role="alert"' in page_of(answer)


def test_a_driver_that_is_cut_off_counts_as_away_and_our_own_mistakes_do_not():
    cut_off = DatabaseError("error with status PGRES_TUPLES_OK and no message")
    cut_off.__cause__ = Exception("of the driver")

    assert is_database_away(OperationalError())
    assert is_database_away(InterfaceError())
    assert is_database_away(cut_off)
    assert not is_database_away(DatabaseError("Save with update_fields did not affect any rows."))
    assert not is_database_away(ValueError())


def test_a_body_that_cannot_be_read_gives_nothing_back():
    request = RequestFactory().post("/x/", "not a form", "multipart/form-data; boundary=x")

    assert not what_was_sent(request)


def test_no_room_on_the_disk_is_a_507_that_gives_back_what_was_typed(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        answer = client.post("/full/", {"text": LONG})

    assert answer.status_code == 507
    assert LONG.strip() in page_of(answer)
