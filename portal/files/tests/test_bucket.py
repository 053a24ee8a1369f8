"""Files in a bucket on loopback: kept, read through the gate, drawn, swept; and a silent bucket."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from uuid import uuid4

import boto3
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from moto.server import ThreadedMotoServer

from members.tests.factories import HoldingFactory, OfficeFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import bangkok, db_now
from portal.files.adapters.bucket import BucketSilent
from portal.files.domain.kinds import PDF
from portal.files.models import StoredFile
from portal.files.services import (
    PDF_ONLY,
    attach,
    detach,
    read_bytes,
    render_pages,
    store_bytes,
    store_upload,
    sweep_files,
)
from portal.files.services.blobs import blob_name, picture_name
from portal.files.tests import factories as made

pytestmark = pytest.mark.django_db

KEYS = {"access_key": "for-tests", "secret_key": "only-for-tests", "region_name": "us-east-1"}


@pytest.fixture(scope="module")
def s3():
    """The address of a server that speaks S3 on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, settings):
    """An empty bucket, which is the default storage; returned as its administrator sees it."""
    name = f"files-{uuid4()}"
    made_bucket = boto3.resource(
        "s3",
        endpoint_url=s3,
        aws_access_key_id="for-tests",
        aws_secret_access_key="only-for-tests",
        region_name="us-east-1",
    ).create_bucket(Bucket=name)
    use_bucket(settings, name, s3)
    return made_bucket


def use_bucket(settings, name, address):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "portal.files.adapters.bucket.Bucket",
            "OPTIONS": KEYS | {"bucket_name": name, "endpoint_url": address},
        }
    }


def names(bucket):
    return sorted(found.key for found in bucket.objects.all())


def browser_of(member):
    client = Client()
    client.force_login(member)
    return client


def test_bytes_are_kept_once_under_their_hash(bucket):
    data = made.pdf_bytes(2)

    first = store_upload(made.upload(data), by=SYSTEM, kinds=PDF_ONLY)
    again = store_bytes(data, by=SYSTEM, media_type=PDF)

    assert first == again
    assert names(bucket) == [blob_name(hashlib.sha256(data).hexdigest())]
    assert read_bytes(first) == data


def test_a_file_larger_than_one_part_comes_back_whole(bucket):
    pdf = made.blank()
    pdf.Root.Filling = pdf.make_stream(os.urandom(9 * 1024 * 1024))
    data = made.saved(pdf)

    stored = store_bytes(data, by=SYSTEM, media_type=PDF)

    assert stored.size > 9 * 1024 * 1024
    assert read_bytes(stored) == data


def test_the_portal_gives_the_bytes_and_the_gate_is_asked_first(bucket):
    holding = HoldingFactory(unit=SchoolFactory(office=OfficeFactory()))
    stranger = HoldingFactory(unit=SchoolFactory(office=OfficeFactory()))
    use = made.file_on(holding.post.unit)
    data = read_bytes(use.stored)

    whole = browser_of(holding.member).get(use.url)
    part = browser_of(holding.member).get(use.url, headers={"Range": "bytes=10-19"})
    refused = browser_of(stranger.member).get(use.url)

    assert (whole.status_code, whole.getvalue()) == (200, data)
    assert (part.status_code, part.getvalue()) == (206, data[10:20])
    assert refused.status_code == 404
    assert "Location" not in whole.headers


def test_pictures_of_pages_are_drawn_into_the_bucket_and_shown(bucket):
    holding = HoldingFactory(unit=SchoolFactory(office=OfficeFactory()))
    stored = store_bytes(made.drawn_pdf(2), by=SYSTEM, media_type=PDF)
    use = attach(stored, holding.post.unit, role="main", name="ก.pdf", by=SYSTEM)

    render_pages(stored)

    picture = browser_of(holding.member).get(use.page_url(2))
    assert set(names(bucket)) > {picture_name(stored.sha256, 1), picture_name(stored.sha256, 2)}
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture.getvalue().startswith(b"\x89PNG")


def test_what_was_cut_off_is_put_right(bucket):
    data = made.pdf_bytes()
    bucket.put_object(Key=blob_name(hashlib.sha256(data).hexdigest()), Body=data[:100])

    stored = store_bytes(data, by=SYSTEM, media_type=PDF)

    assert read_bytes(stored) == data


def test_the_sweep_takes_what_nothing_uses_and_what_has_no_row(bucket, clock):
    school = SchoolFactory()
    kept = made.file_on(school)
    dropped = attach(
        store_bytes(made.pdf_bytes(2), by=SYSTEM, media_type=PDF),
        school,
        role="main",
        name="ข.pdf",
        by=SYSTEM,
    )
    detach(dropped, by=SYSTEM)
    bucket.put_object(Key=blob_name("ab" * 32), Body=b"left by a crash")
    before = names(bucket)
    later = bangkok(db_now()) + timedelta(days=2)

    clock(later.year, later.month, later.day, 2, 30)
    sweep_files()

    assert len(before) == 3
    assert names(bucket) == [blob_name(kept.stored.sha256)]


def test_no_file_has_an_address_of_its_own_or_rights_for_all(bucket):
    stored = store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)

    grants = bucket.Object(blob_name(stored.sha256)).Acl().grants

    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    with pytest.raises(ValueError, match="no address"):
        default_storage.url(blob_name(stored.sha256))


def test_a_silent_bucket_is_said_in_words_and_nothing_is_written(bucket, settings):
    holding = HoldingFactory(unit=SchoolFactory())
    use = made.file_on(holding.post.unit)
    use_bucket(settings, "files", "http://127.0.0.1:1")

    with pytest.raises(BucketSilent, match="ที่เก็บไฟล์ไม่ตอบ"):
        store_bytes(made.pdf_bytes(3), by=SYSTEM, media_type=PDF)
    page = browser_of(holding.member).get(use.url)

    assert StoredFile.objects.count() == 1
    assert page.status_code == 503
    assert "ที่เก็บไฟล์ไม่ตอบ" in page.content.decode()


def test_a_bucket_that_is_not_there_is_as_good_as_silent(s3, settings):
    use_bucket(settings, "nobody-made-it", s3)

    with pytest.raises(BucketSilent):
        store_bytes(made.pdf_bytes(), by=SYSTEM, media_type=PDF)

    assert StoredFile.objects.count() == 0
