"""A letter that cancels or replaces an earlier one, and what becomes of the earlier one.

Whoever received a letter keeps it: it is put right only by another letter (domain guide 2.10).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left, Replace

from documents.models import (
    ActionRequired,
    Arrival,
    ArrivalState,
    Letter,
    LetterOrigin,
    LetterReference,
    LetterState,
    RegisterEntry,
    ResponseKind,
    ResponseState,
    Series,
    Succession,
    Urgency,
)
from documents.policies import can_edit, can_write
from documents.services.drafting import create_letter
from documents.services.noting import LONGEST_ACTION
from documents.services.reusing import contents_of, take_along
from documents.services.wording import reference_to
from members.domain import MAX_IDS
from members.services import Actor
from portal.audit.services import record
from portal.core.actors import Actor as Anybody
from portal.core.errors import DomainError, require
from portal.files.services import files_of

IN_FORCE = (LetterState.REGISTERED, LetterState.SENT)
LONGEST_LINE = 200
MAX_SUBJECT = 500


def successor_of(letter: Letter) -> Letter | None:
    """Return the letter that was sent to cancel or replace this one; None when there is none."""
    return letter.successors.filter(state__in=IN_FORCE).order_by("pk").first()


def require_no_successor(letter: Letter) -> None:
    """A letter is cancelled or replaced once; what comes later speaks of the newest one."""
    if newer := successor_of(letter):
        raise DomainError(f"{letter} มีฉบับใหม่แล้ว ที่ {newer.number_text} ให้แก้ที่ฉบับใหม่")


@transaction.atomic
def succeed_letter(
    letter: Letter, *, succession: str, key: UUID | None = None, by: Actor
) -> Letter:
    """There is a draft that cancels or replaces the letter, to its recipients as they were frozen.

    It refers to the old one and is filled in as far as is known; the old one stays as it is until
    the draft is sent. The same form sent twice began one draft.
    """
    locked = Letter.objects.select_related("owner_unit", "office").lock(letter.pk)
    require(can_edit(by, locked))
    if succession not in Succession.values:
        raise DomainError("เลือกยกเลิกหรือแทนที่")
    if locked.state != LetterState.SENT:
        raise DomainError(f"{locked} อยู่ในสถานะ “{locked.get_state_display()}” จึงยกเลิกหรือแทนที่ไม่ได้")
    require_no_successor(locked)
    unit = locked.owner_unit
    if not can_write(by, unit) and by.holding:
        unit = by.holding.post.unit  # the registrar writes in the registry's own name
    replaces = succession == Succession.REPLACES
    fields = contents_of(locked) if replaces else cancelling(locked)
    draft = create_letter(
        unit,
        kind=locked.kind,
        key=key,
        by=by,
        succeeds=locked,
        succession=succession,
        audience_rule=frozen_rule(locked, succession),
        answers=locked.answers if replaces else None,
        **fields,
    )
    if not draft.references.exists():
        LetterReference.objects.create(
            letter=draft, to_letter=locked, text=reference_to(locked)[:500], position=0
        )
    if replaces and draft.is_draft and not files_of(draft):
        take_along(locked, draft, files=None, by=by)
    return draft


def cancelling(letter: Letter) -> dict[str, Any]:
    """Return what a cancelling letter says before its writer says why."""
    is_about = letter.subject.startswith(("การ", "ประชุม"))
    subject = f"ขอยกเลิก{'' if is_about else 'หนังสือ เรื่อง '}{letter.subject}"
    return {
        "subject": subject[:MAX_SUBJECT],
        "addressee": letter.addressee,
        "outside_party": letter.outside_party,
        "urgency": max(letter.urgency, Urgency.URGENT),
        "action_required": ActionRequired.INFORM,
        "response_kind": ResponseKind.NONE,
        "line_new": f"ยกเลิกหนังสือ ที่ {letter.number_text}"[:LONGEST_LINE],
        "line_do": "ไม่ต้องดำเนินการตามฉบับเดิม",
        "line_by": "ทันที",
        "main_source": letter.main_source,
        "body": (
            f"ตามหนังสือที่อ้างถึง แจ้งเรื่อง{letter.subject} นั้น\nบัดนี้ขอยกเลิกหนังสือดังกล่าว\nจึงเรียนมาเพื่อทราบ"
        ),
        "signer_name": letter.signer_name,
        "signer_position": letter.signer_position,
    }


def frozen_rule(letter: Letter, succession: str) -> dict[str, Any]:
    """Return a rule that names whom the letter went to, not whom its own rule means today.

    From whom it was recalled has nothing to cancel. A list too long for a rule (nobody's own
    office has so many) falls back on the old rule.
    """
    dispatch = letter.dispatches.select_related("snapshot").order_by("-pk").first()
    pairs = {tuple(pair) for pair in dispatch.snapshot.recipients} if dispatch else set()
    if succession == Succession.CANCELS:
        gone = letter.arrivals.filter(state=ArrivalState.RECALLED)
        pairs -= set(gone.values_list("unit_id", "member_id"))
    units = sorted({unit for unit, member in pairs if member is None})
    members = sorted({member for _, member in pairs if member is not None})
    if not pairs or max(len(units), len(members)) > MAX_IDS:
        return dict(letter.audience_rule)
    return {key: ids for key, ids in (("units", units), ("members", members)) if ids}


# When it is sent, and when it is taken back -----------------------------------------------------


def lock_with_predecessor(pk: int) -> None:
    """Lock a letter and the one it succeeds, in pk order, until the transaction ends."""
    earlier = Letter.objects.filter(pk=pk).values("succeeds")
    list(Letter.objects.filter(Q(pk=pk) | Q(pk__in=earlier)).lock_all().values_list("pk"))


def lock_letter(letter: Letter) -> Letter:
    """Return the letter as it stands, locked like the one it succeeds; most succeed none.

    What a letter succeeds is said when it is begun, and never changes.
    """
    rows = Letter.objects.select_related("owner_unit", "office", "succeeds")
    if letter.succeeds_id is None:
        return rows.lock(letter.pk)
    lock_with_predecessor(letter.pk)
    return rows.get(pk=letter.pk)


def supersede(letter: Letter, *, by: Anybody) -> None:
    """Nothing more is owed on the letter that this one succeeds; its registers say so.

    Both letters are locked. What was refused or recalled before stays so.
    """
    if letter.succeeds is None:
        return
    rows = Arrival.objects.filter(
        letter=letter.succeeds_id, state__in=[ArrivalState.WAITING, ArrivalState.RECEIVED]
    )
    count = len(rows.lock_all().values_list("pk"))
    rows.update(state=ArrivalState.SUPERSEDED, is_open=False)
    words = words_for(letter)
    entries = RegisterEntry.objects.filter(letter=letter.succeeds_id)
    entries.exclude(book__series=Series.IN).update(action_text=words)
    received = entries.filter(book__series=Series.IN)
    received.filter(action_text="").update(action_text=words)
    received.exclude(action_text=words).update(
        action_text=Left(Concat("action_text", Value(f" · {words}")), LONGEST_ACTION)
    )
    record("letter.superseded", letter.succeeds, by=by, letter=letter.pk, arrivals=count)


def restore_predecessor(letter: Letter, *, by: Actor) -> None:
    """The letter that this one succeeded is as it was, now that this one was recalled.

    Both letters are locked, and so are their arrivals.
    """
    if letter.succeeds is None:
        return
    rows = Arrival.objects.filter(letter=letter.succeeds_id, state=ArrivalState.SUPERSEDED)
    had = Q(received_at__isnull=False)
    if letter.succeeds.expects_answer:
        # An office answers what a school wrote with a letter of its own: it owes nothing here.
        owing = Q(response_state__in=[ResponseState.NONE, ResponseState.RETURNED]) & ~Q(
            letter__origin=LetterOrigin.SCHOOL, unit=F("letter__office")
        )
        rows.filter(had, owing).update(state=ArrivalState.RECEIVED, is_open=True)
    rows.filter(had).update(state=ArrivalState.RECEIVED, is_open=False)
    rows.update(state=ArrivalState.WAITING, is_open=True)
    entries = RegisterEntry.objects.filter(letter=letter.succeeds_id)
    words = words_for(letter)
    entries.filter(action_text=words).update(action_text="")
    entries.filter(action_text__endswith=f" · {words}").update(
        action_text=Replace("action_text", Value(f" · {words}"), Value(""))
    )
    record("letter.restored", letter.succeeds, by=by, letter=letter.pk)


def words_for(letter: Letter) -> str:
    """Return what a register says of the old letter: ยกเลิกโดย ที่ …"""
    return f"{letter.get_succession_display()}โดย ที่ {letter.number_text}"[:LONGEST_ACTION]
