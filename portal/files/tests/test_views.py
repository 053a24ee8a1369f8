"""The doors to files: the gate first, then the bytes, their parts, their pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.template import RequestContext, Template
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from members.tests.factories import HoldingFactory, OfficeFactory, SchoolFactory
from portal.core import resources
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.files.domain.kinds import DOCX
from portal.files.models import PAGES_AT_ONCE, PagesState, StoredFile
from portal.files.services import attach, detach, render_pages, store_bytes
from portal.files.tests import factories as made
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db

STAMP = {"unit": "โรงเรียนบ้านปากพล", "number": "612", "date": "19 พ.ย. 2569", "time": "09.42 น."}


@pytest.fixture
def school():
    return SchoolFactory(office=OfficeFactory())


@pytest.fixture
def holding(school):
    return HoldingFactory(unit=school)


@pytest.fixture
def reader(holding):
    """A browser in which someone of the school is signed in."""
    client = Client()
    client.force_login(holding.member)
    return client


@pytest.fixture
def stranger():
    client = Client()
    client.force_login(HoldingFactory(unit=SchoolFactory(office=OfficeFactory())).member)
    return client


@pytest.fixture
def use(school):
    return made.file_on(school)


def get(client, address, **headers):
    """Fetch an address to its last byte; `body` holds what came."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.get(address, headers=named)
    response.body = response.getvalue()
    return response


def addresses(use):
    return [use.url, use.inline_url, use.pages_url, use.page_url(1)]


def test_whoever_may_open_the_school_reads_its_file(reader, use):
    response = get(reader, use.url)

    assert response.status_code == 200
    assert response.body == made.pdf_bytes(3)


def test_for_a_stranger_the_file_does_not_exist(reader, stranger, use):
    for address in addresses(use):
        assert get(reader, address).status_code in {200, 202, 204}
        assert get(stranger, address).status_code == 404
    assert stranger.post(use.more_pages_url).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(client, use):
    for address in addresses(use):
        assert get(client, address)["Location"].startswith(reverse("account_login"))


def test_the_same_address_is_gone_the_moment_access_is_withdrawn(reader, holding, use):
    etag = get(reader, use.url)["ETag"]
    holding.to_on = today() - timedelta(days=1)
    holding.save(update_fields=["to_on"])

    for address in addresses(use):
        assert get(reader, address).status_code == 404
        assert get(reader, address, If_None_Match=etag).status_code == 404


def test_a_file_that_was_taken_off_is_gone(reader, use):
    assert get(reader, use.url).status_code == 200
    detach(use, by=SYSTEM)

    for address in addresses(use):
        assert get(reader, address).status_code == 404


def test_equal_bytes_elsewhere_open_no_door(reader, stranger, use):
    elsewhere = made.file_on(SchoolFactory(office=OfficeFactory()))

    assert elsewhere.stored == use.stored
    assert get(reader, elsewhere.url).status_code == 404
    assert get(reader, use.url).status_code == 200


def test_a_file_on_a_thing_the_house_does_not_know_is_closed(reader, school, monkeypatch, use):
    assert get(reader, use.url).status_code == 200
    monkeypatch.delitem(resources._resources, "members.unit")

    assert get(reader, use.url).status_code == 404


def test_an_address_that_was_made_up_is_not_found(reader):
    assert get(reader, reverse("files:download", args=[uuid4()])).status_code == 404


def test_the_bytes_come_with_no_rights_and_for_this_reader_only(reader, use):
    response = get(reader, use.url)

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(use.stored.size)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["ETag"] == f'"{use.stored.sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Content-Disposition"] == (
        'attachment; filename="_______.pdf"; '
        "filename*=UTF-8''%E0%B8%AB%E0%B8%99%E0%B8%B1%E0%B8%87%E0%B8%AA%E0%B8%B7%E0%B8%AD.pdf"
    )


def test_a_browser_that_has_the_bytes_is_told_so(reader, use):
    etag = get(reader, use.url)["ETag"]

    response = get(reader, use.url, If_None_Match=etag)

    assert response.status_code == 304
    assert response.body == b""
    assert response["ETag"] == etag
    assert response["Cache-Control"] == "private, no-cache"
    assert get(reader, use.url, If_None_Match='"other"').status_code == 200


