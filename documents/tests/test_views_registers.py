"""Registers: whose books one sees, one book line by line, and its first number."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import RegisterBook, RegisterEntry, Series
from documents.tests.factories import SentLetterFactory, officer_of, registrar_of
from members.models import Role
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.clock import be_year, db_now
from portal.core.thaitext import normalise

pytestmark = pytest.mark.django_db

REGISTERS = reverse("documents:registers")
START = reverse("documents:register-start")


def book_of(unit, series=Series.IN, year=2569, **fields):
    return RegisterBook.objects.create(unit=unit, series=series, be_year=year, **fields)


def line(book, number, subject="เรื่อง", by=None, **fields):
    return RegisterEntry.objects.create(
        book=book,
        number=number,
        registered_at=timezone.now(),
        registered_by=by or MemberFactory(),
        subject=subject,
        subject_search=normalise(subject),
        **fields,
    )


def test_a_person_sees_the_books_of_their_units_only(client, clerk):
    own = book_of(clerk.holding.post.unit)
    other = book_of(SchoolFactory(office=clerk.holding.post.unit.office))

    page = client.get(REGISTERS)

    assert page.context["years"] == [(2569, [own])]
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404


def test_the_books_of_a_year_stand_as_on_a_shelf(client, clerk):
    unit = clerk.holding.post.unit
    for series in (Series.CIRCULAR, Series.AWARD, Series.OUT, Series.IN):
        book_of(unit, series=series)

    [(_, books)] = client.get(REGISTERS).context["years"]

    assert [book.series for book in books] == ["in", "out", "circular", "award"]


def test_the_clerk_of_two_schools_sees_which_book_is_whose(client, clerk):
    second = SchoolFactory(office=clerk.holding.post.unit.office, name="โรงเรียนบ้านสอง")
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=second)
    book_of(clerk.holding.post.unit)
    book_of(second)

    page = client.get(REGISTERS)

    assert page.context["many_units"]
    assert "โรงเรียนบ้านสอง" in page.content.decode()


def test_a_book_shows_the_last_line_first_in_the_columns_of_the_form(client, clerk):
    book = book_of(clerk.holding.post.unit)
    letter = SentLetterFactory()
    line(book, 1, "เรื่องแรก")
    line(
        book,
        2,
        "เรื่องที่สอง",
        letter=letter,
        letter_number="ศธ 04999/ว\u00a01482",
        letter_dated_on=timezone.localdate(),
        from_text="กลุ่มนโยบายและแผน",
        to_text="โรงเรียนบ้านต้นสน",
    )

    page = client.get(book.get_absolute_url())

    words = page.content.decode()
    heads = ["เลขทะเบียนรับ", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ"]
    places = [words.index(f">{head}</th>") for head in heads]
    assert [entry.number for entry in page.context["entries"]] == [2, 1]
    assert places == sorted(places)
    assert f'href="{letter.get_absolute_url()}"' in words


@pytest.mark.parametrize("words", ["๖๑๒", "612", "ว 1482", "อุทกภัย สำรวจ"])
def test_a_line_is_found_by_number_letter_or_subject(client, clerk, words):
    book = book_of(clerk.holding.post.unit)
    line(book, 612, "สำรวจความเสียหายจากอุทกภัย", letter_number="ศธ 04999/ว\u00a01482")
    line(book, 613, "เรื่องอื่น", letter_number="ศธ 04999/ว\u00a07")

    page = client.get(book.get_absolute_url(), {"q": words})

    assert [entry.number for entry in page.context["entries"]] == [612]


def test_a_long_book_goes_on_where_the_page_ended(client, clerk):
    book = book_of(clerk.holding.post.unit)
    member = MemberFactory()
    for number in range(1, 53):
        line(book, number, by=member)

    first = client.get(book.get_absolute_url())
    second = client.get(first.context["next_url"])
    whole = client.get(first.context["all_url"])

    assert [entry.number for entry in second.context["entries"]] == [2, 1]
    assert len(whole.context["entries"]) == 52


def test_the_years_of_a_book_lead_to_each_other(client, clerk):
    unit = clerk.holding.post.unit
    this, last = book_of(unit, year=2569), book_of(unit, year=2568)
    book_of(unit, series=Series.OUT, year=2567)

    years = client.get(this.get_absolute_url()).context["years"]

    assert [(year["label"], year["url"], year["current"]) for year in years] == [
        ("ปี 2569", this.get_absolute_url(), True),
        ("ปี 2568", last.get_absolute_url(), False),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_book_asks_the_same_however_many_lines(client, clerk, count):
    book = book_of(clerk.holding.post.unit)
    for number in range(1, count + 1):
        line(book, number, letter=SentLetterFactory())

    with CaptureQueriesContext(connection) as queries:
        client.get(book.get_absolute_url())

    assert len([row for row in queries if "documents" in row["sql"]]) == 2


def test_a_unit_that_moves_in_mid_year_sets_its_first_number_once(client, clerk):
    unit = clerk.holding.post.unit
    form = {"unit": unit.pk, "series": Series.IN, "start_number": "๖๑๒"}

    done = client.post(START, form)
    again = client.post(START, {**form, "start_number": "700"})

    book = RegisterBook.objects.get()
    assert done.url == REGISTERS
    assert (book.unit, book.start_number, book.be_year) == (unit, 612, be_year(db_now()))
    assert again.status_code == 422
    assert "ตั้งเลขเริ่มต้นไว้แล้วที่ 612" in again.content.decode()
    assert 'value="700"' in again.content.decode()


@pytest.mark.parametrize("typed", ["", "ร้อย", "-1", "0", "9" * 12])
def test_a_first_number_that_is_none_is_refused_and_kept(client, clerk, typed):
    form = {"unit": clerk.holding.post.unit.pk, "series": Series.IN, "start_number": typed}

    response = client.post(START, form)

    assert response.status_code == 422
    assert f'value="{typed}"' in response.content.decode() or not typed
    assert not RegisterBook.objects.filter(start_number__gt=1).exists()


def test_nobody_sets_the_first_number_of_another_unit(client, clerk):
    neighbour = SchoolFactory(office=clerk.holding.post.unit.office)
    form = {"unit": neighbour.pk, "series": Series.IN, "start_number": "9"}

    assert client.post(START, form).status_code == 422
    assert RegisterBook.objects.count() == 0


def test_the_registrar_sets_those_of_the_office_and_an_officer_none(client):
    office = OfficeFactory()
    form = {"unit": office.pk, "series": Series.CIRCULAR, "start_number": "1371"}

    client.force_login(officer_of(GroupFactory(office=office)).member)
    refused = client.post(START, form)
    client.force_login(registrar_of(office).member)
    client.post(START, form)

    assert refused.status_code == 403
    assert RegisterBook.objects.get().start_number == 1371
