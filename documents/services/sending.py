"""Number and send in one step; the worker makes the arrivals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from documents.domain import letter_number
from documents.models import (
    Arrival,
    ArrivalState,
    Dispatch,
    Letter,
    LetterState,
    MainSource,
    Matter,
)
from documents.policies import can_register, is_central_registrar
from documents.services.addressing import addressee_of
from documents.services.doubling import refuse_double
from documents.services.drafting import MAIN, require_complete
from documents.services.handling import settle_by_reply
from documents.services.registering import series_of, write_entry
from documents.services.reserving import number_for
from documents.services.succeeding import (
    lock_letter,
    lock_with_predecessor,
    require_no_successor,
    supersede,
)
from documents.services.typesetting import typeset_letter
from members.models import AudienceSnapshot, Unit
from members.services import Actor, freeze_audience, resolve_audience, stands_as_frozen
from portal.audit.services import record, written_together
from portal.core.actors import SYSTEM
from portal.core.clock import be_year, db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.files.services import attach, detach, files_of, store_bytes
from portal.outbox.models import OutboxMessage
from portal.outbox.services import checkpoint, publish
from portal.search.services import refresh

CHUNK = 2_000


class AudienceChanged(Conflict):
    """The recipients are no longer those of the confirmation page."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(f"รายชื่อผู้รับเปลี่ยนจาก {before:,} เป็น {after:,} ตั้งแต่เปิดหน้านี้ ตรวจแล้วยืนยันอีกครั้ง")


def issuing_unit(letter: Letter, by: Actor) -> Unit:
    """Return the unit whose send register numbers this letter when this actor sends it."""
    if letter.is_numbered_by_owner:
        return letter.owner_unit
    if letter.is_decree or is_central_registrar(by, letter.office_id):
        return letter.office
    return letter.owner_unit


def code_of(letter: Letter, unit: Unit) -> str:
    """Return the code before the letter's number; a memo bears that of its own group, or none."""
    if letter.is_memo or letter.is_internal:
        return unit.letter_code if letter.is_memo and unit.pk != letter.office_id else ""
    return unit.letter_code or letter.issuer.letter_code


def prepare_sending(letter: Letter, *, by: Actor) -> AudienceSnapshot:
    """The recipients are frozen as they stand now, for the confirmation page.

    Raises DomainError when the letter is not complete or would reach nobody.
    """
    require(can_register(by, letter))
    if letter.state not in {LetterState.DRAFT, LetterState.SUBMITTED}:
        raise DomainError(f"{letter} ส่งไปแล้ว")
    require_complete(letter)
    if not letter.audience_rule:
        return _freeze_nobody(letter, by)
    if letter.is_internal:
        return _freeze_own_people(letter, by)
    return freeze_audience(letter.audience_rule, office=letter.office, by=by)


def _freeze_own_people(letter: Letter, by: Actor) -> AudienceSnapshot:
    """It stays in the school, whose desk then circulates it among the school's people."""
    return AudienceSnapshot.objects.create(
        office=letter.office,
        rule=letter.audience_rule,
        recipients=[[letter.owner_unit_id, None]],
        total=1,
        summary=f"บุคลากรของ{letter.owner_unit.name}"[:300],
        frozen_at=db_now(),
        frozen_by=by.member,
    )


def _freeze_nobody(letter: Letter, by: Actor) -> AudienceSnapshot:
    """Nobody of the portal receives it.

    An answer to somebody outside is numbered here and sent by other ways; an order or an
    announcement is only published inside the office.
    """
    way = f"{letter.outside_party} · ส่งนอกระบบ" if letter.outside_party else "ประกาศภายในสำนักงาน"
    return AudienceSnapshot.objects.create(
        office=letter.office,
        total=0,
        summary=way[:300],
        frozen_at=db_now(),
        frozen_by=by.member,
    )


def _audience_change(snapshot: AudienceSnapshot, letter: Letter) -> AudienceChanged | None:
    """Return how the recipients differ from the frozen ones; None when they are the same.

    Most often nothing moved that could change them, and they need not be read.
    """
    if stands_as_frozen(snapshot, letter.audience_rule, office=letter.office):
        return None
    now = resolve_audience(letter.audience_rule, office=letter.office)
    frozen = {(unit, member) for unit, member in snapshot.recipients}
    return None if frozen == set(now) else AudienceChanged(len(frozen), len(now))


def register_letter(
    letter: Letter,
    *,
    snapshot: AudienceSnapshot,
    key: UUID | None,
    reserved: int | None = None,
    again: int | None = None,
    by: Actor,
) -> Letter:
    """The letter has its number and date and is on its way to the frozen recipients.

    One short transaction writes the letter's state, the register entry, the dispatch, the
    history and one outbox row; the arrivals are the worker's. The same key twice is one letter,
    also when its recipients moved meanwhile. Raises InvalidTransition when another form has sent
    it, and AudienceChanged when the recipients moved since the confirmation page. With `reserved`,
    the line that kept a number gives it, and the letter is dated on that line's day. A twin that
    the unit sent a minute ago raises SeemsSent, until the sender wants it `again` (the twin's pk).
    """
    # Looked up before anything is locked, as it takes long; said only to whom it still matters.
    changed = _audience_change(snapshot, letter)
    return _register(
        letter,
        snapshot=snapshot,
        changed=changed,
        key=key,
        reserved=reserved,
        again=again,
        by=by,
    )


