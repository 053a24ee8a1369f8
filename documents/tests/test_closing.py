"""A past year of registers is signed off, when nothing is open or in doubt."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from documents.models import (
    Arrival,
    RegisterEntry,
    Series,
)
from documents.services.closing import close_year, year_end
from documents.services.correcting import correct_entry
from documents.services.issuing import Issue, issue_number
from documents.services.registering import void_entry
from documents.services.reserving import (
    expire_reservations,
    reserve_number,
)
from documents.tests.factories import (
    clerk_of,
    history_of,
    received_arrival,
)
from members.tests.factories import SchoolFactory
from portal.core.clock import be_year, db_now, today
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db

LAST_DAY = date(today().year, 12, 31)


@pytest.fixture
def received():
    """A line of a school's receive register, and the clerk who keeps it."""
    arrival, clerk = received_arrival()
    return arrival.entry, clerk


@pytest.fixture
def clerk():
    return clerk_of(SchoolFactory())


def unit_of(actor):
    return actor.holding.post.unit


def order(by, subject="แต่งตั้งคณะกรรมการ", key=None):
    issue = Issue(subject=subject, dated_on=today(), signer="ผู้อำนวยการ")
    return issue_number(unit_of(by), Series.ORDER, issue=issue, key=key or uuid4(), by=by)


def reserve(by, series=Series.OUT, day=LAST_DAY):
    return reserve_number(
        unit_of(by), series, purpose="หนังสือเชิญ", expires_on=day, key=uuid4(), by=by
    )


# The end of a year -------------------------------------------------------------------------------


def test_a_past_year_is_closed_once_and_nothing_in_it_is_corrected_after(clerk, settings):
    entry, year = order(clerk), be_year(db_now())
    with pytest.raises(DomainError):
        close_year(unit_of(clerk), year, key=uuid4(), by=clerk)

    settings.CLOCK_SHIFT_SECONDS = 370 * 86_400
    (book,) = close_year(unit_of(clerk), year, note="ตรวจแล้ว", key=uuid4(), by=clerk)

    book.refresh_from_db()
    assert (book.closed_by, book.closing_note) == (clerk.member, "ตรวจแล้ว")
    assert history_of(book) == ["register.closed"]
    for again in (
        lambda: close_year(unit_of(clerk), year, key=uuid4(), by=clerk),
        lambda: correct_entry(entry, column="remarks", value="x", reason="ลอง", by=clerk),
    ):
        with pytest.raises(DomainError):
            again()


def test_a_year_with_an_open_reservation_or_a_doubt_stays_open(clerk, settings):
    kept, year = reserve(clerk), be_year(db_now())
    settings.CLOCK_SHIFT_SECONDS = 370 * 86_400
    with pytest.raises(DomainError, match="จองไว้"):
        close_year(unit_of(clerk), year, key=uuid4(), by=clerk)

    expire_reservations()
    RegisterEntry.objects.filter(pk=kept.pk).update(subject="เขียนทับ")
    with pytest.raises(DomainError, match="ยังปิดไม่ได้"):
        close_year(unit_of(clerk), year, key=uuid4(), by=clerk)


def test_the_year_shows_what_is_void_kept_and_not_acted_on(received):
    entry, clerk = received
    year = be_year(timezone.now())
    void_entry(order(clerk), reason="ออกซ้ำ", by=clerk)
    reserve(clerk)

    found = year_end(unit_of(clerk), year)

    books = {one.book.series: one for one in found.books}
    assert [row.void_reason for row in books[Series.ORDER].voids] == ["ออกซ้ำ"]
    assert len(books[Series.OUT].reserved) == 1
    assert found.is_clean
    assert (found.waiting_count, found.waiting) == (0, [])
    Arrival.objects.filter(entry=entry).update(is_open=True)
    assert year_end(unit_of(clerk), year).waiting == [entry]
