"""Files that come in pieces: over a line that breaks, in two windows, by strangers, for nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from members.services import actor_of
from members.tests.factories import HoldingFactory, OfficeFactory, SchoolFactory
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError
from portal.files.adapters.pieces import FilesInPieces
from portal.files.models import IncomingFile, IncomingPiece, StoredFile
from portal.files.services import ENCLOSURES, FileRefused, store_upload, sweep_files
from portal.files.services.pieces import (
    LARGEST_PIECE,
    PIECES,
    WrongPlace,
    add_piece,
    begin_file,
    brought_files,
    drop_file,
)
from portal.files.tests import factories as made
from tests.threads import run_threads

pytestmark = pytest.mark.django_db

PIECE = 100


@pytest.fixture
def sender():
    return actor_of(HoldingFactory(unit=SchoolFactory(office=OfficeFactory())).member)


@pytest.fixture
def stranger():
    return actor_of(HoldingFactory(unit=SchoolFactory(office=OfficeFactory())).member)


def begin(data, *, by, key="key-of-this-file", name="แผนที่.pdf", sha256=""):
    return begin_file(name=name, size=len(data), key=key, sha256=sha256, by=by)


def send(file, data, *, by, piece=PIECE):
    for offset in range(file.received, len(data), piece):
        file = add_piece(file, offset=offset, data=data[offset : offset + piece], by=by)
    return file


def brought(file, *, by):
    return brought_files([file.public_id], by=by).get(file.public_id)


# The way in -------------------------------------------------------------------------------------


def test_the_pieces_become_the_file_and_go_through_the_same_look(sender):
    data = made.pdf_bytes()
    file = send(begin(data, by=sender), data, by=sender)

    stored = store_upload(brought(file, by=sender), by=sender, kinds=ENCLOSURES)

    assert (stored.sha256, stored.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert StoredFile.objects.count() == 1


def test_a_bad_file_is_refused_as_if_it_had_come_at_once(sender):
    data = made.bomb_zip()
    file = send(begin(data, by=sender, name="ระเบิด.zip"), data, by=sender)

    with pytest.raises(FileRefused):
        store_upload(brought(file, by=sender), by=sender, kinds=ENCLOSURES)

    assert not StoredFile.objects.exists()


def test_the_same_key_goes_on_where_the_line_broke(sender):
    data = made.pdf_bytes()
    add_piece(begin(data, by=sender), offset=0, data=data[:PIECE], by=sender)

    again = begin(data, by=sender)
    send(again, data, by=sender)

    assert again.received == PIECE
    assert IncomingFile.objects.count() == 1
    assert brought(again, by=sender).read() == data


def test_a_piece_elsewhere_than_at_the_end_is_refused_with_the_end(sender):
    data = made.pdf_bytes()
    file = add_piece(begin(data, by=sender), offset=0, data=data[:PIECE], by=sender)

    for offset in (0, 50, 2 * PIECE):
        with pytest.raises(WrongPlace) as refused:
            add_piece(file, offset=offset, data=data[:PIECE], by=sender)
        assert refused.value.received == PIECE


def test_without_the_check_of_the_place_the_file_would_differ(sender):
    """The control: the same pieces with one sent twice, laid down as they come."""
    data = made.pdf_bytes()
    laid = data[:PIECE] + data[:PIECE] + data[PIECE:]

    assert hashlib.sha256(laid).hexdigest() != hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("length", [0, LARGEST_PIECE + 1])
def test_a_piece_of_no_honest_length_is_refused(sender, length):
    file = begin(bytes(LARGEST_PIECE * 3), by=sender)

    with pytest.raises(DomainError):
        add_piece(file, offset=0, data=bytes(length), by=sender)
    assert not IncomingPiece.objects.exists()


def test_more_than_was_said_is_refused(sender):
    file = begin(b"12345", by=sender)

    with pytest.raises(DomainError):
        add_piece(file, offset=0, data=b"123456", by=sender)


def test_what_does_not_arrive_as_it_left_is_not_handed_over(sender):
    data = made.pdf_bytes()
    file = begin(data, by=sender, sha256=hashlib.sha256(data).hexdigest())
    send(file, data[:-1] + b"!", by=sender)

    with pytest.raises(DomainError):
        brought_files([file.public_id], by=sender)


def test_one_key_is_one_file(sender):
    begin(b"12345", by=sender)

    with pytest.raises(Conflict):
        begin(b"123456", by=sender)


@pytest.mark.parametrize(("size", "most"), [(0, 10), (11, 10)])
def test_an_empty_file_and_one_over_the_limit_have_no_place(sender, settings, size, most):
    settings.FILES_MAX_BYTES = most

    with pytest.raises(FileRefused):
        begin(bytes(size), by=sender)
    assert not IncomingFile.objects.exists()


def test_one_member_has_room_for_so_much_at_once(sender, stranger, settings):
    settings.FILES_MAX_BYTES = 10
    for number in range(20):
        begin(bytes(10), by=sender, key=f"key-number-{number}")

    with pytest.raises(DomainError):
        begin(b"1", by=sender, key="one-too-many")
    assert begin(b"1", by=stranger)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_windows_fill_one_place_once(sender):
    data = made.pdf_bytes()
    file = begin(data, by=sender)
    refused = []

    def one(number):
        try:
            add_piece(file, offset=0, data=data[:PIECE], by=sender)
        except WrongPlace:
            refused.append(number)

    run_threads(8, one)

    assert len(refused) == 7
    assert IncomingPiece.objects.count() == 1
    assert len(default_storage.listdir(f"{PIECES}/{file.public_id}")[1]) == 1


# Whose it is ------------------------------------------------------------------------------------


def test_nobody_else_brings_it_or_knows_of_it(sender, stranger):
    data = made.pdf_bytes()
    file = send(begin(data, by=sender), data, by=sender)

    assert brought(file, by=stranger) is None
    assert brought(file, by=sender) is not None
    drop_file(file, by=stranger)
    assert IncomingFile.objects.filter(pk=file.pk).exists()


def test_half_a_file_is_not_handed_over(sender):
    data = made.pdf_bytes()
    file = add_piece(begin(data, by=sender), offset=0, data=data[:PIECE], by=sender)

    assert brought(file, by=sender) is None


# Nothing stays ----------------------------------------------------------------------------------


def test_what_nobody_goes_on_with_is_swept_after_a_day(sender):
    data = made.pdf_bytes()
    old = send(begin(data, by=sender), data, by=sender)
    new = send(begin(data, by=sender, key="another-key"), data, by=sender)
    IncomingFile.objects.filter(pk=old.pk).update(touched_at=db_now() - timedelta(hours=25))

    sweep_files()

    assert list(IncomingFile.objects.all()) == [new]
    assert not default_storage.listdir(f"{PIECES}/{old.public_id}")[1]
    assert brought(new, by=sender).read() == data


def test_a_form_that_brings_it_keeps_it_from_the_sweep(sender):
    data = made.pdf_bytes()
    file = send(begin(data, by=sender), data, by=sender)
    IncomingFile.objects.update(touched_at=db_now() - timedelta(hours=25))

    brought(file, by=sender)
    sweep_files()

    assert IncomingFile.objects.filter(pk=file.pk).exists()


# The doors --------------------------------------------------------------------------------------


@pytest.fixture
def window(sender):
    client = Client()
    client.force_login(sender.member)
    return client


def start(client, data, *, key="key-of-this-file", name="แผนที่.pdf"):
    told = {"filename": name, "key": key}
    return client.post(
        reverse("files:incoming-files"),
        headers={
            "Upload-Length": str(len(data)),
            "Upload-Metadata": ",".join(
                f"{word} {b64encode(text.encode()).decode()}" for word, text in told.items()
            ),
        },
    )


def patch(client, address, data, offset):
    return client.patch(
        address,
        data,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def test_the_doors_speak_as_tus_does(window):
    data = made.pdf_bytes()

    begun = start(window, data)
    address = begun["Location"]
    first = patch(window, address, data[:PIECE], 0)
    twice = patch(window, address, data[:PIECE], 0)
    asked = window.head(address)
    rest = patch(window, address, data[PIECE:], PIECE)

    assert (begun.status_code, begun["Upload-Offset"]) == (201, "0")
    assert (first.status_code, first["Upload-Offset"]) == (204, str(PIECE))
    assert (twice.status_code, twice["Upload-Offset"]) == (409, str(PIECE))
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == (str(PIECE), str(len(data)))
    assert asked["Cache-Control"] == "no-store"
    assert (rest.status_code, rest["Upload-Offset"]) == (204, str(len(data)))
    assert start(window, data)["Location"] == address
    assert window.delete(address).status_code == 204
    assert window.head(address).status_code == 404


def test_a_stranger_finds_nothing(window, stranger):
    address = start(window, b"12345")["Location"]
    other = Client()
    other.force_login(stranger.member)

    for response in (other.head(address), patch(other, address, b"1", 0), other.delete(address)):
        assert response.status_code == 404
    assert window.head(address).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Length": "x"},
        {"Upload-Length": "-5", "Upload-Metadata": "key a2V5LW9mLXRoaXM="},
        {"Upload-Length": "5", "Upload-Metadata": "key %%%"},
        {"Upload-Length": "5", "Upload-Metadata": "key /w=="},
        {"Upload-Length": "5" * 400, "Upload-Metadata": "key"},
    ],
)
def test_nonsense_is_answered_plainly(window, headers):
    assert window.post(reverse("files:incoming-files"), headers=headers).status_code == 400


def test_a_refusal_says_why(window, settings):
    settings.FILES_MAX_BYTES = 10

    response = start(window, bytes(11))

    assert response.status_code == 422
    assert "รับได้ไม่เกิน" in response.json()["problem"]


@pytest.mark.parametrize("offset", ["", "x", "-1"])
def test_a_piece_without_its_place_is_refused(window, offset):
    address = start(window, b"12345")["Location"]

    assert patch(window, address, b"1", offset).status_code == 400


def test_a_nearly_full_disk_takes_nothing(window, settings):
    address = start(window, b"12345")["Location"]
    settings.FILES_MIN_FREE_PERCENT = 101

    assert start(window, b"12345").status_code == 507
    assert patch(window, address, b"1", 0).status_code == 507


# The form ---------------------------------------------------------------------------------------


def test_a_form_gets_them_as_if_they_had_come_with_it(rf, sender):
    data = made.pdf_bytes()
    file = send(begin(data, by=sender), data, by=sender)
    lines = [f"files:{file.public_id}", f"files:{uuid4()}", "files:x", f":{file.public_id}", ""]
    request = rf.post("/", {"in_pieces": lines, "text": "ข้อความ"})
    request.user, request.actor = sender.member, sender

    FilesInPieces(lambda request: None).process_view(request, None, (), {})

    [given] = request.FILES.getlist("files")
    assert (given.name, given.size, given.read()) == ("แผนที่.pdf", len(data), data)
    assert list(request.FILES) == ["files"]
    request.close()
