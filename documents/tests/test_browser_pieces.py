"""Twenty megabytes over a line that is cut five times: there once, whole."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pikepdf
import pytest
from django.core.files.storage import default_storage
from playwright.sync_api import expect

from documents.models import ResponseKind
from documents.tests.factories import SentLetterFactory, given, received_arrival
from members.models import Member
from portal.files.models import IncomingFile, StoredFile
from portal.files.services import files_of
from portal.files.services.blobs import BLOBS
from portal.files.tests.factories import blank, saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZE = 20 * 1024 * 1024
CUTS = [n * SIZE // 6 for n in range(1, 6)]
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset, as a lost line does


class BrokenLine:
    """Passes connections on to a server, and breaks them whenever so many bytes went up."""

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self.target = (parts.hostname, parts.port)
        self.door = socket.create_server((parts.hostname, 0))
        self.url = f"http://{parts.hostname}:{self.door.getsockname()[1]}"
        self.cuts = list(CUTS)
        self.went_up = 0
        self.was_cut = 0
        self.lock = threading.Lock()
        self.ends: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self.start(self.serve)

    def start(self, work: Callable[..., None], *given: Any) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self.threads.append(thread)
        thread.start()

    def serve(self) -> None:
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            self.ends += [near, far]
            self.start(self.pass_on, near, far, self.breaks_at)
            self.start(self.pass_on, far, near, whole)

    def pass_on(
        self, source: socket.socket, sink: socket.socket, breaks: Callable[[int], bool]
    ) -> None:
        try:
            while data := source.recv(65536):
                if breaks(len(data)):
                    sink.sendall(data[: len(data) // 2])
                    hang_up(source, sink)
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def breaks_at(self, count: int) -> bool:
        with self.lock:
            self.went_up += count
            if not self.cuts or self.went_up < self.cuts[0]:
                return False
            self.cuts.pop(0)
            self.was_cut += 1
            return True

    def close(self) -> None:
        hang_up(self.door, *self.ends)
        for thread in self.threads:
            thread.join(10)


def whole(count: int) -> bool:
    """A direction that nothing breaks."""
    return False


def hang_up(*ends: socket.socket) -> None:
    """Close at once, as a lost line does; whoever reads there hears of it."""
    for end in ends:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.fixture
def line(live_server):
    broken = BrokenLine(live_server.url)
    yield broken
    broken.close()


def large_pdf() -> bytes:
    """A PDF of twenty megabytes that nothing makes smaller."""
    pdf = blank(1)
    pdf.Root.Noise = pikepdf.Stream(pdf, os.urandom(SIZE))
    return saved(pdf)


def test_twenty_megabytes_over_a_line_cut_five_times(phone, sign_in, line, tmp_path):
    phone.watch.expect("another host")
    phone.watch.expect("Failed to load resource: net::ERR_")
    arrival, clerk = received_arrival(letter=SentLetterFactory(response_kind=ResponseKind.FILE))
    Member.objects.filter(pk=clerk.member.pk).update(username="school-clerk")
    sign_in(phone, "school-clerk")
    report = tmp_path / "รายงาน.pdf"
    report.write_bytes(large_pdf())
    sha256 = hashlib.sha256(report.read_bytes()).hexdigest()
    phone.goto(f"{line.url}{arrival.get_absolute_url()}?as={arrival.pk}")

    phone.set_input_files("[name=files]", report)
    phone.get_by_role("button", name="ส่งคำตอบ").click()  # the form waits for its file
    expect(phone.locator(".messages")).to_contain_text("ส่งคำตอบแล้ว", timeout=120_000)

    assert line.was_cut == len(CUTS)
    [use] = files_of(given(arrival)[0])
    assert (use.name, use.stored.sha256) == ("รายงาน.pdf", sha256)
    assert StoredFile.objects.filter(sha256=sha256).count() == 1
    assert IncomingFile.objects.count() == 1
    shelf = default_storage.listdir(f"{BLOBS}/{sha256[:2]}")[1]  # others' files may lie there, too
    assert [name for name in shelf if sha256[2:12] in name] == [sha256[2:]]
