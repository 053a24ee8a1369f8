"""Letters that nobody confirmed, to be told by telephone; and the calls (annex 7, 5.5).

The owner of the matter confirms by telephone that a most urgent letter, or one with a deadline,
was received. Date and time of the call stand in the remarks of the send register: they are read
from the calls, which are added and never changed, so that the line itself stays as it was sealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from documents.models import (
    Arrival,
    ArrivalState,
    LetterOrigin,
    PhoneCall,
    RegisterBook,
    RegisterEntry,
    Series,
    Urgency,
)
from documents.policies import can_call
from documents.querysets import ArrivalQuerySet
from members.models import DESK_ROLES, Holding, Member, Role
from members.services import Actor, act_where
from portal.audit.services import record
from portal.core.calendar import add_working_days, is_working_day
from portal.core.clock import bangkok, db_now
from portal.core.errors import DomainError
from portal.core.once import once
from portal.core.thaidates import short_datetime

# After an hour a most urgent letter is late whatever the time of day; so is one that is due before
# the day is over. The others have a whole working day, in which the clerk was reminded once.
URGENT_AFTER = timedelta(hours=1)
OTHERS_AFTER_DAYS = 1
CONTACT_ROLES = DESK_ROLES | {Role.GROUP_HEAD}


def to_call(member: Member, now: datetime, holidays: Collection[date]) -> ArrivalQuerySet:
    """Return the arrivals of the member's office work that are to be confirmed by telephone.

    Most urgent or with a deadline, not received, no call yet, and long enough ago.
    """
    here = bangkok(now)
    day = add_working_days(here.date(), -OTHERS_AFTER_DAYS, holidays)
    # On a day on which the office is closed, the clock of the working day stands still.
    hour = here.time() if is_working_day(here.date(), holidays) else time()
    working_day_ago = datetime.combine(day, hour, tzinfo=here.tzinfo)
    tonight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    pressing = Q(letter__urgency=Urgency.MOST_URGENT) | Q(due_at__lt=tonight)
    return (
        Arrival.objects.followed_by(member)
        .filter(
            pressing & Q(arrived_at__lt=now - URGENT_AFTER)
            | Q(due_at__isnull=False, arrived_at__lt=working_day_ago),
            ~Exists(PhoneCall.objects.filter(arrival=OuterRef("pk"))),
            state=ArrivalState.WAITING,
            letter__origin=LetterOrigin.OFFICE,
        )
        .order_by("arrived_at")
    )


def contacts_of(unit_ids: Iterable[int]) -> dict[int, list[Holding]]:
    """Return who keeps the desk of each unit, clerks before heads, in one query."""
    found: dict[int, list[Holding]] = defaultdict(list)
    held = Holding.objects.current().filter(
        post__unit__in=set(unit_ids), post__role__in=CONTACT_ROLES
    )
    for one in held.select_related("member", "post").order_by("post__sort_order", "pk"):
        found[one.post.unit_id].append(one)
    for people in found.values():
        people.sort(key=lambda one: one.post.role in {Role.SCHOOL_DIRECTOR, Role.GROUP_HEAD})
    return found


def record_call(
    arrival: Arrival, *, spoke_to: str, note: str = "", key: UUID | None, by: Actor
) -> PhoneCall:
    """Somebody telephoned: with whom, when, and what came of it stands in the send register."""
    return _record(arrival, spoke_to=spoke_to.strip(), note=note.strip(), key=key, by=by)


@transaction.atomic(durable=True)
def _record(
    arrival: Arrival, *, spoke_to: str, note: str, key: UUID | None, by: Actor
) -> PhoneCall:
    body = {"call": arrival.pk, "spoke_to": spoke_to, "note": note}
    with once(by, key, body) as done:
        locked = Arrival.objects.select_related("letter__owner_unit", "unit").lock(arrival.pk)
        if done.is_repeat and done.result:
            return PhoneCall.objects.get(pk=done.result["call"])
        actor = act_where(by, can_call, locked.letter)
        if locked.state != ArrivalState.WAITING:
            raise DomainError(f"{locked.unit.label}{locked.get_state_display()}แล้ว ไม่ต้องโทร")
        if not spoke_to:
            raise DomainError("บอกว่าคุยกับใคร")
        call = PhoneCall(
            arrival=locked,
            spoke_to=spoke_to[:200],
            note=note[:500],
            called_at=db_now(),
            called_by=by.member,
        )
        call.save(force_insert=True)
        record("arrival.called", locked, by=actor, at=call.called_at, call=call.pk)
        done.result = {"call": call.pk}
    return call


def call_words(call: PhoneCall) -> str:
    """Return a call as the remarks of the send register say it."""
    return f"โทรยืนยัน{call.arrival.unit.label} {short_datetime(call.called_at)} คุยกับ{call.spoke_to}"


def call_remarks(book: RegisterBook, entries: Iterable[RegisterEntry]) -> dict[int, list[str]]:
    """Return what the remarks of a send register's lines say of calls, in one query."""
    letters = {entry.letter_id: entry.pk for entry in entries if entry.letter_id}
    if book.series == Series.IN:
        letters = {}
    found: dict[int, list[str]] = defaultdict(list)
    if letters:
        calls = PhoneCall.objects.filter(arrival__letter__in=letters).order_by("pk")
        for call in calls.select_related("arrival__unit"):
            found[letters[call.arrival.letter_id]].append(call_words(call))
    return found
