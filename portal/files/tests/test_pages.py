"""Pictures of pages: made by the worker, the same however often, small enough to fetch."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.domain.rendering import GOOD_SIZE, as_png, small_png
from portal.files.domain.sizes import picture_size
from portal.files.domain.stamps import corner, drawing
from portal.files.models import PagesState, StoredFile
from portal.files.services import read_bytes, render_pages, store_bytes
from portal.files.services.blobs import blob_name, picture_name
from portal.files.tests import factories as made
from portal.outbox.models import OutboxMessage, OutboxState
from portal.outbox.services import drain
from portal.papers.domain import PLACES, stamp_box

pytestmark = pytest.mark.django_db

GAZETTE = "data/pdf/gazette_saraban_2564.pdf"


def picture_of(stored, number):
    with default_storage.open(picture_name(stored.sha256, number), "rb") as file:
        return file.read()


@pytest.mark.engine
def test_the_worker_makes_the_pictures_and_changes_nothing_when_it_runs_twice():
    data = made.drawn_pdf(3)
    stored = store_bytes(data, by=SYSTEM, media_type=PDF)
    drain("worker")
    first = [picture_of(stored, number) for number in (1, 2, 3)]
    OutboxMessage.objects.update(state=OutboxState.WAITING)

    drain("worker")

    stored.refresh_from_db()
    assert (stored.pages_state, stored.pages_ready) == (PagesState.READY, 3)
    assert [picture_of(stored, number) for number in (1, 2, 3)] == first
    assert read_bytes(stored) == data
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.DONE}


def test_two_workers_at_once_make_the_same_pictures():
    stored = store_bytes(made.drawn_pdf(2), by=SYSTEM, media_type=PDF)
    rival = StoredFile.objects.get()
    render_pages(rival)
    before = picture_of(stored, 1)

    render_pages(stored)

    assert picture_of(stored, 1) == before
    folder = picture_name(stored.sha256, 1).rpartition("/")[0]
    assert sorted(default_storage.listdir(folder)[1]) == ["1.png", "2.png"]


def test_a_picture_is_a4_in_sixteen_greys():
    stored = store_bytes(made.drawn_pdf(), by=SYSTEM, media_type=PDF)
    render_pages(stored)

    with Image.open(io.BytesIO(picture_of(stored, 1))) as picture:
        assert picture.size == (850, 1202)
        assert len(picture.convert("RGB").getcolors()) <= 16
        assert picture.convert("L").getextrema() == (0, 255)


def test_a_turned_page_is_drawn_as_the_reader_sees_it():
    stored = store_bytes(made.turned_pdf(), by=SYSTEM, media_type=PDF)
    render_pages(stored)

    with Image.open(io.BytesIO(picture_of(stored, 1))) as picture:
        assert picture.size == stored.picture_size(1) == (1700, 850)


@pytest.mark.parametrize(
    ("points", "pixels"),
    [
        ((595.28, 841.89), (850, 1202)),
        ((841.89, 595.28), (1202, 850)),
        ((14_400, 14_400), (850, 850)),
        ((100, 14_400), (17, 2400)),
        ((1, 1), (850, 850)),
    ],
)
def test_no_page_makes_a_picture_without_bounds(points, pixels):
    assert picture_size(*points) == pixels


def test_a_bomb_ends_in_the_small_process_and_is_marked():
    stored = store_bytes(made.content_bomb_pdf(), by=SYSTEM, media_type=PDF)

    drain("worker")

    stored.refresh_from_db()
    assert (stored.pages_state, stored.pages_ready) == (PagesState.FAILED, 0)
    assert OutboxMessage.objects.get().state == OutboxState.DONE


def test_a_document_that_cannot_be_drawn_is_marked_and_still_there():
    data = made.pdf_bytes()
    stored = store_bytes(data, by=SYSTEM, media_type=PDF)
    default_storage.delete(blob_name(stored.sha256))
    default_storage.save(blob_name(stored.sha256), io.BytesIO(made.GARBAGE))

    drain("worker")

    stored.refresh_from_db()
    assert (stored.pages_state, stored.pages_ready) == (PagesState.FAILED, 0)
    assert OutboxMessage.objects.get().state == OutboxState.DONE


def test_a_file_that_was_swept_meanwhile_needs_no_pictures():
    store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)
    StoredFile.objects.all().delete()

    drain("worker")

    assert OutboxMessage.objects.get().state == OutboxState.DONE


@pytest.mark.shared
def test_a_real_letter_is_drawn_in_eighty_kilobytes_a_page(shared):
    stored = store_bytes((shared / GAZETTE).read_bytes(), by=SYSTEM, media_type=PDF)
    render_pages(stored)

    sizes = [len(picture_of(stored, number)) for number in range(1, 16)]

    assert stored.page_count == 15
    assert max(sizes) <= 80 * 1024
    assert min(sizes) > 10 * 1024


# The stamp over the picture ---------------------------------------------------------------------

STAMP = {"unit": "โรงเรียน", "number": "612", "date": "19 พ.ย. 2569", "time": "09.42 น."}


@pytest.mark.parametrize("place", sorted(PLACES))
@pytest.mark.parametrize("page", [(210.0, 297.0), (297.0, 210.0), (90.0, 120.0), (40.0, 20.0)])
def test_the_stamp_lies_where_the_stamped_pdf_has_it(place, page):
    assert corner(*page, place) == stamp_box(*page, place)


def test_a_long_name_is_made_smaller_and_stays_in_its_frame():
    short = drawing(STAMP, "top_right", (210, 297))
    long = drawing(STAMP | {"unit": "โรงเรียน" * 6}, "top_right", (210, 297))

    assert short.title_length == 0
    assert long.title_size < short.title_size
    assert long.title_length == 44


def test_a_photograph_of_a_page_is_made_smaller_until_it_is_light():
    noise = Image.effect_noise((850, 1202), 120)

    drawn = small_png(noise)

    assert len(as_png(noise, 8)) > GOOD_SIZE  # the control: fewer greys alone would not do
    assert len(drawn) <= GOOD_SIZE
    picture = Image.open(io.BytesIO(drawn))
    assert abs(picture.width / picture.height - 850 / 1202) < 0.01
