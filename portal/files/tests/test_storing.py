"""Files on their way in: looked at, kept once, refused in words; and taken away when unused."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from members.tests.factories import SchoolFactory
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import DOCX, JPEG, PDF
from portal.files.domain.problems import BadFile
from portal.files.models import FileUse, PagesState, StoredFile
from portal.files.services import (
    ENCLOSURES,
    PDF_ONLY,
    PICTURES,
    FileRefused,
    StorageFull,
    attach,
    detach,
    files_of,
    files_of_many,
    read_bytes,
    render_pages,
    store_bytes,
    store_upload,
    sweep_files,
)
from portal.files.services.blobs import blob_name, picture_name
from portal.files.services.limited import HOME, run_limited
from portal.files.tests import factories as made
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db

DAY = 24 * 3600
IN_MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    """Each test has a storage of its own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files"), "base_url": None},
        }
    }
    return tmp_path / "files"


class FullStorage(FileSystemStorage):
    """A disk on which nothing more finds room."""

    def _save(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")


def kept(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_bytes_are_kept_unchanged_under_their_hash(own_storage):
    data = made.pdf_bytes(3)

    stored = store_upload(made.upload(data), by=SYSTEM, kinds=PDF_ONLY)

    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert (stored.size, stored.media_type, stored.page_count) == (len(data), PDF, 3)
    assert stored.pages_state == PagesState.WAITING
    assert kept(own_storage) == [f"blobs/{stored.sha256[:2]}/{stored.sha256[2:]}"]
    assert read_bytes(stored) == data
    assert OutboxMessage.objects.get().topic == "files.render_pages"


def test_equal_bytes_are_kept_once(own_storage):
    first = store_upload(made.upload(made.pdf_bytes()), by=SYSTEM, kinds=PDF_ONLY)

    second = store_upload(made.upload(made.pdf_bytes(), "b.pdf"), by=SYSTEM, kinds=PDF_ONLY)

    assert second == first
    assert len(kept(own_storage)) == 1
    assert OutboxMessage.objects.count() == 1


def test_other_bytes_are_another_file(own_storage):
    store_bytes(made.pdf_bytes(mark="a"), by=SYSTEM, media_type=PDF)

    store_bytes(made.pdf_bytes(mark="b"), by=SYSTEM, media_type=PDF)

    assert len(kept(own_storage)) == 2


def test_an_office_file_has_no_pages():
    stored = store_upload(made.upload(made.office("docx"), "ก.docx"), by=SYSTEM, kinds=ENCLOSURES)

    assert (stored.media_type, stored.page_count) == (DOCX, None)
    assert stored.pages_state == PagesState.NONE
    assert OutboxMessage.objects.count() == 0


def test_a_picture_is_kept_as_it_was_drawn_anew():
    given = made.camera_picture()

    stored = store_upload(made.upload(given, "IMG.jpg"), by=SYSTEM, kinds=PICTURES)

    assert stored.media_type == JPEG
    assert stored.sha256 != hashlib.sha256(given).hexdigest()
    assert b"SECRET-CAMERA" not in read_bytes(stored)


@pytest.mark.parametrize(
    ("data", "name", "kinds"),
    [
        (made.NOTHING, "a.pdf", PDF_ONLY),
        (made.HTML, "a.pdf", PDF_ONLY),
        (made.GARBAGE, "a.pdf", PDF_ONLY),
        (made.encrypted_pdf(), "a.pdf", PDF_ONLY),
        (made.truncated_pdf(), "a.pdf", PDF_ONLY),
        (made.pdf_bytes(501), "a.pdf", PDF_ONLY),
        (made.zipped({"a.pdf": b"a"}), "a.pdf", PDF_ONLY),
        (made.office("docx"), "a.docx", PDF_ONLY),
        (made.bomb_zip(), "a.zip", ENCLOSURES),
        (made.pixel_bomb(), "a.png", PICTURES),
    ],
    ids=made.words,
)
def test_of_a_refused_file_nothing_is_kept(own_storage, data, name, kinds):
    with pytest.raises(FileRefused):
        store_upload(made.upload(data, name), by=SYSTEM, kinds=kinds)

    assert kept(own_storage) == []
    assert StoredFile.objects.count() == 0
    assert OutboxMessage.objects.count() == 0


def test_a_hundred_megabytes_are_refused_before_anything_is_read():
    class Unread(SimpleUploadedFile):
        def chunks(self, chunk_size=None):
            raise AssertionError("the file was read")

    upload = Unread("ใหญ่.pdf", b"%PDF-1.7")
    upload.size = 100 * 1024 * 1024

    with pytest.raises(FileRefused) as refused:
        store_upload(upload, by=SYSTEM, kinds=PDF_ONLY)

    assert refused.value.reason == "too_large"
    assert "100\u00a0MB" in str(refused.value)
    assert "50\u00a0MB" in str(refused.value)


def test_a_full_disk_leaves_no_row_and_no_rubbish(settings, own_storage):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": f"{__name__}.FullStorage",
            "OPTIONS": {"location": str(own_storage), "base_url": None},
        }
    }

    with pytest.raises(StorageFull) as full:
        store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)

    assert full.value.status == 507
    assert StoredFile.objects.count() == 0
    assert kept(own_storage) == []