def test_a_pdf_opens_in_the_browser_when_asked(reader, use):
    response = get(reader, use.inline_url)

    assert response["Content-Disposition"].startswith("inline;")
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_a_pdf_with_commands_inside_is_only_saved(reader, school):
    use = made.file_on(school, data=made.script_pdf())

    assert get(reader, use.inline_url)["Content-Disposition"].startswith("attachment;")


def test_everything_else_is_only_saved(reader, school):
    stored = store_bytes(made.office("docx"), by=SYSTEM, media_type=DOCX)
    use = attach(stored, school, role="enclosure", name="แบบ.docx", by=SYSTEM)

    response = get(reader, use.inline_url)

    assert response["Content-Type"] == DOCX
    assert response["Content-Disposition"].startswith("attachment;")
    assert get(reader, use.page_url(1)).status_code == 404


def test_the_head_says_what_would_come(reader, use):
    response = reader.head(use.url)

    assert response.status_code == 200
    assert response.content == b""
    assert response["Content-Length"] == str(use.stored.size)
    assert response["Accept-Ranges"] == "bytes"


def test_a_part_of_a_file_is_given(reader, use):
    data = made.pdf_bytes(3)

    response = get(reader, use.url, Range="bytes=10-19")

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert response["Content-Length"] == "10"
    assert response.body == data[10:20]


def test_a_part_of_other_bytes_is_answered_with_the_whole(reader, use):
    response = get(reader, use.url, Range="bytes=10-19", If_Range='"other"')

    assert response.status_code == 200
    assert response.body == made.pdf_bytes(3)


def test_a_part_outside_the_file_is_refused(reader, use):
    response = get(reader, use.url, Range="bytes=999999-")

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{use.stored.size}"


def test_bytes_that_got_lost_are_said_plainly(reader, use, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }

    response = get(reader, use.url)

    assert response.status_code == 503
    assert "ไม่พบไฟล์นี้ในที่เก็บ" in response.body.decode()


def test_no_file_door_takes_a_method_it_does_not_know(reader, use):
    for address in addresses(use):
        assert reader.post(address).status_code == 405
    assert get(reader, use.more_pages_url).status_code == 405


def test_a_download_asks_three_questions_of_the_database(reader, use, django_assert_num_queries):
    get(reader, use.url)

    with django_assert_num_queries(3):  # the session with its member, file, gate
        get(reader, use.url)


# Pages ------------------------------------------------------------------------------------------


def show(use, client=None, **context):
    """Render the include as another room's page does."""
    text = "{% include 'files/pages.html' with use=use stamp=stamp stamp_place=place only %}"
    request = get(client, use.url).wsgi_request
    return Template(text).render(RequestContext(request, {"use": use, **context}))


def test_a_page_that_is_not_drawn_yet_is_a_paper_that_says_so(reader, use):
    response = get(reader, use.page_url(1))

    assert response.status_code == 202
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "no-store"
    assert "กำลังเตรียมหน้า" in response.body.decode()


def test_a_page_is_a_picture_behind_the_same_gate(reader, stranger, use):
    render_pages(use.stored)

    response = get(reader, use.page_url(3))

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "private, no-cache"
    assert response.body.startswith(b"\x89PNG")
    again = get(reader, use.page_url(3), If_None_Match=response["ETag"])
    assert again.status_code == 304
    assert get(stranger, use.page_url(3)).status_code == 404


@pytest.mark.parametrize("number", [0, 4, 99_999])
def test_there_are_no_pages_but_those_of_the_document(reader, use, number):
    assert get(reader, use.page_url(number)).status_code == 404


def test_who_waits_for_pictures_gets_them_when_they_are_made(reader, use):
    before = get(reader, use.pages_url)
    render_pages(use.stored)

    after = get(reader, use.pages_url)

    assert (before.status_code, before.body) == (204, b"")
    text = after.body.decode()
    assert text.count('hx-swap-oob="true"') == 3
    assert text.count("<img ") == 3
    assert "every 2s" not in text


