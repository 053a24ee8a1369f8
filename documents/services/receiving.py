"""What a recipient does first: open, receive with the own number, or refuse."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import QuerySet, prefetch_related_objects

from documents.models import (
    Arrival,
    ArrivalState,
    Inquiry,
    Letter,
    Opening,
    Series,
    StampPlace,
)
from documents.policies import RECEIVING_ROLES, can_receive, can_refuse
from documents.services.matters import begins_matter, open_matter, tell_sender_register
from documents.services.registering import lock_books, take_number, write_entry
from members.models import Member
from members.services import Actor, act_at
from portal.audit.services import record, written_together
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.prepared import prepared
from portal.core.thaidates import short_time
from portal.notifications.services import read_notifications_about, unread_count
from portal.outbox.services import publish

MAX_AT_ONCE = 50
READING_LOG_PAUSE = timedelta(minutes=10)
# What receiving reads of an arrival and of what it points to: the whole rows cost more to build
# than all the writing.
RECEIPT_FIELDS = (
    "state",
    "response_state",
    "unit_id",
    "member_id",
    "received_at",
    "letter__number_text",
    "letter__dated_on",
    "letter__subject",
    "letter__subject_search",
    "letter__urgency",
    "letter__response_kind",
    "letter__owner_unit__name",
    "unit__name",
    "unit__short_name",
    "unit__kind",
    "due_at",
    "letter__origin",
    "letter__kind",
    "letter__addressee",
    "letter__outside_party",
    "entry_id",
    "received_by_id",
)


@dataclass(frozen=True)
class Receipt:
    """What came of one arrival: its receive number, or why there is none."""

    arrival: Arrival
    number: int | None
    problem: str = ""


def log_opening(arrivals: Iterable[Arrival], *, by: Member) -> None:
    """The reading log knows that the member opened these arrivals; the bell counts them no more.

    A failure stops no page.

    One of the few writes a GET may do: opening is a fact and changes no state.
    """
    rows = list(arrivals)
    if all(row.opened_at and getattr(row, "was_opened_lately", False) for row in rows):
        return
    try:
        with transaction.atomic():
            now = db_now()
            recent = set(
                Opening.objects.filter(
                    arrival__in=rows, member=by, at__gt=now - READING_LOG_PAUSE
                ).values_list("arrival_id", flat=True)
            )
            Opening.objects.bulk_create(
                Opening(arrival=row, member=by, at=now) for row in rows if row.pk not in recent
            )
            Arrival.objects.filter(
                pk__in=[row.pk for row in rows if row.opened_at is None], opened_at__isnull=True
            ).update(opened_at=now, opened_by=by)
        _quieten_bell(rows, member=by)
    except DatabaseError:
        return


def _quieten_bell(arrivals: Iterable[Arrival], *, member: Member) -> None:
    """What the bell told the member about these arrivals, their letters and questions is read."""
    if not unread_count(member):
        return
    rows = Arrival.objects.filter(pk__in=[row.pk for row in arrivals])
    read_notifications_about(
        rows,
        Letter.objects.filter(arrivals__in=rows),
        Inquiry.objects.filter(arrival__in=rows),
        member=member,
    )


def acting_for(arrival: Arrival, by: Actor) -> Actor:
    """Return the actor in the post that receives this; in person when it is addressed so."""
    if arrival.member_id is not None:
        return by
    return act_at(by, [arrival.unit_id], RECEIVING_ROLES)


def receive_arrivals(arrival_ids: Iterable[int], *, key: UUID | None, by: Actor) -> list[Receipt]:
    """Each arrival has a receive number of its own unit's book; the answer lists every one.

    At most 50. An id that is not at a desk of the member refuses the whole request. A colleague
    who was faster is an answer, not an error. The same key twice takes no second number.
    """
    ids = sorted(set(arrival_ids))
    if not ids:
        raise DomainError("เลือกหนังสือที่จะลงรับก่อน")
    if len(ids) > MAX_AT_ONCE:
        raise DomainError(f"ลงรับได้ครั้งละไม่เกิน {MAX_AT_ONCE} รายการ")
    receipts = _receive(ids, key=key, by=by)
    with suppress(DatabaseError):  # the numbers are taken; the bell may count one too many
        _quieten_bell((receipt.arrival for receipt in receipts), member=by.member)
    return receipts


@transaction.atomic(durable=True)
def _receive(ids: list[int], *, key: UUID | None, by: Actor) -> list[Receipt]:
    with once(by, key, {"receive": ids}) as done:
        arrivals = _locked(tuple(ids))
        if len(arrivals) != len(ids):
            raise PermissionDenied
        # Joined to the rows for which we waited, these two would be as they were before the wait.
        done_before = [row for row in arrivals if row.state != ArrivalState.WAITING]
        prefetch_related_objects(done_before, "entry", "received_by")
        if done.is_repeat:
            fresh = set(done.result["received"]) if done.result else set()
            return [_receipt_of(row, is_mine=row.pk in fresh) for row in arrivals]
        actors = {row.pk: acting_for(row, by) for row in arrivals}
        for row in arrivals:
            require(can_receive(actors[row.pk], row))
        open_rows = [row for row in arrivals if row.state == ArrivalState.WAITING]
        books = {row.unit_id for row in open_rows if row.member_id is None}
        if len(books) > 1:
            lock_books(books, Series.IN)
        fresh = {row.pk for row in open_rows}
        done.keep({"received": sorted(fresh)})
        with written_together():
            for row in open_rows:
                _receive_one(row, by=actors[row.pk])
    return [_receipt_of(row, is_mine=row.pk in fresh) for row in arrivals]


@prepared
def _locked(ids: tuple[int, ...]) -> QuerySet[Arrival]:
    rows = Arrival.objects.filter(pk__in=ids).lock_all()
    return rows.select_related("letter__owner_unit", "unit").only(*RECEIPT_FIELDS)


def _receive_one(arrival: Arrival, *, by: Actor) -> None:
    arrival.move_to(ArrivalState.RECEIVED)
    letter = arrival.letter
    if arrival.member_id is None:
        taken = take_number(arrival.unit_id, Series.IN)
        arrival.entry = write_entry(
            taken,
            by=by,
            letter=letter,
            from_text=letter.sender,
            to_text=letter.meant_for or arrival.unit.name,
        )
        arrival.received_at = taken.at
    else:
        arrival.received_at = db_now()
    arrival.received_by = by.member
    arrival.settle()
    arrival.save(update_fields=["state", "entry", "received_at", "received_by", "is_open"])
    record(
        "arrival.received",
        arrival,
        by=by,
        at=arrival.received_at,
        state=[ArrivalState.WAITING, ArrivalState.RECEIVED],
        number=arrival.entry.number if arrival.entry else None,
    )
    if begins_matter(arrival) and arrival.entry and arrival.received_at:
        open_matter(arrival, at=arrival.received_at, by=by)
        tell_sender_register(letter, f"{arrival.unit.name} รับแล้ว เลขรับ {arrival.entry.number}")


def _receipt_of(arrival: Arrival, *, is_mine: bool) -> Receipt:
    number = arrival.entry.number if arrival.entry else None
    if is_mine:
        return Receipt(arrival, number)
    return Receipt(arrival, number, problem=why_not_received(arrival))


def why_not_received(arrival: Arrival) -> str:
    """Say who was faster, or in which state the arrival is."""
    if arrival.state == ArrivalState.RECEIVED and arrival.received_at:
        number = f" เลขรับ {arrival.entry.number}" if arrival.entry else ""
        at = short_time(arrival.received_at)
        return f"{arrival.received_by}ลงรับฉบับนี้ไปแล้วเมื่อ {at}{number}"
    return f"ฉบับนี้{arrival.get_state_display()}แล้ว จึงไม่ได้ลงรับ"


@transaction.atomic
def refuse_arrival(arrival: Arrival, *, reason: str, by: Actor) -> Arrival:
    """The letter went back because it is not this recipient's; the owner is told the reason."""
    locked = Arrival.objects.select_related("letter", "unit").lock(arrival.pk)
    actor = acting_for(locked, by)
    require(can_refuse(actor, locked))
    if not reason.strip():
        raise DomainError("บอกเหตุผลให้เจ้าของเรื่องทราบ")
    locked.move_to(ArrivalState.REFUSED)
    locked.refusal_reason = reason.strip()
    locked.settle()
    locked.save(update_fields=["state", "refusal_reason", "is_open"])
    record(
        "arrival.refused",
        locked,
        by=actor,
        state=[ArrivalState.WAITING, ArrivalState.REFUSED],
        reason=locked.refusal_reason,
    )
    publish("documents.arrival_refused", locked, by=actor)
    return locked


@transaction.atomic
def move_stamp(arrival: Arrival, *, place: str, by: Actor) -> Arrival:
    """The receipt stamp of this recipient's copy stands at `place`; the original is untouched."""
    locked = Arrival.objects.lock(arrival.pk)
    actor = acting_for(locked, by)
    require(can_receive(actor, locked))
    if place not in StampPlace.values:
        raise DomainError("เลือกตำแหน่งของตรารับจากรายการ")
    if locked.entry_id is None:
        raise DomainError("ยังไม่ลงรับ จึงยังไม่มีตรารับ")
    before, locked.stamp_place = locked.stamp_place, place
    locked.save(update_fields=["stamp_place"])
    record("arrival.stamp_moved", locked, by=actor, place=[before, place])
    return locked