def test_a_storage_without_paths_serves_as_well(settings):
    settings.STORAGES = settings.STORAGES | {"default": IN_MEMORY}
    data = made.pdf_bytes(2)

    stored = store_upload(made.upload(data), by=SYSTEM, kinds=PDF_ONLY)
    render_pages(stored)

    assert read_bytes(stored) == data
    assert default_storage.exists(picture_name(stored.sha256, 2))


def test_what_a_crash_left_half_written_is_put_right():
    data = made.pdf_bytes()
    name = blob_name(hashlib.sha256(data).hexdigest())
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True)
    path.write_bytes(data[:100])

    stored = store_bytes(data, by=SYSTEM, media_type=PDF)

    assert read_bytes(stored) == data


def test_bytes_that_got_lost_come_back_with_the_next_upload():
    data = made.pdf_bytes()
    stored = store_bytes(data, by=SYSTEM, media_type=PDF)
    default_storage.delete(blob_name(stored.sha256))

    again = store_bytes(data, by=SYSTEM, media_type=PDF)

    assert again == stored
    assert read_bytes(again) == data


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_from_eight_at_once_are_one_file(race, own_storage):
    data = made.pdf_bytes(2)

    results = race(8, lambda _: store_bytes(data, by=SYSTEM, media_type=PDF).pk)

    assert len(set(results)) == 1
    assert len(kept(own_storage)) == 1
    assert OutboxMessage.objects.count() == 1


# The small process ------------------------------------------------------------------------------


def in_limits(code: str) -> subprocess.CompletedProcess[bytes]:
    lines = f"from portal.files.domain.limited import limit\nlimited = limit()\n{code}"
    return subprocess.run([sys.executable, "-c", lines], cwd=HOME, capture_output=True)


def test_a_job_that_takes_too_long_is_ended(tmp_path):
    (tmp_path / "a.pdf").write_bytes(made.pdf_bytes())
    wanted = {"path": str(tmp_path / "a.pdf"), "name": "a.pdf", "kinds": "pdf", "redrawn": "x"}

    with pytest.raises(BadFile) as refused:
        run_limited("inspect", seconds=0.001, **wanted)

    assert refused.value.reason == "unreadable"
    assert run_limited("inspect", seconds=60, **wanted)["media_type"] == PDF


def test_a_job_that_breaks_is_a_refused_file(tmp_path):
    with pytest.raises(BadFile) as refused:
        run_limited(
            "inspect", seconds=60, path=str(tmp_path / "none"), name="a", kinds="pdf", redrawn="x"
        )

    assert refused.value.reason == "unreadable"


def test_memory_is_limited():
    taken = in_limits("print(len(bytearray(2 * 1024**3)))")

    assert b"MemoryError" in taken.stderr
    assert in_limits("print(len(bytearray(1024**2)))").stdout == b"1048576\n"


def test_there_is_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        call = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5); print('in')"
        reached = in_limits(f"print(limited); {call}")
        free = subprocess.run([sys.executable, "-c", call], capture_output=True)
    if reached.stdout.startswith(b"False"):
        pytest.skip("this system gives no process a network of its own")

    assert free.stdout == b"in\n"
    assert b"in\n" not in reached.stdout


# Hanging on things ------------------------------------------------------------------------------


