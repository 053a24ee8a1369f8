"""verify_registers finds whatever somebody changed by hand, at the right line."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from documents.models import (
    EntryCorrection,
    EntryState,
    NumberReservation,
    RegisterBook,
    RegisterEntry,
    Series,
)
from documents.services.correcting import correct_entry
from documents.services.issuing import Issue, issue_awards, issue_number
from documents.services.registering import void_entry
from documents.services.reserving import reserve_number
from documents.services.verifying import verify_book, verify_books, verify_history
from documents.tests.factories import clerk_of
from members.tests.factories import SchoolFactory
from portal.audit.models import AuditEntry
from portal.core import triggers
from portal.core.clock import today

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def unguarded(monkeypatch):
    """The guards are away, as for somebody who owns the database."""
    monkeypatch.setattr(triggers, "TRIGGERS", set())
    triggers.install()


@pytest.fixture
def book():
    """Five orders of a school: the second corrected, the third void, the fourth reserved."""
    school = SchoolFactory()
    clerk = clerk_of(school)
    issue = Issue(subject="แต่งตั้งคณะกรรมการ", dated_on=today(), signer="ผู้อำนวยการ")

    def order():
        return issue_number(school, Series.ORDER, issue=issue, key=uuid4(), by=clerk)

    order()
    second, third = order(), order()
    correct_entry(second, column="subject", value="แต่งตั้งกรรมการ", reason="พิมพ์ผิด", by=clerk)
    correct_entry(second, column="subject", value="แต่งตั้งกรรมการสอบ", reason="ตกคำ", by=clerk)
    void_entry(third, reason="ออกซ้ำ", by=clerk)
    reserve_number(
        school, Series.ORDER, purpose="คำสั่งเวร", expires_on=today(), key=uuid4(), by=clerk
    )
    order()
    return RegisterBook.objects.get(series=Series.ORDER)


def line(book, number):
    return RegisterEntry.objects.get(book=book, number=number)


def change(model, pk, **values):
    """Write past the services, as raw SQL does."""
    model._base_manager.filter(pk=pk).update(**values)


def delete(model, pk):
    with connection.cursor() as cursor:
        if model is RegisterEntry:
            for inner, column in ((EntryCorrection, "entry_id"), (NumberReservation, "entry_id")):
                cursor.execute(f"DELETE FROM {inner._meta.db_table} WHERE {column} = %s", [pk])
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [pk])


def found(book):
    """Return the doubts as (number, text)."""
    book = RegisterBook.objects.get(pk=book.pk)
    return [(doubt.number, doubt.text) for doubt in verify_book(book).doubts]


def test_what_the_services_wrote_is_clean(book):
    checked = verify_book(book)

    assert checked.doubts == []
    assert (checked.first, checked.last, checked.count) == (1, 5, 5)
    assert (checked.voids, checked.reserved, checked.corrections) == (1, 1, 2)
    assert verify_history(RegisterBook.objects.all()) == []


def test_a_deleted_line_is_a_hole_and_missed_by_the_history(book, unguarded):
    delete(RegisterEntry, line(book, 2).pk)

    assert found(book) == [(3, "ก่อนหน้านี้ขาดเลข 2"), (None, "มี 4 บรรทัด แต่ควรมี 5")]
    (lost,) = verify_history(RegisterBook.objects.all())
    assert lost.number == 2


def test_a_cut_tail_with_a_lowered_counter_is_still_missed(book, unguarded):
    delete(RegisterEntry, line(book, 5).pk)
    change(RegisterBook, book.pk, last_number=4)

    assert found(book) == []
    (lost,) = verify_history(RegisterBook.objects.all())
    assert lost.number == 5


def test_a_raised_counter_is_found(book, unguarded):
    change(RegisterBook, book.pk, last_number=7)

    assert found(book) == [(None, "เลขสุดท้ายในทะเบียนคือ 5 แต่ตัวนับอยู่ที่ 7")]


def test_a_line_with_another_number_is_found(book, unguarded):
    change(RegisterEntry, line(book, 5).pk, number=9)

    numbers = [number for number, _ in found(book)]
    assert numbers == [9, 9, 9, None, None]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "เรื่องอื่น"),
        ("from_text", "คนอื่น"),
        ("to_text", "คนอื่น"),
        ("remarks", "เขียนเพิ่ม"),
        ("letter_number", "77/2569"),
        ("letter_dated_on", None),
    ],
)
def test_every_column_changed_by_hand_is_found_at_its_line(book, unguarded, column, value):
    change(RegisterEntry, line(book, 1).pk, **{column: value})

    assert found(book) == [(1, "ข้อความในบรรทัดไม่ตรงกับที่ลงทะเบียนไว้ และไม่มีการแก้ไขที่อธิบายได้")]


def test_a_corrected_column_changed_by_hand_is_found(book, unguarded):
    change(RegisterEntry, line(book, 2).pk, subject="เรื่องอื่น")

    assert found(book) == [(2, "ช่องเรื่องไม่ตรงกับการแก้ไขครั้งล่าสุด")]


def test_a_changed_or_missing_correction_is_found(book, unguarded):
    first, last = EntryCorrection.objects.order_by("pk")
    change(EntryCorrection, first.pk, reason="เหตุผลใหม่")
    assert found(book) == [(2, "การแก้ไขช่องเรื่องไม่ตรงกับประวัติ")]

    delete(EntryCorrection, last.pk)
    assert (2, "ประวัติมีการแก้ไขที่ไม่มีในทะเบียน") in found(book)


def test_another_time_is_found(book, unguarded):
    entry = line(book, 4)
    change(RegisterEntry, entry.pk, registered_at=entry.registered_at - timedelta(days=400))

    assert [number for number, _ in found(book)] == [4, 4, 4, 4]


def test_a_void_line_made_good_and_a_good_one_voided_are_found(book, unguarded):
    third, first = line(book, 3), line(book, 1)
    change(
        RegisterEntry,
        third.pk,
        state=EntryState.USED,
        void_reason="",
        voided_at=None,
        voided_by=None,
    )
    change(
        RegisterEntry,
        first.pk,
        state=EntryState.VOID,
        void_reason="x",
        voided_at=timezone.now(),
    )

    assert found(book) == [(1, "ยกเลิกโดยไม่มีประวัติ"), (3, "ประวัติบอกว่ายกเลิกแล้ว")]


def test_a_reservation_used_by_hand_is_found(book, unguarded):
    change(RegisterEntry, line(book, 4).pk, state=EntryState.USED)

    assert found(book) == [(4, "ใช้เลขที่จองโดยไม่มีประวัติ")]


def test_a_line_added_by_hand_has_no_history(book, unguarded):
    RegisterEntry.objects.create(
        book=book, number=6, registered_at=timezone.now(), registered_by=line(book, 1).registered_by
    )
    change(RegisterBook, book.pk, last_number=6)

    assert found(book) == [(6, "ไม่มีประวัติการลงทะเบียน")]


def test_an_erased_history_is_found(book, unguarded):
    audit = AuditEntry.objects.get(action="register.entry_registered", subject_id=line(book, 1).pk)
    delete(AuditEntry, audit.pk)

    assert found(book) == [(1, "ไม่มีประวัติการลงทะเบียน")]


def test_a_line_of_a_run_is_known_like_any_other(unguarded):
    school = SchoolFactory()
    issue_awards(
        school,
        issue=Issue(subject="ค่ายวิชาการ", dated_on=today()),
        names=["ก", "ข", "ค"],
        key=uuid4(),
        by=clerk_of(school),
    )
    book = RegisterBook.objects.get(series=Series.AWARD)
    assert found(book) == []

    change(RegisterEntry, line(book, 2).pk, to_text="คนอื่น")
    assert [number for number, _ in found(book)] == [2]

    delete(RegisterEntry, line(book, 3).pk)
    change(RegisterBook, book.pk, last_number=2)
    assert (3, "อยู่ในชุดเลขตามประวัติ แต่ไม่มีบรรทัด") in found(book)


def test_the_command_says_each_doubt_and_exits_with_one(book, unguarded):
    out = StringIO()
    call_command("verify_registers", stdout=out)
    assert out.getvalue().splitlines()[-1].endswith("0 doubts")

    change(RegisterEntry, line(book, 1).pk, subject="เรื่องอื่น")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_registers", stdout=out)
    assert stopped.value.code == 1
    assert "เลข 1: ข้อความในบรรทัด" in out.getvalue()


def test_the_command_speaks_json_of_one_unit_and_year(book):
    other = SchoolFactory()
    RegisterBook.objects.create(unit=other, series=Series.IN, be_year=2560)
    out = StringIO()

    call_command("verify_registers", unit=book.unit_id, year=book.be_year, json=True, stdout=out)

    said = json.loads(out.getvalue())
    assert [one["book"] for one in said["books"]] == [book.pk]
    assert (said["lines"], said["doubts"]) == (5, 0)


def test_a_thousand_lines_cost_no_more_questions_than_five(book, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        (checked,) = verify_books(RegisterBook.objects.filter(pk=book.pk))
    assert checked.is_clean
