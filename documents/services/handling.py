"""In the group: hand out, take on, give back, answer, close, take up again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from documents.models import (
    Letter,
    LetterKind,
    LetterOrigin,
    LetterReference,
    Matter,
    MatterState,
    StepKind,
)
from documents.policies import (
    can_close,
    can_hand_back,
    can_hand_out,
    can_reopen,
    can_reply,
    can_take_on,
)
from documents.services.addressing import rule_for
from documents.services.drafting import create_letter
from documents.services.matters import (
    add_step,
    keep,
    locked_matter,
    replies_of,
    tell_sender_register,
)
from documents.services.wording import reference_to
from members.models import OFFICE_ROLES, Member
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import bangkok, db_now
from portal.core.errors import DomainError, require
from portal.core.thaidates import short_date
from portal.outbox.services import publish

HANDLED = frozenset({MatterState.ROUTED, MatterState.ASSIGNED, MatterState.IN_HAND})


@transaction.atomic
def assign_matter(
    matter: Matter, *, officer: Member, text: str = "", due_at: datetime | None = None, by: Actor
) -> Matter:
    """The officer of the group has the matter, with a word and a day, and is told."""
    locked = locked_matter(matter)
    require(can_hand_out(by, locked))
    people = Member.objects.holding(units=[locked.main_unit_id], roles=OFFICE_ROLES)
    if not people.filter(pk=officer.pk).exists():
        raise DomainError("มอบหมายได้เฉพาะคนในกลุ่มนี้")
    if due_at is not None and due_at <= db_now():
        raise DomainError("กำหนดที่ใส่ผ่านไปแล้ว ใส่วันที่ยังไม่ถึง")
    locked.move_to(MatterState.ASSIGNED)
    locked.officer = officer
    locked.due_at = due_at or locked.due_at
    until = f" ภายใน {short_date(bangkok(due_at))}" if due_at else ""
    step = add_step(
        locked, StepKind.ASSIGNED, text=text.strip(), to_text=f"{officer}{until}", by=by
    )
    keep(locked, "officer", "due_at", by=by)
    record("matter.assigned", locked, by=by, officer=officer.pk)
    publish("documents.matter_assigned", locked, by=by, step=step.pk)
    return locked


@transaction.atomic
def accept_matter(matter: Matter, *, by: Actor) -> Matter:
    """The officer says that the matter is theirs."""
    locked = locked_matter(matter)
    require(can_take_on(by, locked))
    locked.move_to(MatterState.IN_HAND)
    add_step(locked, StepKind.ACCEPTED, by=by)
    keep(locked, by=by)
    record("matter.accepted", locked, by=by)
    return locked


@transaction.atomic
def return_matter(matter: Matter, *, reason: str, by: Actor) -> Matter:
    """The matter went one desk back: the officer's to the group's, the group's to the registry."""
    locked = locked_matter(matter)
    require(can_hand_back(by, locked))
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่ส่งคืน")
    if locked.state == MatterState.ROUTED:
        require(can_hand_out(by, locked))
        locked.move_to(MatterState.RECEIVED)
        to_text = "สารบรรณกลาง"
    else:
        locked.move_to(MatterState.ROUTED)
        to_text = "สารบรรณกลุ่ม"
    locked.officer = None
    step = add_step(locked, StepKind.RETURNED, text=reason.strip()[:500], to_text=to_text, by=by)
    keep(locked, "officer", by=by)
    record("matter.returned", locked, by=by, state=locked.state, reason=reason.strip()[:500])
    publish("documents.matter_returned", locked, by=by, step=step.pk)
    return locked


@transaction.atomic
def begin_reply(matter: Matter, *, key: UUID | None = None, by: Actor) -> Letter:
    """There is a draft of the group that answers the matter, with what is known filled in.

    It keeps the subject of the letter that it answers, refers to it, and goes to its sender.
    """
    locked = locked_matter(matter)
    require(can_reply(by, locked))
    if locked.state not in HANDLED:
        raise DomainError(f"{locked} อยู่ในสถานะ “{locked.get_state_display()}” จึงร่างหนังสือตอบไม่ได้")
    asked = locked.letter
    is_outside = asked.origin == LetterOrigin.OUTSIDE
    assert locked.main_unit is not None
    letter = create_letter(
        locked.main_unit,
        kind=LetterKind.MEMO if asked.is_memo else LetterKind.EXTERNAL,
        key=key,
        by=by,
        subject=asked.subject,
        urgency=asked.urgency,
        addressee="" if is_outside else f"ผู้อำนวยการ{asked.owner_unit.name}"[:300],
        outside_party=asked.outside_party if is_outside else "",
        audience_rule={} if is_outside else rule_for(asked.owner_unit),
        answers=locked,
    )
    if not letter.references.exists():
        LetterReference.objects.create(
            letter=letter, to_letter=asked, text=reference_to(asked), position=0
        )
    return letter


