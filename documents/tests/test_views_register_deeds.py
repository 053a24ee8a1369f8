"""The registers' pages: corrections struck through, numbers by hand, prints and the year's end."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.models import (
    EntryCorrection,
    EntryState,
    RegisterBook,
    RegisterEntry,
    Series,
)
from documents.services import printing
from documents.services.correcting import correct_entry
from documents.services.issuing import Issue, issue_awards, issue_number
from documents.services.lines import Span, chunks_of
from documents.services.printing import print_register
from documents.services.registering import void_entry
from documents.services.reserving import reserve_number
from documents.tests.factories import LetterFactory, clerk_of, received_arrival, registrar_of
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.clock import be_year, db_now, today
from portal.core.thaidates import short_date
from portal.files.services import files_of
from portal.files.tests.factories import pdf_bytes
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db

ISSUE = reverse("documents:register-issue")
AWARDS = reverse("documents:register-awards")
RESERVE = reverse("documents:register-reserve")


@pytest.fixture
def received(client):
    arrival, clerk = received_arrival()
    client.force_login(clerk.member)
    return arrival.entry, clerk


@pytest.fixture
def clerk(client):
    actor = clerk_of(SchoolFactory())
    client.force_login(actor.member)
    return actor


def unit_of(actor):
    return actor.holding.post.unit


def order(by, subject="แต่งตั้งคณะกรรมการ", series=Series.ORDER):
    issue = Issue(subject=subject, dated_on=today(), signer="ผู้อำนวยการ")
    return issue_number(unit_of(by), series, issue=issue, key=uuid4(), by=by)


def correct_url(entry, column="subject"):
    return reverse("documents:register-correct", args=[entry.pk, column])


def entry_url(entry):
    return reverse("documents:register-entry", args=[entry.pk])


# Corrections -------------------------------------------------------------------------------------


def test_the_old_words_stay_struck_through_in_the_list_and_on_the_line(client, received):
    entry, _ = received
    before = entry.subject
    form = {"key": uuid4(), "seen": before, "value": "เรื่องที่ถูก", "reason": "พิมพ์ผิด"}

    done = client.post(correct_url(entry), form)
    pages = [client.get(url).content.decode() for url in (done.url, entry.book.get_absolute_url())]

    assert done.url == entry_url(entry)
    for page in pages:
        assert f"เดิม </span>{before}</del>" in page
        assert "แก้เป็น </span>เรื่องที่ถูก</ins>" in page
        assert "พิมพ์ผิด" in page


def test_a_correction_that_is_wrong_says_so_and_keeps_what_was_typed(client, received):
    entry, _ = received

    page = client.post(correct_url(entry), {"key": uuid4(), "seen": "", "value": "ใหม่" * 300})

    assert page.status_code == 422
    assert "ใหม่" * 300 in page.content.decode()
    assert "บอกเหตุผลที่แก้" in page.content.decode()


def test_who_was_slower_sees_both_texts(client, received):
    entry, clerk = received
    seen = entry.remarks
    correct_entry(entry, column="remarks", value="ของเพื่อน", reason="ลืม", by=clerk)

    form = {"key": uuid4(), "seen": seen, "value": "ของฉัน", "reason": "ลืม"}
    page = client.post(correct_url(entry, "remarks"), form)
    again = {"key": uuid4(), "seen": "ของเพื่อน", "value": "ของฉัน", "reason": "ลืม"}
    done = client.post(correct_url(entry, "remarks"), again)

    assert page.status_code == 409
    assert "ของเพื่อน" in page.content.decode()
    assert "ของฉัน" in page.content.decode()
    assert done.status_code == 302
    assert EntryCorrection.objects.count() == 2


@pytest.mark.parametrize("column", ["number", "registered_at", "letter", "nothing"])
def test_there_is_no_page_to_correct_a_number(client, received, column):
    assert client.get(correct_url(received[0], column)).status_code == 403


def test_a_day_is_typed_as_people_type_it(client, received):
    entry, _ = received
    seen = entry.letter_dated_on.isoformat()
    form = {"key": uuid4(), "seen": seen, "value": "๕ ม.ค. ๒๕๖๙", "reason": "อ่านผิด"}

    client.post(correct_url(entry, "letter_dated_on"), form)

    entry.refresh_from_db()
    assert entry.letter_dated_on.isoformat() == "2026-01-05"


# Numbers by hand ---------------------------------------------------------------------------------


def test_an_order_has_its_number_and_its_paper(client, clerk):
    paper = io.BytesIO(pdf_bytes())
    paper.name = "คำสั่ง.pdf"
    form = {
        "key": uuid4(),
        "unit": unit_of(clerk).pk,
        "series": "order",
        "subject": "แต่งตั้งครูเวร",
        "dated_on": short_date(today()),
        "signer": "ผู้อำนวยการ",
        "paper": paper,
    }

    done = client.post(ISSUE, form)

    entry = RegisterEntry.objects.get()
    assert done.url == entry_url(entry)
    assert entry.letter_number == f"1/{be_year(db_now())}"
    (use,) = files_of(entry)
    assert b"".join(client.get(use.url).streaming_content).startswith(b"%PDF-")


def test_a_paper_that_is_none_takes_no_number(client, clerk):
    paper = io.BytesIO(b"hello")
    paper.name = "คำสั่ง.pdf"
    form = {
        "key": uuid4(),
        "unit": unit_of(clerk).pk,
        "series": "order",
        "subject": "แต่งตั้งครูเวร",
        "dated_on": short_date(today()),
        "paper": paper,
    }

    page = client.post(ISSUE, form)

    assert page.status_code == 422
    assert "แต่งตั้งครูเวร" in page.content.decode()
    assert not RegisterEntry.objects.exists()


def test_a_run_unfolds_and_a_name_is_found(client, clerk):
    names = "\n".join(f"เด็กคนที่ {number}" for number in range(1, 61))
    form = {
        "key": uuid4(),
        "unit": unit_of(clerk).pk,
        "subject": "ค่ายวิชาการ",
        "names": names,
        "dated_on": short_date(today()),
    }
    client.post(AWARDS, form)
    book = RegisterBook.objects.get()

    whole = client.get(book.get_absolute_url())
    run = client.get(book.get_absolute_url(), {"run": book.entries.get(number=1).pk})
    found = client.get(book.get_absolute_url(), {"q": "เด็กคนที่ 57"})

    assert [entry.number for entry in whole.context["entries"]] == [1]
    assert "1–60" in whole.content.decode()
    assert "ดูครบ 60 เลข" in whole.content.decode()
    assert len(run.context["entries"]) == 50
    assert [entry.number for entry in found.context["entries"]] == [57]


@pytest.mark.parametrize("given", [{}, {"count": "0"}, {"count": "2001"}, {"count": "สิบ"}])
def test_a_run_needs_names_or_a_number(client, clerk, given):
    form = {
        "key": uuid4(),
        "unit": unit_of(clerk).pk,
        "subject": "ค่ายวิชาการ",
        "dated_on": short_date(today()),
        **given,
    }

    page = client.post(AWARDS, form)

    assert page.status_code == 422
    assert "ค่ายวิชาการ" in page.content.decode()
    assert not RegisterEntry.objects.exists()


def test_the_confirmation_page_offers_the_reserved_number(client):
    group = GroupFactory()
    SchoolFactory(office=group.office)
    registrar = registrar_of(group.office)
    client.force_login(registrar.member)
    letter = LetterFactory(owner_unit=group, kind="external", state="submitted")
    kept = reserve_number(
        group.office, Series.OUT, purpose="เชิญประชุม", expires_on=today(), key=uuid4(), by=registrar
    )
    url = reverse("documents:letter-confirm", args=[letter.pk])

    page = client.post(url)
    form = {
        "key": page.context["key"],
        "snapshot": page.context["snapshot"].pk,
        "reserved": kept.pk,
    }
    client.post(reverse("documents:letter-send", args=[letter.pk]), form)
    gone = client.post(
        reverse(
            "documents:letter-send",
            args=[LetterFactory(owner_unit=group, kind="external", state="submitted").pk],
        ),
        {**form, "key": uuid4()},
    )

    kept.refresh_from_db()
    assert "เชิญประชุม" in page.content.decode()
    assert (kept.state, kept.letter_id) == (EntryState.USED, letter.pk)
    assert gone.status_code == 409


def test_a_number_is_given_up_with_its_reason(client, clerk):
    entry = order(clerk)
    url = reverse("documents:register-void", args=[entry.pk])

    without = client.post(url, {"key": uuid4(), "reason": ""})
    client.post(url, {"key": uuid4(), "reason": "ออกซ้ำ"})
    page = client.get(entry.book.get_absolute_url()).content.decode()

    assert without.status_code == 422
    assert "ยกเลิก: ออกซ้ำ" in page
    assert "<s>แต่งตั้งคณะกรรมการ</s>" in page


def test_the_number_of_a_letter_is_not_given_up_here(client, received):
    entry, _ = received
    url = reverse("documents:register-void", args=[entry.pk])

    page = client.post(url, {"key": uuid4(), "reason": "ไม่เอา"})

    entry.refresh_from_db()
    assert (page.status_code, entry.state) == (422, EntryState.USED)


def test_a_book_of_runs_and_corrections_asks_four_questions(client, clerk):
    for event in ("ค่ายหนึ่ง", "ค่ายสอง", "ค่ายสาม"):
        head = issue_awards(
            unit_of(clerk),
            issue=Issue(subject=event, dated_on=today()),
            count=3,
            key=uuid4(),
            by=clerk,
        )
        correct_entry(head, column="remarks", value="แก้", reason="ลืม", by=clerk)
    book = RegisterBook.objects.get()

    with CaptureQueriesContext(connection) as queries:
        client.get(book.get_absolute_url())

    assert len([row for row in queries if '"documents_' in row["sql"]]) == 4


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


def test_a_long_book_is_read_in_chunks(three_orders, monkeypatch):
    monkeypatch.setattr("documents.services.lines.CHUNK", 2)

    found = [[line.entry.number for line in chunk] for chunk in chunks_of(three_orders, Span())]

    assert found == [[1, 2], [3]]


def test_the_slip_of_a_receipt_is_for_both_sides(client, received):
    entry, _ = received
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
