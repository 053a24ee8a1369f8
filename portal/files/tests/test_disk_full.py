"""A disk that is really full: clear words, no row without its bytes, no bytes without a row.

As root the files lie on a small tmpfs; else no file of this process may grow (RLIMIT_FSIZE).
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.tests.factories import acting
from portal.announcements.models import Announcement
from portal.announcements.services import create_announcement
from portal.files.models import FileUse, StoredFile
from portal.files.services import sweep_files
from portal.files.services.blobs import blob_name
from portal.files.tests.factories import blank, saved

pytestmark = pytest.mark.django_db

DISK = 2 * 1024 * 1024
UPLOAD = 300_000
LIMITED = 12 * 1024 * 1024  # more than the database of a test, less than an upload without root
UPLOADS = 8
DAY = 24 * 3600
FULL = "ที่เก็บไฟล์เต็ม"


@pytest.fixture
def disk(settings, tmp_path):
    """A folder with little room; returns it with the size of an upload it soon has no room for."""
    place = tmp_path / "small"
    place.mkdir()
    with ExitStack() as undo:
        size = UPLOAD if _mounted(place, undo) else _no_file_may_grow(undo)
        (place / "uploads").mkdir()
        settings.FILE_UPLOAD_TEMP_DIR = str(place / "uploads")
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
        settings.FILES_MIN_FREE_BYTES = settings.FILES_MIN_FREE_PERCENT = 0
        settings.STORAGES = settings.STORAGES | {
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(place / "files"), "base_url": None},
            }
        }
        yield place, size


def _mounted(place, undo):
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)]
    if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
        return False  # a container without the right to mount
    undo.callback(subprocess.run, ["umount", str(place)], check=True)
    return True


def _no_file_may_grow(undo):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMITED, before[1]))
    undo.callback(resource.setrlimit, resource.RLIMIT_FSIZE, before)
    return LIMITED + 1024


@pytest.fixture
def draft(world):
    officer = world.members["officer"]
    return create_announcement(
        world.group, title="ร่าง", text="<p>ครบ</p>", key=uuid4(), by=acting(officer)
    )


def a_pdf(number, size):
    """A sound PDF of about this many bytes that no other is equal to."""
    pdf = blank()
    noise = random.Random(number).randbytes(size)
    pdf.Root.Noise = pdf.make_indirect(pdf.make_stream(noise))
    return SimpleUploadedFile(f"{number}.pdf", saved(pdf), content_type="application/pdf")


def blobs(place):
    return {path for path in place.glob("files/blobs/*/*") if path.is_file()}


def body_of(draft, **more):
    fields = {"title": "ชื่อที่เพิ่งพิมพ์", "text": "<p>ครบ</p>", "version": draft.version}
    return fields | {"visibility": "recipients"} | more


def attach_to(client, draft, number, size):
    now = Announcement.objects.get(pk=draft.pk)
    url = reverse("announcements:upload", args=[draft.pk])
    return client.post(url, body_of(now, attachment=a_pdf(number, size)))


def test_uploads_to_a_disk_that_fills_up(client, world, draft, disk):
    place, size = disk
    client.force_login(world.members["officer"])

    small = attach_to(client, draft, 0, 1_000)
    answers = [attach_to(client, draft, number, size) for number in range(1, UPLOADS)]

    refused = [answer for answer in answers if answer.status_code != 302]
    assert small.status_code == 302
    assert refused
    assert {answer.status_code for answer in refused} <= {409, 422, 507}
    assert all(FULL in answer.content.decode() for answer in refused)
    assert "ชื่อที่เพิ่งพิมพ์" in refused[-1].content.decode()
    rows = {place / "files" / blob_name(row.sha256): row.size for row in StoredFile.objects.all()}
    assert {path: path.stat().st_size for path in rows} == rows
    assert FileUse.objects.count() == len(rows) == 1 + len(answers) - len(refused)
    assert list((place / "uploads").iterdir()) == []
    for path in blobs(place):
        os.utime(path, (path.stat().st_atime - 2 * DAY, path.stat().st_mtime - 2 * DAY))
    sweep_files()
    assert blobs(place) == set(rows)
    assert client.get(reverse("home")).status_code == 200
