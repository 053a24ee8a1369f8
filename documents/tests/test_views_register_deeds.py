"""The registers' pages: corrections struck through, numbers by hand and given up."""

from __future__ import annotations

import io
from uuid import uuid4

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
from documents.services.correcting import correct_entry
from documents.services.issuing import Issue, issue_awards
from documents.services.reserving import reserve_number
from documents.tests.factories import LetterFactory, registrar_of
from documents.tests.registers import order, unit_of
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.clock import be_year, db_now, today
from portal.core.thaidates import short_date
from portal.files.services import files_of
from portal.files.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db

ISSUE = reverse("documents:register-issue")
AWARDS = reverse("documents:register-awards")


def correct_url(entry, column="subject"):
    return reverse("documents:register-correct", args=[entry.pk, column])


def entry_url(entry):
    return reverse("documents:register-entry", args=[entry.pk])


# Corrections -------------------------------------------------------------------------------------


def test_the_old_words_stay_struck_through_in_the_list_and_on_the_line(client, received_line):
    entry, _ = received_line
    before = entry.subject
    form = {"key": uuid4(), "seen": before, "value": "เรื่องที่ถูก", "reason": "พิมพ์ผิด"}

    done = client.post(correct_url(entry), form)
    pages = [client.get(url).content.decode() for url in (done.url, entry.book.get_absolute_url())]

    assert done.url == entry_url(entry)
    for page in pages:
        assert f"เดิม </span>{before}</del>" in page
        assert "แก้เป็น </span>เรื่องที่ถูก</ins>" in page
        assert "พิมพ์ผิด" in page


def test_a_correction_that_is_wrong_says_so_and_keeps_what_was_typed(client, received_line):
    entry, _ = received_line

    page = client.post(correct_url(entry), {"key": uuid4(), "seen": "", "value": "ใหม่" * 300})

    assert page.status_code == 422
    assert "ใหม่" * 300 in page.content.decode()
    assert "บอกเหตุผลที่แก้" in page.content.decode()


def test_who_was_slower_sees_both_texts(client, received_line):
    entry, clerk = received_line
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
def test_there_is_no_page_to_correct_a_number(client, received_line, column):
    assert client.get(correct_url(received_line[0], column)).status_code == 403


def test_a_day_is_typed_as_people_type_it(client, received_line):
    entry, _ = received_line
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


def test_a_year_that_slipped_takes_no_number(client, clerk):
    typed = short_date(today()).replace(str(be_year(db_now())), str(be_year(db_now()) + 27))
    form = {"key": uuid4(), "unit": unit_of(clerk).pk, "series": "order", "subject": "เวร"}

    page = client.post(ISSUE, form | {"dated_on": typed})

    assert page.status_code == 422
    assert "ห่างจากวันนี้เกินหนึ่งปี" in page.content.decode()
    assert typed in page.content.decode()
    assert not RegisterEntry.objects.exists()


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


def test_the_number_of_a_letter_is_not_given_up_here(client, received_line):
    entry, _ = received_line
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
