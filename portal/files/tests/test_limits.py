"""What an upload may bring: the rest of a form survives a file that is too long."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from members.tests.factories import MemberFactory
from portal.core.actors import SYSTEM
from portal.files.middleware import GuardUploads
from portal.files.services import PDF_ONLY, FileRefused, store_upload
from portal.files.tests import factories as made

pytestmark = pytest.mark.django_db

LIMIT = 100_000


@pytest.fixture
def small(settings):
    settings.FILES_MAX_BYTES = LIMIT
    settings.FILES_MAX_BODY_BYTES = 4 * LIMIT


@pytest.fixture(params=[0, 10_000_000], ids=["by disk", "by memory"])
def either_way(settings, request):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = request.param


@pytest.fixture
def form():
    """A form as the browser sends it, read by Django."""
    requests = []

    def form(**fields):
        requests.append(RequestFactory().post("/", fields))
        return requests[-1].POST, requests[-1].FILES

    yield form
    for request in requests:
        request.close()


@pytest.mark.parametrize("size", [LIMIT + 1, 3 * LIMIT])
def test_a_file_over_the_limit_does_not_take_the_form_with_it(small, settings, form, size):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0

    typed, files = form(
        subject="เรื่องที่พิมพ์ไว้",
        main=SimpleUploadedFile("ใหญ่.pdf", bytes(size)),
        other=SimpleUploadedFile("เล็ก.pdf", made.pdf_bytes()),
    )

    assert typed["subject"] == "เรื่องที่พิมพ์ไว้"
    assert (files["main"].name, files["main"].size) == ("ใหญ่.pdf", size)
    assert files["main"].read() == b""
    assert files["other"].read() == made.pdf_bytes()
    with pytest.raises(FileRefused) as refused:
        store_upload(files["main"], by=SYSTEM, kinds=PDF_ONLY)
    assert refused.value.reason == "too_large"


def test_a_file_of_just_the_limit_is_whole(small, either_way, form):
    _, files = form(main=SimpleUploadedFile("a.pdf", bytes(LIMIT)))

    assert files["main"].read() == bytes(LIMIT)


def test_a_file_within_the_limit_comes_whole(small, either_way, form):
    _, files = form(main=SimpleUploadedFile("a.pdf", made.drawn_pdf()))

    assert store_upload(files["main"], by=SYSTEM, kinds=PDF_ONLY).page_count == 3


@pytest.fixture
def post(client):
    """Send a form with a file of this size; whoever is signed in has no file of that name: 404."""
    client.force_login(MemberFactory())

    def post(size):
        address = reverse("files:more-pages", args=["00000000-0000-4000-8000-000000000000"])
        return client.post(address, {"main": SimpleUploadedFile("a.pdf", bytes(size))})

    return post


def test_a_body_over_the_limit_is_refused_in_words(small, post):
    response = post(4 * LIMIT)

    assert response.status_code == 413
    assert "รวมกันใหญ่เกิน" in response.content.decode()
    assert post(LIMIT).status_code == 404


def test_nothing_is_taken_in_when_the_disk_is_nearly_full(settings, post):
    assert post(2_000_000).status_code == 404
    settings.FILES_MIN_FREE_BYTES = 10**18

    response = post(2_000_000)

    assert response.status_code == 507
    assert "ใกล้เต็ม" in response.content.decode()


def test_who_is_not_signed_in_has_nothing_to_upload(settings, client):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = LIMIT
    address = reverse("account_login")

    response = client.post(address, {"main": SimpleUploadedFile("a.pdf", bytes(2 * LIMIT))})

    assert response.status_code == 413


def test_a_form_without_files_is_nobodys_business(rf):
    request = rf.post("/", "a=b", content_type="application/x-www-form-urlencoded")

    guard = GuardUploads(lambda request: None)

    assert guard.process_view(request, lambda: None, (), {}) is None
