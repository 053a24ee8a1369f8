"""Letter 4 of the term (7.1): damage by a storm, the same day, a form and photographs, a phone."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from documents.models import HalfAnswer, ResponseKind, Urgency
from documents.tests.factories import SentLetterFactory, given, officer_of, received_arrival
from documents.tests.factories import with_pdf as with_pages
from members.models import Member
from members.tests.factories import DistrictFactory, GroupFactory, SchoolFactory
from portal.core.clock import BANGKOK, bangkok, db_now
from portal.files.models import StoredFile
from portal.files.services import files_of, open_file, render_pages
from portal.files.tests.factories import drawn_pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTIONS = [
    {"key": "q1", "kind": "number", "label": "ห้องเรียนที่เสียหาย", "unit": "ห้อง", "required": True},
    {"key": "q2", "kind": "yes_no", "label": "ปิดเรียนหรือไม่"},
    {"key": "q3", "kind": "text", "label": "รายละเอียด"},
    {"key": "q4", "kind": "photos", "label": "ภาพถ่ายความเสียหาย", "required": True},
]
KEPT_HERE = "สัญญาณขาด สิ่งที่พิมพ์ยังอยู่ในเครื่อง จะส่งเองเมื่อมีสัญญาณ"
KEPT_THERE = "เก็บไว้แล้ว"
LEFT_BEHIND = """async () => [
  ...Object.keys(localStorage),
  // htmx writes down the page it is on, here the front page of visitors.
  ...Object.keys(sessionStorage).filter(key => sessionStorage[key] !== "/"),
  ...(await indexedDB.databases()).map(one => one.name)]"""


@pytest.fixture
def arrival(settings):
    """The letter at a school of the district, received at ten in the morning of its only day."""
    now = bangkok(db_now())
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    settings.CLOCK_SHIFT_SECONDS = (ten - now).total_seconds()
    group = GroupFactory()
    letter = SentLetterFactory(
        owner_unit=group,
        subject="สำรวจความเสียหายของอาคารเรียนจากวาตภัยและอุทกภัย",
        urgency=Urgency.MOST_URGENT,
        response_kind=ResponseKind.FORM,
        questions=QUESTIONS,
        due_at=ten.replace(hour=15).astimezone(BANGKOK),
    )
    with_pages(letter, drawn_pdf(2))
    render_pages(StoredFile.objects.get())
    school = SchoolFactory(office=group.office, district=DistrictFactory(office=group.office))
    found, clerk = received_arrival(letter=letter, unit=school, due_at=letter.due_at)
    Member.objects.filter(pk=clerk.member.pk).update(username="school-clerk")
    officer = officer_of(group).member
    Member.objects.filter(pk=officer.pk).update(username="officer")
    return found


def photograph(colour: str) -> bytes:
    """Twelve megapixels as a phone writes them: lying on the side, with the place in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (7.0, 30.0, 0.0)
    noise = Image.effect_noise((400, 300), 90).resize((4000, 3000)).convert("RGB")
    tint = Image.new("RGB", noise.size, colour)
    out = io.BytesIO()
    Image.blend(noise, tint, 0.4).save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def saved(page, words):
    expect(page.locator("form[data-answer] [data-saved]")).to_contain_text(words)


