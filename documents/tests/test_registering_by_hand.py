"""Corrections, reservations and numbers by hand, through the services."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from documents.domain import clean_names, numbers_text
from documents.models import (
    EntryCorrection,
    EntryState,
    Letter,
    RegisterBook,
    RegisterEntry,
    Series,
)
from documents.services.correcting import CorrectedMeanwhile, correct_entry
from documents.services.issuing import Issue, issue_awards
from documents.services.registering import void_entry
from documents.services.reserving import (
    ReservationGone,
    expire_reservations,
    number_for,
    open_reservations,
    release_reservation,
    reserve_number,
)
from documents.services.sending import prepare_sending, register_letter
from documents.services.verifying import verify_book
from documents.tests.factories import LetterFactory, clerk_of, officer_of, registrar_of
from documents.tests.registers import LAST_DAY, order, reserve, unit_of
from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.clock import bangkok, be_year, db_now, today
from portal.core.errors import Conflict, DomainError

pytestmark = pytest.mark.django_db

# Corrections -------------------------------------------------------------------------------------


def test_a_correction_changes_the_line_and_keeps_every_earlier_word(received_line):
    entry, clerk = received_line
    letter_subject, before = entry.letter.subject, entry.subject

    correct_entry(entry, column="subject", value="เรื่องที่หนึ่ง", reason="ตกคำ", by=clerk)
    correct_entry(entry, column="subject", value="เรื่องที่สอง", reason="ยังตกคำ", by=clerk)

    entry.refresh_from_db()
    kept = EntryCorrection.objects.order_by("pk").values_list("old_value", "new_value", "reason")
    assert entry.subject == "เรื่องที่สอง"
    assert list(kept) == [
        (before, "เรื่องที่หนึ่ง", "ตกคำ"),
        ("เรื่องที่หนึ่ง", "เรื่องที่สอง", "ยังตกคำ"),
    ]
    assert Letter.objects.get(pk=entry.letter_id).subject == letter_subject
    assert history_of(entry) == [
        "register.entry_registered",
        "register.entry_corrected",
        "register.entry_corrected",
    ]


def test_a_corrected_subject_is_found_by_its_new_words(received_line):
    entry, clerk = received_line

    correct_entry(entry, column="subject", value="สำรวจ น้ำท่วม ๒๕๖๙", reason="พิมพ์ผิด", by=clerk)

    assert RegisterEntry.objects.filter(subject_search__contains="2569").get() == entry


def test_the_day_of_a_received_letter_may_be_put_right(received_line):
    entry, clerk = received_line

    correct_entry(entry, column="letter_dated_on", value="2026-01-05", reason="อ่านผิด", by=clerk)

    entry.refresh_from_db()
    assert entry.letter_dated_on == date(2026, 1, 5)


@pytest.mark.parametrize(
    "column", ["number", "registered_at", "book", "letter", "state", "action_text", "void_reason"]
)
def test_number_time_and_book_are_never_corrected(received_line, column):
    entry, clerk = received_line

    with pytest.raises(DomainError):
        correct_entry(entry, column=column, value="7", reason="ลอง", by=clerk)


def test_the_number_on_an_own_letter_is_not_corrected_in_the_register(clerk):
    with pytest.raises(DomainError):
        correct_entry(order(clerk), column="letter_number", value="9/2569", reason="ลอง", by=clerk)


def test_who_was_slower_learns_what_stands_there_now(received_line):
    entry, clerk = received_line
    seen = entry.remarks
    correct_entry(entry, column="remarks", value="แฟ้ม 1", reason="ลืม", seen=seen, by=clerk)

    with pytest.raises(CorrectedMeanwhile) as refused:
        correct_entry(entry, column="remarks", value="แฟ้ม 2", reason="ลืม", seen=seen, by=clerk)

    entry.refresh_from_db()
    assert (refused.value.value, entry.remarks) == ("แฟ้ม 1", "แฟ้ม 1")
    assert refused.value.status == 409


def test_the_same_form_twice_is_one_correction(received_line):
    entry, clerk = received_line
    key = uuid4()

    for _ in range(2):
        correct_entry(entry, column="remarks", value="แฟ้ม 1", reason="ลืม", key=key, by=clerk)

    assert EntryCorrection.objects.count() == 1


def test_only_the_desk_of_the_book_corrects(received_line):
    entry, clerk = received_line
    school = unit_of(clerk)
    strangers = [
        clerk_of(SchoolFactory(office=school.office)),
        registrar_of(school.office),
        ActorFactory(role=Role.TEACHER, unit=school),
    ]

    for actor in strangers:
        with pytest.raises(PermissionDenied):
            correct_entry(entry, column="remarks", value="x", reason="ลอง", by=actor)


@pytest.mark.parametrize(("value", "reason"), [("", "พิมพ์ผิด"), ("ใหม่", " "), ("ก" * 501, "ยาว")])
def test_a_correction_says_something_and_why(received_line, value, reason):
    entry, clerk = received_line

    with pytest.raises(DomainError):
        correct_entry(entry, column="subject", value=value, reason=reason, by=clerk)
    assert EntryCorrection.objects.count() == 0


def test_a_void_or_reserved_line_is_not_corrected(clerk):
    void = void_entry(order(clerk), reason="ออกซ้ำ", by=clerk)

    for entry in (void, reserve(clerk)):
        with pytest.raises(DomainError):
            correct_entry(entry, column="remarks", value="x", reason="ลอง", by=clerk)


# Reservations ------------------------------------------------------------------------------------


def test_a_reservation_takes_the_next_number_now(clerk):
    order_before, kept, order_after = order(clerk), reserve(clerk, Series.ORDER), order(clerk)

    assert [order_before.number, kept.number, order_after.number] == [1, 2, 3]
    assert kept.state == EntryState.RESERVED
    assert verify_book(RegisterBook.objects.get()).is_clean


def test_a_letter_takes_the_reserved_number_and_its_day():
    group = GroupFactory()
    SchoolFactory(office=group.office)
    registrar = registrar_of(group.office)
    letter = LetterFactory(owner_unit=group, kind="external")
    kept = reserve_number(
        group.office, Series.OUT, purpose="เชิญ", expires_on=LAST_DAY, key=uuid4(), by=registrar
    )
    later = LetterFactory(owner_unit=group, kind="external")

    snapshot = prepare_sending(later, by=registrar)
    register_letter(later, snapshot=snapshot, key=uuid4(), by=registrar)
    snapshot = prepare_sending(letter, by=registrar)
    sent = register_letter(letter, snapshot=snapshot, key=uuid4(), reserved=kept.pk, by=registrar)

    kept.refresh_from_db()
    assert (sent.number, later_number(later)) == (1, 2)
    assert sent.dated_on == bangkok(kept.registered_at).date()
    assert (kept.state, kept.letter_id, kept.subject) == ("used", sent.pk, sent.subject)
    assert open_reservations(group.office, Series.OUT) == []
    assert verify_book(kept.book).is_clean


def later_number(letter):
    return Letter.objects.get(pk=letter.pk).number


def test_a_number_is_used_once_and_only_for_its_own_register(clerk):
    school = unit_of(clerk)
    kept = reserve(clerk)
    with transaction.atomic(), pytest.raises(ReservationGone):
        number_for(school, Series.MEMO, reserved=kept.pk)
    with transaction.atomic(), pytest.raises(ReservationGone):
        number_for(SchoolFactory(), Series.OUT, reserved=kept.pk)

    release_reservation(kept, reason="งานเลื่อน", by=clerk)
    with transaction.atomic(), pytest.raises(ReservationGone):
        number_for(school, Series.OUT, reserved=kept.pk)


def test_a_reservation_ends_with_its_day_and_its_year(clerk, settings):
    short, long = reserve(clerk, day=today()), reserve(clerk, day=LAST_DAY)

    days_left = (LAST_DAY - today()).days

    assert expire_reservations() == 0
    settings.CLOCK_SHIFT_SECONDS = 86_400
    assert expire_reservations() == 1
    settings.CLOCK_SHIFT_SECONDS = (days_left + 1) * 86_400
    assert open_reservations(unit_of(clerk), Series.OUT) == []
    assert expire_reservations() == 1
    assert expire_reservations() == 0

    for entry in (short, long):
        entry.refresh_from_db()
        assert (entry.state, entry.void_reason) == (EntryState.VOID, "หมดอายุการจอง")


def test_a_reservation_stays_within_its_year(clerk):
    for day in (LAST_DAY + timedelta(days=1), today() - timedelta(days=1)):
        with pytest.raises(DomainError):
            reserve(clerk, day=day)
    assert RegisterEntry.objects.count() == 0


def test_the_receive_register_is_not_reserved_in(clerk):
    for series in (Series.IN, Series.AWARD):
        with pytest.raises(DomainError):
            reserve(clerk, series)


# Numbers by hand ---------------------------------------------------------------------------------


def test_orders_begin_at_one_and_bear_their_year(clerk):
    first, second = order(clerk), order(clerk)

    year = be_year(db_now())
    assert [first.letter_number, second.letter_number] == [f"1/{year}", f"2/{year}"]


def test_the_same_form_twice_is_one_number(clerk):
    key = uuid4()

    assert order(clerk, key=key).pk == order(clerk, key=key).pk
    with pytest.raises(Conflict):
        order(clerk, subject="เรื่องอื่น", key=key)


def test_who_may_issue():
    group = GroupFactory()
    issuing = GroupFactory(office=group.office, can_issue_numbers=True)
    for actor in (officer_of(group), ActorFactory(role=Role.GROUP_CLERK, unit=group)):
        with pytest.raises(PermissionDenied):
            order(actor)

    assert order(ActorFactory(role=Role.GROUP_CLERK, unit=issuing)).number == 1
    assert order(registrar_of(group.office)).number == 1


def test_a_run_of_awards_is_one_number_a_name_and_nothing_between(clerk):
    event = Issue(subject="ค่ายวิชาการ", dated_on=today())
    names = [f"เด็กคนที่ {number}" for number in range(1, 65)]
    key = uuid4()

    for _ in range(2):
        head = issue_awards(unit_of(clerk), issue=event, names=names, key=key, by=clerk)
    after = issue_awards(unit_of(clerk), issue=event, count=1, key=uuid4(), by=clerk)

    assert (head.number, head.run_end, after.number, after.run_end) == (1, 64, 65, None)
    assert numbers_text(head.number, head.run_end, 2569) == "1–64/2569"
    lines = head.book.entries.order_by("number")
    assert [line.to_text for line in lines] == [*names, ""]
    assert verify_book(RegisterBook.objects.get()).is_clean


@pytest.mark.parametrize("count", [0, 2_001])
def test_a_run_has_its_limits(clerk, count):
    with pytest.raises(DomainError):
        issue_awards(
            unit_of(clerk),
            issue=Issue(subject="ค่าย", dated_on=today()),
            count=count,
            key=uuid4(),
            by=clerk,
        )


def test_pasted_names_are_cleaned():
    pasted = "1. เด็กหญิง ก  ใจดี\r\n\n๒) เด็กชาย ข\n3\tเด็กชาย ค\tป.4\n- เด็กหญิง ง\n"

    assert clean_names(pasted) == [
        "เด็กหญิง ก ใจดี",
        "เด็กชาย ข",
        "เด็กชาย ค ป.4",
        "เด็กหญิง ง",
    ]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("before", "after"), [("void", "used"), ("void", "reserved"), ("used", "reserved")]
)
def test_the_database_lets_no_number_go_back(clerk, before, after):
    entry = order(clerk)
    if before == "void":
        void_entry(entry, reason="ออกซ้ำ", by=clerk)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterEntry.objects.filter(pk=entry.pk).update(
            state=after, void_reason="", voided_at=None
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterEntry.objects.filter(pk=entry.pk)._raw_delete("default")