def settle_by_reply(letter: Letter, *, by: Actor) -> None:
    """The matter that this letter answers is answered, in the transaction that numbered it."""
    assert letter.answers is not None
    locked = locked_matter(letter.answers)
    before = locked.state
    step = add_step(
        locked,
        StepKind.ANSWERED,
        to_text=f"ที่ {letter.number_text}",
        data={"letter": letter.pk},
        by=by,
    )
    if locked.can_move_to(MatterState.ANSWERED):
        locked.move_to(MatterState.ANSWERED)
        locked.settled_at = letter.sent_at
    keep(locked, "settled_at", by=by)
    if locked.letter.origin != LetterOrigin.OUTSIDE and letter.dated_on:
        tell_sender_register(
            locked.letter, f"ได้รับตอบ ที่ {letter.number_text} ลงวันที่ {short_date(letter.dated_on)}"
        )
    record("matter.answered", locked, by=by, state=[before, locked.state], letter=letter.pk)
    publish("documents.matter_settled", locked, by=by, step=step.pk)


def unsettle_by_recall(letter: Letter, *, by: Actor) -> None:
    """The matter that this letter answered waits again, in the transaction that recalls it.

    It is in the hands that wrote the answer; another answer that was sent keeps it answered.
    """
    assert letter.answers is not None
    locked = locked_matter(letter.answers)
    before = locked.state
    if before == MatterState.ANSWERED and not replies_of(locked):
        back = MatterState.IN_HAND if locked.officer_id else MatterState.ROUTED
        locked.move_to(back if locked.main_unit_id else MatterState.RECEIVED)
        locked.settled_at = None
    add_step(
        locked,
        StepKind.REOPENED,
        text=f"เรียกคืนหนังสือตอบ ที่ {letter.number_text}: {letter.recall_reason}"[:500],
        data={"letter": letter.pk},
        by=by,
    )
    keep(locked, "settled_at", by=by)
    if locked.letter.origin != LetterOrigin.OUTSIDE and not replies_of(locked):
        arrival = locked.arrival
        number = arrival.entry.number if arrival.entry else ""
        tell_sender_register(locked.letter, f"{arrival.unit.name} รับแล้ว เลขรับ {number}")
    record("matter.reopened", locked, by=by, state=[before, locked.state], letter=letter.pk)


@transaction.atomic
def close_matter(matter: Matter, *, result: str, by: Actor) -> Matter:
    """The matter is closed with what came of it; the registrar is told."""
    locked = locked_matter(matter)
    require(can_close(by, locked))
    if not result.strip():
        raise DomainError("เขียนผลการดำเนินการ")
    before = locked.state
    locked.move_to(MatterState.CLOSED)
    locked.result = result.strip()[:1000]
    locked.settled_at = db_now()
    step = add_step(locked, StepKind.CLOSED, text=locked.result, by=by)
    keep(locked, "result", "settled_at", by=by)
    record("matter.closed", locked, by=by, state=[before, locked.state])
    publish("documents.matter_settled", locked, by=by, step=step.pk)
    return locked


@transaction.atomic
def reopen_matter(matter: Matter, *, reason: str, by: Actor) -> Matter:
    """The matter is open again: at the group that had it, else with the registrar."""
    locked = locked_matter(matter)
    require(can_reopen(by, locked))
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่เปิดเรื่องอีกครั้ง")
    before = locked.state
    locked.move_to(MatterState.ROUTED if locked.main_unit_id else MatterState.RECEIVED)
    locked.officer, locked.settled_at, locked.result = None, None, ""
    step = add_step(locked, StepKind.REOPENED, text=reason.strip()[:500], by=by)
    keep(locked, "officer", "settled_at", "result", by=by)
    record(
        "matter.reopened",
        locked,
        by=by,
        state=[before, locked.state],
        reason=reason.strip()[:500],
    )
    publish("documents.matter_returned", locked, by=by, step=step.pk)
    return locked