def test_a_clerk_reports_the_damage_over_a_line_that_breaks(
    phone, open_window, live_server, sign_in, axe, arrival
):
    phone.watch.expect("ERR_INTERNET_DISCONNECTED")
    sign_in(phone, "school-clerk")
    phone.goto(f"{live_server.url}{arrival.get_absolute_url()}?as={arrival.pk}")

    expect(phone.locator(".paper img").first).to_be_visible()
    assert phone.evaluate("() => document.querySelector('.paper img').naturalWidth") == 850
    expect(phone.locator(".desk-foot")).to_contain_text("KB")
    axe(phone)

    # Half of it, then the line goes; what is typed meanwhile lies in the phone.
    phone.fill("[name=q1]", "3")
    saved(phone, KEPT_THERE)
    phone.context.set_offline(True)
    phone.fill("[name=q3]", "หลังคาอาคาร 2 ปลิว")
    saved(phone, KEPT_HERE)
    first, second = (
        {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": photograph(colour)}
        for number, colour in ((1, "navy"), (2, "maroon"))
    )
    phone.set_input_files("[name=q4]", first)
    expect(phone.locator(".file-going")).to_contain_text("สัญญาณขาด")
    half = HalfAnswer.objects.get()
    assert half.data == {"q1": "3"}

    # The page is closed and opened again, with a line: both come back by themselves.
    phone.context.set_offline(False)
    saved(phone, KEPT_THERE)
    phone.set_input_files("[name=q4]", second)
    expect(phone.locator("[data-kept]")).to_have_count(2, timeout=60_000)
    expect(phone.locator("[data-kept]").first).to_contain_text("IMG_1.jpg")
    phone.check("[name=q2][value=yes]")
    saved(phone, KEPT_THERE)
    axe(phone)
    phone.get_by_role("button", name="ส่งคำตอบ").click()
    expect(phone.locator(".messages")).to_contain_text("ส่งคำตอบแล้ว")

    # It is there once, on time, with both photographs, small, upright and without the place.
    [answer] = given(arrival)
    assert (answer.data["q1"], answer.text, answer.is_late) == (3, "", False)
    assert not HalfAnswer.objects.exists()
    uses = files_of(answer)
    assert [use.name for use in uses] == ["IMG_1.jpg", "IMG_2.jpg"]
    for use in uses:
        with open_file(use.stored) as file, Image.open(file) as picture:
            assert picture.size == (1200, 1600)
            assert not picture.getexif()

    desk = open_window(1280)
    sign_in(desk, "officer")
    desk.goto(live_server.url + reverse("documents:arrival", args=[arrival.pk]))
    expect(desk.get_by_role("main")).to_contain_text("IMG_2.jpg")
    expect(desk.get_by_role("main")).to_contain_text("หลังคาอาคาร 2 ปลิว")


def test_a_closed_page_loses_no_photograph_and_signing_out_leaves_nothing(
    phone, live_server, sign_in, arrival
):
    phone.watch.expect("ERR_INTERNET_DISCONNECTED")
    sign_in(phone, "school-clerk")
    page = f"{live_server.url}{arrival.get_absolute_url()}?as={arrival.pk}"
    phone.goto(page)
    phone.context.set_offline(True)
    phone.fill("[name=q3]", "น้ำท่วมโรงอาหาร")
    phone.set_input_files(
        "[name=q4]",
        {"name": "IMG_9.jpg", "mimeType": "image/jpeg", "buffer": photograph("olive")},
    )
    expect(phone.locator(".file-going")).to_contain_text("สัญญาณขาด")
    left = phone.evaluate(LEFT_BEHIND)
    phone.goto("about:blank")
    phone.context.set_offline(False)

    phone.goto(page)

    expect(phone.locator("[name=q3]")).to_have_value("น้ำท่วมโรงอาหาร")
    expect(phone.locator("[data-kept]")).to_contain_text("IMG_9.jpg", timeout=60_000)
    assert "portal" in left
    assert any(key.startswith("draft:") for key in left)

    phone.evaluate("""() => { for (const word of ["map:1", "note:1", "survey:x"])
      { localStorage.setItem(word, "x"); sessionStorage.setItem(word, "x"); } }""")
    phone.locator("summary.place").click()
    phone.locator(".bottombar").get_by_role("button", name="ออกจากระบบ").click()
    phone.wait_for_url(f"{live_server.url}/")
    phone.wait_for_function(f"async () => !(await ({LEFT_BEHIND})()).length")
    assert HalfAnswer.objects.get().saved_at > db_now() - timedelta(hours=1)


def test_a_phone_without_image_bitmaps_makes_a_photograph_smaller_too(
    phone, live_server, sign_in, arrival
):
    """As Safari before 15: the picture is drawn from an address that the page's policy allows."""
    phone.add_init_script("delete window.createImageBitmap")
    sign_in(phone, "school-clerk")
    phone.goto(f"{live_server.url}{arrival.get_absolute_url()}?as={arrival.pk}")
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photograph("teal")}
    phone.set_input_files("[name=q4]", photo)
    expect(phone.locator("[data-kept]")).to_have_count(1, timeout=60_000)

    [use] = files_of(HalfAnswer.objects.get())
    assert use.stored.size < len(photo["buffer"]) / 4
