"""Numbers kept for a letter that is still to come: taken now, used or given up later."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from documents.models import EntryState, NumberReservation, RegisterEntry, Series
from documents.policies import can_issue, can_reserve
from documents.services.registering import (
    TakenNumber,
    lock_books,
    take_number,
    void_entry,
    write_entry,
)
from members.models import Unit
from members.services import Actor
from portal.core.actors import SYSTEM
from portal.core.clock import be_year, db_now, today
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.core.thaitext import normalise


class ReservationGone(Conflict):
    """The number that was chosen is no longer kept for anybody."""


RESERVABLE = (
    Series.OUT,
    Series.CIRCULAR,
    Series.MEMO,
    Series.ORDER,
    Series.ANNOUNCEMENT,
    Series.CERTIFICATE,
)
EXPIRED = "หมดอายุการจอง"


@transaction.atomic(durable=True)
def reserve_number(
    unit: Unit, series: str, *, purpose: str, expires_on: date, key: UUID | None, by: Actor
) -> RegisterEntry:
    """The next number of the book is taken today and kept for this purpose, until the day named.

    A line of the register like any other, so that no reservation makes a hole (guide 1.5).
    """
    require(can_reserve(by, (unit, series)))
    if series not in RESERVABLE:
        raise DomainError("จองได้เฉพาะเลขของทะเบียนที่หน่วยงานออกเลขเอง")
    if not purpose.strip():
        raise DomainError("บอกว่าจองไว้สำหรับอะไร")
    with once(by, key, {"reserve": unit.pk, "series": series, "for": purpose}) as done:
        if done.is_repeat and done.result:
            return RegisterEntry.objects.select_related("book").get(pk=done.result["entry"])
        taken = take_number(unit.pk, series)
        _require_day(expires_on, year=be_year(taken.at))
        entry = write_entry(
            taken,
            by=by,
            state=EntryState.RESERVED,
            from_text=unit.name,
            subject=purpose.strip()[:300],
            subject_search=normalise(purpose),
        )
        NumberReservation.objects.create(
            entry=entry, purpose=purpose.strip()[:300], holder=by.member, expires_on=expires_on
        )
        done.result = {"entry": entry.pk}
    return entry


def _require_day(day: date, *, year: int) -> None:
    if day < today():
        raise DomainError("วันสุดท้ายที่ใช้ได้ผ่านไปแล้ว ใส่วันนี้หรือวันข้างหน้า")
    if day.year + 543 != year:
        raise DomainError(f"จองได้ถึง 31 ธันวาคม {year} เลขของปีใหม่เริ่มที่ 1")


def number_for(unit: Unit, series: str, *, reserved: int | None) -> TakenNumber:
    """Return the number for a letter: the one reserved, when it was chosen, or the next.

    A reserved one is dated on the day on which it was taken. It is refused when somebody has
    used or voided it meanwhile (ReservationGone), and when its day is over.
    """
    if reserved is None:
        return take_number(unit.pk, series)
    lock_books({unit.pk}, series)
    now = db_now()
    rows = RegisterEntry.objects.filter(book__unit=unit, book__series=series)
    if not rows.filter(pk=reserved).exists():
        raise ReservationGone("เลขที่จองนี้ไม่ใช่ของทะเบียนที่จะออกเลข")
    entry = RegisterEntry.objects.select_related("book", "reservation").lock(reserved)
    if entry.state != EntryState.RESERVED:
        raise ReservationGone(f"เลข {entry.number} {entry.get_state_display()}แล้ว ใช้เลขอื่นแทน")
    if entry.book.be_year != be_year(now) or entry.reservation.expires_on < today():
        raise ReservationGone(f"การจองเลข {entry.number} หมดอายุแล้ว เลือกเลขอื่นหรือใช้เลขถัดไป")
    return TakenNumber(entry.book_id, entry.number, now, reserved=entry)


def open_reservations(unit: Unit, series: str) -> list[RegisterEntry]:
    """Return the reserved numbers of this unit and series that a letter may use today."""
    return list(
        RegisterEntry.objects.filter(
            book__unit=unit,
            book__series=series,
            book__be_year=be_year(db_now()),
            state=EntryState.RESERVED,
            reservation__expires_on__gte=today(),
        )
        .select_related("reservation__holder")
        .order_by("number")
    )


def give_up_number(entry: RegisterEntry, *, reason: str, by: Actor) -> RegisterEntry:
    """A number that no letter bears is void, reserved or issued by hand; its line stays."""
    if entry.state != EntryState.RESERVED:
        require(can_issue(by, entry.book.unit))
    if entry.letter_id is not None:
        raise DomainError("เลขนี้เป็นของหนังสือที่ส่งแล้ว ให้เรียกคืนหนังสือแทน")
    if entry.state == EntryState.RESERVED:
        return release_reservation(entry, reason=reason, by=by)
    return void_entry(entry, reason=reason, by=by)


@transaction.atomic
def release_reservation(entry: RegisterEntry, *, reason: str, by: Actor) -> RegisterEntry:
    """The number is given up: its line stays, void for this reason."""
    locked = RegisterEntry.objects.select_related("book__unit").lock(entry.pk)
    require(can_reserve(by, (locked.book.unit, locked.book.series)))
    if locked.state != EntryState.RESERVED:
        raise Conflict(f"เลข {locked.number} {locked.get_state_display()}แล้ว จึงคืนไม่ได้")
    return void_entry(locked, reason=reason, by=by)


def expire_reservations() -> int:
    """Every reservation whose day is over is void; none outlives its year (guide 1.5).

    Return how many. The day of a reservation is never later than its year's last.
    """
    due = RegisterEntry.objects.filter(
        state=EntryState.RESERVED, reservation__expires_on__lt=today()
    ).order_by("pk")
    entries = list(due)
    for entry in entries:
        with transaction.atomic():
            locked = RegisterEntry.objects.lock(entry.pk)
            if locked.state == EntryState.RESERVED:
                void_entry(locked, reason=EXPIRED, by=SYSTEM)
    return len(entries)