def test_the_desk_asks_every_two_seconds_until_the_pictures_are_there(reader, use):
    waiting = show(use, reader)
    render_pages(use.stored)
    use.stored.refresh_from_db()

    ready = show(use, reader)

    assert 'hx-trigger="every 2s"' in waiting
    assert "<img" not in waiting
    assert "every 2s" not in ready
    assert ready.count("<img ") == 3


def test_the_desk_names_each_page_for_those_who_do_not_see_it(reader, use):
    render_pages(use.stored)
    use.stored.refresh_from_db()

    text = show(use, reader)

    assert 'alt="หน้า 1 จาก 3 ของ หนังสือ.pdf"' in text
    assert 'width="850" height="1202"' in text
    assert text.count('loading="lazy"') == 2
    assert escape(use.inline_url) in text
    assert "style=" not in text


def test_the_stamp_lies_over_the_first_page_only(reader, use):
    text = show(use, reader, stamp=STAMP, place="top_right")

    assert text.count('class="paper-stamp"') == 1
    assert 'viewBox="0 0 210.0 297.0"' in text
    assert "translate(155.0 5.0)" in text
    assert "โรงเรียนบ้านปากพล" in text
    assert "612" in text
    assert "#2B3F9E" in text
    assert "paper-stamp" not in show(use, reader)


def test_the_stamp_can_stand_anywhere(reader, use):
    text = show(use, reader, stamp=STAMP | {"x": 50, "y": 10}, place="top_right")

    assert "translate(105.0 29.7)" in text


def test_a_document_that_cannot_be_drawn_can_still_be_opened(reader, use):
    StoredFile.objects.update(pages_state=PagesState.FAILED)
    use.stored.refresh_from_db()

    text = show(use, reader)

    assert "ทำภาพหน้านี้ไม่ได้ เปิด PDF อ่านแทน" in text
    assert "every 2s" not in text
    assert escape(use.inline_url) in text


@pytest.fixture
def long_use(school):
    """A document of 45 pages of which the first twenty are drawn."""
    use = made.file_on(school, data=made.pdf_bytes(45))
    render_pages(use.stored)
    use.stored.refresh_from_db()
    return use


def test_further_pages_are_ordered_once(reader, long_use):
    before = OutboxMessage.objects.count()
    assert "ดูอีก 20 หน้า" in show(long_use, reader)

    first = reader.post(long_use.more_pages_url, headers={"HX-Request": "true"})
    second = reader.post(long_use.more_pages_url, headers={"HX-Request": "true"})

    assert first.status_code == second.status_code == 200
    assert first.content.decode().count("paper-waiting") == 20
    assert "every 2s" in first.content.decode()
    assert OutboxMessage.objects.count() == before + 1
    stored = StoredFile.objects.get()
    assert (stored.pages_wanted, stored.pages_state) == (2 * PAGES_AT_ONCE, PagesState.WAITING)


def test_further_pages_come_without_javascript_too(reader, long_use):
    response = reader.post(
        long_use.more_pages_url, headers={"Referer": "http://testserver/letters/1/"}
    )
    elsewhere = reader.post(
        long_use.more_pages_url, headers={"Referer": "https://elsewhere.example/"}
    )

    assert response["Location"] == "http://testserver/letters/1/"
    assert elsewhere["Location"] == long_use.inline_url


def test_the_last_pages_end_the_asking(reader, long_use):
    for _ in range(2):
        reader.post(long_use.more_pages_url)
        render_pages(StoredFile.objects.get())

    text = get(reader, long_use.pages_url).body.decode()

    assert text.count("<img ") == 45
    assert "<form" not in text
    assert get(reader, long_use.page_url(45)).status_code == 200


def test_the_order_for_pages_carries_its_token_inside_an_isolated_include(reader, long_use):
    client = Client(enforce_csrf_checks=True)
    client.cookies = reader.cookies

    assert "csrfmiddlewaretoken" in show(long_use, reader)
    assert client.post(long_use.more_pages_url).status_code == 403
