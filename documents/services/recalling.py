"""Take a letter back from whoever has not received it; nothing is deleted, the number stays void.

What was received is put right by another letter only (`succeeding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    Inquiry,
    Letter,
    LetterState,
    RegisterEntry,
    Series,
)
from documents.policies import can_recall
from documents.services.handling import unsettle_by_recall
from documents.services.registering import void_entry
from documents.services.succeeding import lock_with_predecessor, restore_predecessor
from members.models import Holding, Member
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.notifications.kinds import Text
from portal.notifications.services import withdraw_notices
from portal.outbox.services import publish
from portal.search.services import refresh

UNDO_WINDOW = timedelta(minutes=2)
UNDO_REASON = "ส่งผิดพลาด"
MAX_REASON = 500


class TooLateToUndo(Conflict):
    """The button of the first two minutes came too late: what is asked now is a reason."""


@dataclass(frozen=True)
class Recall:
    """What came of a recall: from how many it was taken back, and how many keep it."""

    letter: Letter
    recalled: int
    kept: int

    @property
    def is_whole(self) -> bool:
        return self.letter.state == LetterState.RECALLED


def undo_seconds(letter: Letter, now: datetime, *, is_held: bool | None = None) -> int:
    """Return for how many seconds one button still takes the letter back; 0 when it does not.

    `is_held` says whether somebody has it for good, when the caller knows already.
    """
    if letter.sent_at is None or not letter.is_sent or letter.recalled_at is not None:
        return 0
    left = (letter.sent_at + UNDO_WINDOW - now).total_seconds()
    if left <= 0 or (holders_of(letter).exists() if is_held is None else is_held):
        return 0
    return int(left) + 1


def holders_of(letter: Letter) -> QuerySet[Arrival]:
    """Return the recipients who have the letter for good: received it, or circulate it at home.

    A school's own order lies there received from the first moment; it is held once it was given
    to somebody. A letter that a newer one replaced is held by those who had received it.
    """
    given = Exists(Assignment.objects.filter(arrival=OuterRef("pk")))
    had = Q(state=ArrivalState.RECEIVED) | Q(
        state=ArrivalState.SUPERSEDED, received_at__isnull=False
    )
    rows = letter.arrivals.filter(had).select_related("unit", "entry", "member")
    return rows.filter(given) if letter.is_internal else rows


def waiting_of(letter: Letter) -> QuerySet[Arrival]:
    """Return the recipients from whom it can still be taken back."""
    here = [ArrivalState.WAITING, *([ArrivalState.RECEIVED] if letter.is_internal else [])]
    return letter.arrivals.filter(state__in=here)


def recall_letter(
    letter: Letter, *, reason: str, is_undo: bool = False, key: UUID | None, by: Actor
) -> Recall:
    """Whoever has not received the letter has it no more, only the trace that it was there.

    When nobody had received it, the letter is recalled and its number void, with the reason.
    Otherwise those who had keep it. What had been told to the others names only its number now.
    The worker makes no further recipients. `is_undo` is the
    button of the first two minutes: TooLateToUndo when they are over or somebody has received.
    The same key twice is one recall.
    """
    return _recall(letter, reason=reason.strip()[:MAX_REASON], is_undo=is_undo, key=key, by=by)


@transaction.atomic(durable=True)
def _recall(letter: Letter, *, reason: str, is_undo: bool, key: UUID | None, by: Actor) -> Recall:
    with once(by, key, {"recall": letter.pk}) as done:
        lock_with_predecessor(letter.pk)
        locked = Letter.objects.select_related("owner_unit", "office", "succeeds").get(pk=letter.pk)
        if done.is_repeat and done.result:
            return Recall(locked, **done.result)
        require(can_recall(by, locked))
        if not reason:
            raise DomainError("บอกเหตุผลที่เรียกคืน ผู้รับและทะเบียนเห็นเหตุผลนี้")
        if not locked.is_sent:
            raise DomainError(f"{locked} อยู่ในสถานะ “{locked.get_state_display()}” จึงเรียกคืนไม่ได้")
        now = db_now()
        # Those of the earlier letter too: whoever receives both locks them in the same order.
        earlier = [pk for pk in (locked.pk, locked.succeeds_id) if pk]
        list(Arrival.objects.filter(letter__in=earlier).lock_all().values_list("pk"))
        kept = holders_of(locked).count()
        if is_undo and (kept or now > (locked.sent_at or now) + UNDO_WINDOW):
            raise TooLateToUndo("มีผู้ลงรับแล้ว" if kept else "พ้น 2 นาทีแล้ว")
        recalled = _take_back(locked, now=now)
        if kept and not recalled and not _is_being_made(locked):
            raise DomainError("ทุกแห่งที่มีหนังสือนี้ลงรับแล้ว จึงเรียกคืนไม่ได้ ให้ทำหนังสือยกเลิกหรือแทนที่")
        _settle(locked, kept=kept, recalled=recalled, reason=reason, now=now, by=by)
        done.result = {"recalled": recalled, "kept": kept}
    return Recall(locked, recalled, kept)


def _is_being_made(letter: Letter) -> bool:
    return letter.state == LetterState.REGISTERED


def _take_back(letter: Letter, *, now: datetime) -> int:
    """Take it from everybody who has not received it; their rows are locked."""
    held = holders_of(letter).values("pk")
    rows = waiting_of(letter).exclude(pk__in=held)
    return rows.update(state=ArrivalState.RECALLED, is_open=False, recalled_at=now)


def _settle(
    letter: Letter, *, kept: int, recalled: int, reason: str, now: datetime, by: Actor
) -> None:
    """Write state, register, history and news of a recall; nothing is on its way any more."""
    before, was_told = letter.state, letter.state == LetterState.SENT
    if not kept:
        letter.move_to(LetterState.RECALLED)
    elif before == LetterState.REGISTERED:
        letter.move_to(LetterState.SENT)
    letter.recalled_at, letter.recall_reason = now, reason
    letter.save(update_fields=["state", "recalled_at", "recall_reason"])
    if kept:
        words = f"เรียกคืนจาก {recalled:,} แห่งที่ยังไม่ลงรับ: {reason}"
        own_entries(letter).update(action_text=words[:MAX_REASON])
    else:
        if letter.answers_id:
            unsettle_by_recall(letter, by=by)
        restore_predecessor(letter, by=by)
        for entry in own_entries(letter):
            void_entry(entry, reason=reason, by=by)
    record(
        "letter.recalled",
        letter,
        by=by,
        at=now,
        state=[before, letter.state],
        recalled=recalled,
        kept=kept,
        reason=reason,
    )
    _withdraw_news(letter)
    dispatch = letter.dispatches.order_by("-pk").first()
    if dispatch is not None:
        publish("documents.letter_recalled", dispatch, by=by, was_told=was_told)
    refresh(letter, by=by)


def recalled_title(letter: Letter) -> str:
    """Return what those read from whom a letter was taken back: its number, never its subject."""
    return f"หนังสือถูกเรียกคืน ที่ {letter.number_text}"


def _withdraw_news(letter: Letter) -> None:
    """What the portal told those from whom the letter was taken says only that it was recalled.

    Also to those who have left such a unit meanwhile; not to whoever reads the letter otherwise.
    """
    gone = Arrival.objects.filter(letter=letter, state=ArrivalState.RECALLED).order_by()
    units = gone.filter(member__isnull=True).values("unit")
    persons = gone.filter(member__isnull=False).values("member")
    staff = Holding.objects.filter(post__unit__in=units).values("member")
    withdraw_notices(
        letter,
        parts=[gone, Inquiry.objects.filter(arrival__in=gone.values("pk"))],
        members=Member.objects.filter(Q(pk__in=staff) | Q(pk__in=persons)),
        kind="documents.letter_recalled",
        text=Text(
            title=recalled_title(letter),
            lines=[f"เหตุผล: {letter.recall_reason}"],
            url=letter.get_absolute_url(),
            unit_text=letter.sender,
        ),
    )


def own_entries(letter: Letter) -> QuerySet[RegisterEntry]:
    """Return the line that owns the letter's number: never one of a recipient."""
    return letter.register_entries.exclude(book__series=Series.IN)