@transaction.atomic(durable=True)
def _register(
    letter: Letter,
    *,
    snapshot: AudienceSnapshot,
    changed: AudienceChanged | None,
    key: UUID | None,
    reserved: int | None,
    again: int | None,
    by: Actor,
) -> Letter:
    body = {"register": letter.pk, "snapshot": snapshot.pk, "reserved": reserved}
    with once(by, key, body) as done:
        locked = lock_letter(letter)
        if done.is_repeat:
            return locked
        require(can_register(by, locked))
        before = locked.state
        locked.move_to(LetterState.REGISTERED)
        if changed:
            raise changed
        require_complete(locked)
        if locked.succeeds:
            require_no_successor(locked.succeeds)
        done.result = {"letter": locked.pk}
        if locked.main_source == MainSource.TYPED:
            for use in files_of(locked, MAIN):  # left from before it was typed instead
                detach(use, by=by)

        if locked.answers_id:
            Matter.objects.lock(locked.answers_id)
        refuse_double(locked, snapshot, again=again)
        unit = issuing_unit(locked, by)
        series = series_of(locked.kind, locked.issuer)
        taken = number_for(unit, series, reserved=reserved)
        locked.number = taken.number
        locked.number_text = letter_number(
            locked.kind,
            code=code_of(locked, unit),
            number=taken.number,
            year=be_year(taken.at),
        )
        locked.dated_on = taken.dated_on
        locked.sent_at = taken.at
        locked.addressee = addressee_of(locked)
        locked.save(
            update_fields=["state", "number", "number_text", "dated_on", "sent_at", "addressee"]
        )
        with written_together():
            write_entry(
                taken,
                by=by,
                letter=locked,
                from_text=locked.owner_unit.name,
                to_text=(locked.meant_for or snapshot.summary)[:300],
            )
            dispatch = Dispatch(
                letter=locked,
                snapshot=snapshot,
                sent_at=taken.at,
                sent_by=by.member,
                total=snapshot.total,
            )
            dispatch.save(force_insert=True)
            record(
                "letter.registered",
                locked,
                by=by,
                at=taken.at,
                state=[before, LetterState.REGISTERED],
                number=locked.number_text,
                recipients=snapshot.total,
            )
        if locked.answers_id:
            settle_by_reply(locked, by=by)
        publish("documents.make_arrivals", dispatch, by=by, at=taken.at)
    return locked


def make_arrivals(message: OutboxMessage) -> None:
    """Every recipient of the dispatch has the letter; then the letter counts as sent.

    A typed letter is typeset first, now that it has its number. Runs in chunks, each its own
    transaction; a second run finds its rows there and makes none twice.
    """
    dispatch = Dispatch.objects.select_related(
        "letter__office", "letter__owner_unit", "snapshot"
    ).get(pk=message.subject_pk)
    if dispatch.letter.is_on_its_way:
        ensure_main_document(dispatch.letter)
    recipients = dispatch.snapshot.recipients
    for start in range(int(message.data.get("made", 0)), len(recipients), CHUNK):
        _make_chunk(dispatch, recipients[start : start + CHUNK])
        checkpoint(message, made=start + CHUNK)
    _finish(dispatch)


def ensure_main_document(letter: Letter) -> None:
    """A typed letter has its PDF, made once; an uploaded one has it already."""
    if letter.main_source != MainSource.TYPED or files_of(letter, MAIN):
        return
    stored = store_bytes(typeset_letter(letter), by=SYSTEM, media_type="application/pdf")
    with transaction.atomic():
        locked = Letter.objects.lock(letter.pk)
        if not files_of(locked, MAIN):
            attach(stored, locked, role=MAIN, name=f"{file_stem(locked)}.pdf", by=SYSTEM)


def file_stem(letter: Letter) -> str:
    """Return a file name for the letter with Arabic digits (annex 7)."""
    number = letter.number_text.replace("/", "-").replace("\u00a0", " ")
    return " ".join(f"{number} {letter.subject[:60]}".split())


@transaction.atomic
def _make_chunk(dispatch: Dispatch, chunk: list[list[Any]]) -> None:
    """Write the arrivals of one chunk; rows that are there already stay as they are.

    Once the letter was recalled, no more are made: whoever recalls waits for this chunk, or this
    chunk for the recall.
    """
    now = db_now()
    letter = dispatch.letter
    if not Letter.objects.lock(letter.pk).is_on_its_way:
        return
    in_house: dict[str, Any] = {}
    if letter.is_internal:  # nobody receives the own paper under a number: it is there
        in_house = {
            "state": ArrivalState.RECEIVED,
            "is_open": False,
            "received_at": dispatch.sent_at,
            "received_by": dispatch.sent_by,
        }
    Arrival.objects.bulk_create(
        (
            Arrival(
                letter=letter,
                dispatch=dispatch,
                unit_id=unit_id,
                member_id=member_id,
                due_at=letter.due_at,
                arrived_at=now,
                **in_house,
            )
            for unit_id, member_id in chunk
        ),
        ignore_conflicts=True,
    )
    Dispatch.objects.filter(pk=dispatch.pk).update(
        made=Arrival.objects.filter(dispatch=dispatch).count()
    )


@transaction.atomic
def _finish(dispatch: Dispatch) -> None:
    lock_with_predecessor(dispatch.letter_id)
    letter = Letter.objects.select_related("succeeds").get(pk=dispatch.letter_id)
    if not letter.is_on_its_way:
        return
    letter.move_to(LetterState.SENT)
    letter.save(update_fields=["state"])
    record(
        "letter.sent",
        letter,
        by=SYSTEM,
        state=[LetterState.REGISTERED, LetterState.SENT],
        arrivals=dispatch.total,
    )
    supersede(letter, by=SYSTEM)
    publish("documents.letter_arrived", letter, by=SYSTEM)
    refresh(letter, by=SYSTEM)