def test_files_hang_in_order_and_by_role():
    school = SchoolFactory()
    stored = store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)
    second = attach(stored, school, role="enclosure", name="2.pdf", by=SYSTEM, position=2)
    first = attach(stored, school, role="enclosure", name="1.pdf", by=SYSTEM, position=1)
    main = attach(stored, school, role="main", name="0.pdf", by=SYSTEM)
    other = made.file_on()

    assert files_of(school) == [main, first, second]
    assert files_of(school, "enclosure") == [first, second]
    assert other not in files_of(school)


def test_a_file_that_was_taken_off_hangs_there_no_more():
    school = SchoolFactory()
    use = made.file_on(school)
    assert files_of(school) == [use]

    detach(use, by=SYSTEM)

    assert files_of(school) == []
    assert FileUse.objects.get().removed_at is not None


def test_the_files_of_many_are_one_query(django_assert_num_queries):
    schools = [SchoolFactory() for _ in range(3)]
    uses = [made.file_on(school, data=made.pdf_bytes(mark=school.name)) for school in schools]

    with django_assert_num_queries(1):
        found = files_of_many(schools)
        sizes = [use.stored.size for school in schools for use in found[school.pk]]

    assert [found[school.pk] for school in schools] == [[use] for use in uses]
    assert len(sizes) == 3
    assert files_of_many([]) == {}


# The sweep --------------------------------------------------------------------------------------


@pytest.mark.engine
def test_what_nothing_uses_is_gone_a_day_later(settings, own_storage):
    unused = store_bytes(made.pdf_bytes(2), by=SYSTEM, media_type=PDF)
    render_pages(unused)
    removed = made.file_on(data=made.pdf_bytes(mark="removed"))
    detach(removed, by=SYSTEM)
    used = made.file_on(data=made.pdf_bytes(mark="used"))
    assert sweep_files() == 0
    settings.CLOCK_SHIFT_SECONDS = DAY + 60

    gone = sweep_files()

    assert gone == 2
    assert list(StoredFile.objects.all()) == [used.stored]
    assert list(FileUse.objects.all()) == [used]
    assert kept(own_storage) == [blob_name(used.stored.sha256)]
    assert sweep_files() == 0


def test_what_was_handed_in_again_is_spared(settings):
    stored = store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)
    settings.CLOCK_SHIFT_SECONDS = DAY + 60
    store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)

    assert sweep_files() == 0
    assert StoredFile.objects.get() == stored


def test_bytes_without_a_row_are_gone_a_day_later(settings, own_storage):
    sha256 = "ab" * 32
    orphans = [blob_name(sha256), picture_name(sha256, 1)]
    for name in orphans:
        path = own_storage / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"left by a crash")
    assert sweep_files() == 0
    assert kept(own_storage) == sorted(orphans)
    settings.CLOCK_SHIFT_SECONDS = DAY + 60

    sweep_files()

    assert kept(own_storage) == []


def test_what_an_upload_left_that_was_cut_off_is_gone_a_day_later(own_storage):
    young, old = own_storage / "incoming/in-a", own_storage / "incoming/in-b"
    for folder in (young, old):
        folder.mkdir(parents=True)
        (folder / "given").write_bytes(b"half a file")
    os.utime(old, (0, 0))

    sweep_files()

    assert kept(own_storage) == ["incoming/in-a/given"]


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_the_sweep_never_takes_what_is_being_handed_in(race, settings):
    data = made.pdf_bytes()
    store_bytes(data, by=SYSTEM, media_type=PDF)

    for _ in range(3):
        settings.CLOCK_SHIFT_SECONDS += DAY + 60
        results = race(
            8,
            lambda n: sweep_files() if n % 2 else store_bytes(data, by=SYSTEM, media_type=PDF).pk,
        )

        assert [result for result in results if isinstance(result, Exception)] == []
        assert read_bytes(StoredFile.objects.get()) == data


def test_a_storage_that_holds_nothing_yet_can_be_swept(own_storage):
    shutil.rmtree(own_storage, ignore_errors=True)

    assert sweep_files() == 0


def test_the_bytes_on_disk_belong_to_the_portal_alone():
    stored = store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)

    assert Path(default_storage.path(blob_name(stored.sha256))).stat().st_mode & 0o077 == 0
