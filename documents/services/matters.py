"""A matter of the office: begun with its receipt, one step after the other, in the register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from documents.models import (
    Arrival,
    Channel,
    Letter,
    LetterOrigin,
    LetterState,
    Matter,
    MatterState,
    RegisterEntry,
    Series,
    Step,
    StepKind,
)
from documents.services.noting import LONGEST_ACTION
from members.models import UnitKind
from members.services import Actor
from portal.core.clock import db_now
from portal.core.thaidates import short_date
from portal.search.services import refresh


def begins_matter(arrival: Arrival) -> bool:
    """Answer whether receiving this begins a matter: at the office, from somebody else.

    So does a memo of a group to the director: the registrar lays it before the right post.
    """
    letter = arrival.letter
    is_at_office = arrival.member_id is None and arrival.unit.kind == UnitKind.OFFICE
    return is_at_office and (letter.origin != LetterOrigin.OFFICE or letter.is_memo)


def open_matter(
    arrival: Arrival, *, at: datetime, channel: str = Channel.PORTAL, by: Actor
) -> Matter:
    """The received letter is a matter of its office and waits to be proposed."""
    matter = Matter(
        office_id=arrival.unit_id,
        arrival=arrival,
        channel=channel,
        due_at=arrival.due_at,
        received_at=at,
    )
    matter.save(force_insert=True)
    number = arrival.entry.number if arrival.entry else ""
    add_step(matter, StepKind.RECEIVED, to_text=f"เลขรับ {number}", at=at, by=by)
    refresh(matter, by=by)
    return matter


def locked_matter(matter: Matter) -> Matter:
    """Return the matter under lock, with what its deeds read."""
    return Matter.objects.select_related(
        "office", "main_unit", "officer", "proposed_to__unit", "arrival__letter__owner_unit"
    ).lock(matter.pk)


def add_step(
    matter: Matter,
    kind: str,
    *,
    text: str = "",
    to_text: str = "",
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
    by: Actor,
) -> Step:
    """Write the next step, with the names as they are now; the matter is locked or new."""
    step = Step(
        matter=matter,
        position=matter.steps.count() + 1,
        kind=kind,
        text=text,
        to_text=to_text[:500],
        data=data or {},
        at=at or db_now(),
        by=by.member,
        holding=by.holding,
        name_text=str(by.member)[:200],
        post_text=by.holding.title[:300] if by.holding else "",
    )
    step.save(force_insert=True)
    return step


def keep(matter: Matter, *fields: str, by: Actor) -> None:
    """Save what a deed changed, say it in the register, and let the search know."""
    matter.save(update_fields=["state", *fields])
    write_action(matter)
    refresh(matter, by=by)


def write_action(matter: Matter) -> None:
    """The column การปฏิบัติ of the receive register says who has it and what came of it."""
    RegisterEntry.objects.filter(arrival__matter=matter).update(
        action_text=action_words(matter)[:LONGEST_ACTION]
    )


def action_words(matter: Matter) -> str:
    """Return the register's words: whom it was given to, and the answer or the result."""
    words = []
    if matter.main_unit:
        words.append(f"มอบ{matter.main_unit.name}")
    elif matter.state == MatterState.PROPOSED and matter.proposed_to:
        words.append(f"เสนอ{matter.proposed_to.title}")
    words += [
        f"ตอบแล้ว ที่ {reply.number_text} ลงวันที่ {short_date(reply.dated_on)}"
        for reply in replies_of(matter)
        if reply.dated_on
    ]
    if matter.state == MatterState.CLOSED:
        words.append(f"ปิดเรื่อง: {matter.result}")
    return " · ".join(words)


def replies_of(matter: Matter) -> list[Letter]:
    """Return the letters that were sent to answer the matter, the first one first."""
    sent = matter.replies.filter(state__in=[LetterState.REGISTERED, LetterState.SENT])
    return list(sent.order_by("sent_at", "pk"))


def tell_sender_register(letter: Letter, words: str) -> None:
    """The sender's own send register says what became of the letter."""
    RegisterEntry.objects.filter(letter=letter, book__unit=letter.owner_unit_id).exclude(
        book__series=Series.IN
    ).update(action_text=words[:LONGEST_ACTION])
