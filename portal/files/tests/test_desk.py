"""The desk in Chromium: a document waits for its pictures, gets them, wears its stamp."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import path

from portal.files.models import FileUse
from portal.files.tests import factories as made
from portal.outbox.services import drain
from portal.urls import urlpatterns as house
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STAMP = {
    "unit": "โรงเรียนบ้านปากพล",
    "number": "612",
    "date": "19 พ.ย. 2569",
    "time": "09.42 น.",
}
PAGE = """{% extends "base.html" %}{% block heading %}หนังสือ{% endblock %}{% block content %}
{% include "files/pages.html" with use=use stamp=stamp stamp_place="top_right" only %}
{% endblock %}"""


def letter(request, public_id):
    """A page of another room that shows a document, as rooms do."""
    use = get_object_or_404(FileUse.objects.select_related("stored"), public_id=public_id)
    text = engines["django"].from_string(PAGE).render({"use": use, "stamp": STAMP}, request)
    return HttpResponse(text)


UPLOAD = """{% extends "base.html" %}{% load static %}{% block heading %}แนบไฟล์{% endblock %}
{% block content %}<form><label for="letter-file">ไฟล์ PDF</label>
<input type="file" id="letter-file" multiple accept=".pdf" data-max-bytes="1048576"></form>
{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/upload.js' %}"></script>{% endblock %}
"""


def upload(request):
    """A page of another room with a field for a file."""
    return HttpResponse(engines["django"].from_string(UPLOAD).render({}, request))


urlpatterns = [
    path("letter/<uuid:public_id>/", letter),
    path("upload/", upload),
    *house,
]


@pytest.fixture
def address(settings, live_server):
    """The address of a page with this document."""
    settings.ROOT_URLCONF = __name__
    world = make_world()

    def address(data):
        use = made.file_on(world.school, data=data)
        return f"{live_server}/letter/{use.public_id}/"

    return address


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pictures_come_by_themselves_and_wear_the_stamp(
    open_window, width, address, sign_in, axe, tmp_path
):
    page = open_window(width)
    sign_in(page, "school-clerk")
    page.goto(address(made.drawn_pdf(3)))
    page.get_by_text("กำลังเตรียมหน้า").first.wait_for()

    drain("worker")

    page.get_by_alt_text("หน้า 1 จาก 3 ของ หนังสือ.pdf").wait_for()
    page.get_by_text("ดูหน้า 2–3").click()
    for picture in page.locator(".paper img").all():
        picture.scroll_into_view_if_needed()
        drawn = "image => image.decode().then(() => image.naturalWidth)"
        assert picture.evaluate(drawn) == 850
    paper = page.locator(".paper").first.bounding_box()
    stamp = page.locator(".paper-stamp rect").first.bounding_box()
    assert page.locator(".paper-stamp").count() == 1
    assert page.locator("[hx-trigger]").count() == 0
    assert stamp["width"] / paper["width"] == pytest.approx(50 / 210, abs=0.01)
    assert stamp["x"] + stamp["width"] < paper["x"] + paper["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    page.screenshot(path=tmp_path / "desk.png", full_page=True)


def test_without_scripts_the_pages_are_there_after_loading_again(open_window, address, sign_in):
    page = open_window(390, java_script_enabled=False)
    sign_in(page, "school-clerk")
    page.goto(address(made.pdf_bytes(25)))
    assert page.get_by_role("img").count() == 1
    drain("worker")

    page.reload()
    page.get_by_text("ดูหน้า 2–25").click()
    with page.expect_navigation():
        page.get_by_role("button", name="ดูอีก 5 หน้า").click()
    drain("worker")
    page.reload()

    assert page.locator(".paper img").count() == 25


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("หนังสือ.docx", 10, "ไฟล์นี้เป็น Word ใช้ PDF เท่านั้น วิธีทำ: แฟ้ม › บันทึกเป็น › PDF"),
        ("ใหญ่.pdf", 2 * 1024 * 1024, "“ใหญ่.pdf” ใหญ่ 2 MB รับได้ไม่เกิน 1 MB"),
        ("ว่าง.pdf", 0, "“ว่าง.pdf” ว่างเปล่า เปิดดูไฟล์ในเครื่องก่อน แล้วแนบใหม่"),
    ],
    ids=["word", "large", "empty"],
)
def test_a_file_that_will_be_refused_is_named_before_it_is_sent(
    phone, live_server, settings, sign_in, name, size, words
):
    settings.ROOT_URLCONF = __name__
    make_world()
    sign_in(phone, "officer")
    phone.goto(f"{live_server}/upload/")

    field = phone.get_by_label("ไฟล์ PDF")
    good = {"name": "ดี.PDF", "mimeType": "application/pdf", "buffer": b"%PDF"}
    bad = {"name": name, "mimeType": "application/pdf", "buffer": bytes(size)}
    field.set_input_files([good, bad])

    assert phone.locator("[data-upload-problem]").all_text_contents() == [words]
    assert field.evaluate("field => [...field.files].map((file) => file.name)") == ["ดี.PDF"]
    field.set_input_files([good])
    assert phone.locator("[data-upload-problem]").count() == 0
