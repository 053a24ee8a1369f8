"""Registers as PDF and workbook, prints by the worker, receipt slips, the year's end."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pypdfium2
import pytest
from django.urls import reverse

from documents.models import (
    RegisterBook,
)
from documents.services import printing
from documents.services.correcting import correct_entry
from documents.services.lines import Span, chunks_of
from documents.services.printing import print_register
from documents.services.registering import void_entry
from documents.tests.directions import at as arrived_at
from documents.tests.directions import sent
from documents.tests.factories import clerk_of, registrar_of
from documents.tests.matter_factories import make_house
from documents.tests.registers import order, unit_of
from members.tests.factories import SchoolFactory
from portal.core.clock import be_year, db_now, today
from portal.files.services import files_of
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


# Prints ------------------------------------------------------------------------------------------


@pytest.fixture
def three_orders(clerk):
    for number in range(3):
        order(clerk, f"คำสั่งที่ {number + 1}")
    book = RegisterBook.objects.get()
    second = book.entries.get(number=2)
    correct_entry(second, column="subject", value="เรื่องที่ถูก", reason="พิมพ์ผิด", by=clerk)
    void_entry(book.entries.get(number=3), reason="ออกซ้ำ", by=clerk)
    return book


def text_of(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def test_the_pdf_has_the_lines_asked_for_with_old_and_new_words(client, three_orders):
    url = reverse("documents:register-pdf", args=[three_orders.pk])

    text = text_of(client.get(url, {"first": "๒", "last": "3"}).content)

    for words in ("คำสั่งที่๒", "เรื่องที่ถูก", "พิมพ์ผิด", "ยกเลิก:ออกซ้ำ", "หน้า๑จาก๑"):
        assert words in text
    assert "คำสั่งที่๑" not in text


def test_the_workbook_has_the_lines_and_a_sheet_of_corrections(client, three_orders):
    url = reverse("documents:register-xlsx", args=[three_orders.pk])

    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))

    lines, corrections = book.worksheets
    rows = list(lines.iter_rows(values_only=True))
    assert rows[4][:6] == ("เลขทะเบียน", "เลขที่", "ลงวันที่", "เรื่อง", "ผู้ลงนาม / เจ้าของเรื่อง", "หมายเหตุ")
    assert (lines.freeze_panes, lines.print_title_rows) == ("A6", "$5:$5")
    assert [row[0] for row in rows[5:]] == [1, 2, 3]
    assert rows[6][3] == "เรื่องที่ถูก"
    assert "คำสั่งที่ 2" in rows[6][5]
    assert lines.cell(8, 4).font.strike
    assert not lines.cell(7, 4).font.strike
    assert [row[3:6] for row in corrections.iter_rows(min_row=4, values_only=True)] == [
        ("คำสั่งที่ 2", "เรื่องที่ถูก", "พิมพ์ผิด")
    ]


def test_a_workbook_holds_no_formula(client, clerk):
    order(clerk, "=HYPERLINK(1)")
    url = reverse("documents:register-xlsx", args=[RegisterBook.objects.get().pk])

    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))

    assert book.worksheets[0].cell(6, 4).data_type == "s"


@pytest.mark.parametrize(
    "asked", [{"first": "x"}, {"first": "9", "last": "2"}, {"from_on": "วันไหน"}]
)
def test_a_span_that_is_none_is_said_so(client, three_orders, asked):
    for name in ("register-pdf", "register-xlsx", "register-print"):
        page = client.get(reverse(f"documents:{name}", args=[three_orders.pk]), asked)
        assert page.status_code == 422
        assert next(iter(asked.values())) in page.content.decode()


def test_days_choose_lines(three_orders):
    tomorrow = today() + timedelta(days=1)

    assert Span(from_on=today(), to_on=today()).of(three_orders).count() == 3
    assert Span(from_on=tomorrow).of(three_orders).count() == 0


def test_a_long_book_is_printed_by_the_worker_once(client, three_orders, monkeypatch):
    monkeypatch.setattr(printing, "MOST_AT_ONCE", 2)
    url = reverse("documents:register-print", args=[three_orders.pk])
    refused = client.get(reverse("documents:register-pdf", args=[three_orders.pk]))

    client.post(url, {})
    second = client.post(url, {})
    message = OutboxMessage.objects.get(topic=printing.PRINT_TOPIC)
    waiting = client.get(url)
    for _ in range(2):
        print_register(message)
    OutboxMessage.objects.filter(pk=message.pk).update(state="done")
    done = client.get(url)

    (use,) = files_of(three_orders, printing.PRINT)
    assert refused.status_code == 422
    assert second.status_code == 422
    assert "กำลังพิมพ์" in waiting.content.decode()
    assert use.url in done.content.decode()
    assert "เรื่องที่ถูก" in text_of(b"".join(client.get(use.url).streaming_content))


def test_a_long_delivery_book_is_printed_by_the_worker_in_volumes(client, monkeypatch):
    house = make_house()
    schools = [SchoolFactory(office=house.office, name=f"โรงเรียนบ้าน{name}") for name in "กขค"]
    to = {"units": [school.pk for school in schools]}
    first, _ = (sent(house.school_clerk, to=to, subject=words) for words in ("แรก", "สอง"))
    arrived_at(first, schools[1], by=clerk_of(schools[1]))
    book = RegisterBook.objects.get(unit=unit_of(house.school_clerk))
    for name, limit in (("MOST_AT_ONCE", 5), ("CHUNK", 4), ("MOST_PAGES", 1)):
        monkeypatch.setattr(printing, name, limit)
    client.force_login(house.school_clerk.member)
    url = reverse("documents:register-print", args=[book.pk])
    at_once = client.get(reverse("documents:register-delivery", args=[book.pk]))

    page = client.get(url).content.decode()
    client.post(url, {"paper": "delivery"})
    print_register(OutboxMessage.objects.get(topic=printing.PRINT_TOPIC))

    assert at_once.status_code == 422
    assert "สั่งพิมพ์สมุดส่งหนังสือ 6 บรรทัด" in page
    volumes = printing.prints_of(book)
    assert [use.name.split(" ทั้งเล่ม ")[1][:12] for use in volumes] == [
        "ตอน 1 จาก 2 ",
        "ตอน 2 จาก 2 ",
    ]
    texts = [text_of(b"".join(client.get(use.url).streaming_content)) for use in volumes]
    assert all("แบบที่๑๖" in text and "สมุดส่งหนังสือ" in text for text in texts)
    named = ["".join(name for name in "กขค" if f"โรงเรียนบ้าน{name}" in text) for text in texts]
    assert named == ["กขค", "ขค"]  # one line for each recipient: four, and two
    assert ["หน้า๑จาก๒" in texts[0], "หน้า๒จาก๒" in texts[1]] == [True, True]


def test_a_long_book_is_read_in_chunks(three_orders, monkeypatch):
    monkeypatch.setattr("documents.services.lines.CHUNK", 2)

    found = [[line.entry.number for line in chunk] for chunk in chunks_of(three_orders, Span())]

    assert found == [[1, 2], [3]]


def test_the_slip_of_a_receipt_is_for_both_sides(client, received_line):
    entry, _ = received_line
    url = reverse("documents:arrival-receipt", args=[entry.arrival.pk])
    registrar = registrar_of(entry.letter.office)

    mine = client.get(url)
    client.force_login(registrar.member)
    theirs = client.get(url)
    client.force_login(clerk_of(SchoolFactory(office=entry.letter.office)).member)
    neighbour = client.get(url)

    assert "ใบรับหนังสือ" in text_of(mine.content)
    assert mine.content == theirs.content
    assert neighbour.status_code == 404


# The end of a year -------------------------------------------------------------------------------


def test_a_year_is_closed_and_its_sign_off_printed(client, clerk, settings):
    order(clerk)
    year = be_year(db_now())
    place = [unit_of(clerk).pk, year]
    url = reverse("documents:register-year", args=place)
    early = client.post(url, {"key": uuid4()})
    settings.CLOCK_SHIFT_SECONDS = 370 * 86_400
    client.force_login(clerk.member)

    client.post(url, {"key": uuid4(), "note": "ตรวจแล้ว"})
    page = client.get(url).content.decode()
    text = text_of(client.get(reverse("documents:register-closing", args=place)).content)

    assert RegisterBook.objects.get().closed_at is not None
    assert early.status_code == 422
    assert "ปิดทะเบียนแล้ว" in page
    for words in ("ครบถ้วนตรงกับวันปิด", "ตรวจแล้ว", "SHA-256"):
        assert words in text
