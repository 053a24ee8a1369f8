"""A letter that answers a letter: between schools, from a school to its office, memo for memo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from documents.models import (
    Arrival,
    ArrivalState,
    Letter,
    LetterKind,
    LetterOrigin,
    LetterReference,
)
from documents.policies import can_write_back
from documents.querysets import WRITING_ROLES
from documents.services.addressing import rule_for
from documents.services.drafting import create_letter
from documents.services.wording import reference_to
from members.models import Member, UnitKind
from members.services import Actor, act_at
from portal.core.errors import DomainError, require


@transaction.atomic
def begin_letter_back(arrival: Arrival, *, key: UUID | None = None, by: Actor) -> Letter:
    """There is a draft of the recipient unit to whoever wrote: same subject, referring to it.

    What came to an office is answered through its matter instead.
    """
    asked = arrival.letter
    actor = act_at(by, [arrival.unit_id], WRITING_ROLES)
    require(can_write_back(actor, arrival))
    if arrival.state != ArrivalState.RECEIVED:
        raise DomainError("ลงรับก่อน แล้วจึงตอบเป็นหนังสือ")
    draft = create_letter(
        arrival.unit,
        kind=LetterKind.MEMO if arrival.unit.kind == UnitKind.GROUP else LetterKind.EXTERNAL,
        key=key,
        by=actor,
        subject=asked.subject,
        urgency=asked.urgency,
        **_back_to(asked, arrival),
    )
    if not draft.references.exists():
        LetterReference.objects.create(
            letter=draft, to_letter=asked, text=reference_to(asked), position=0
        )
    return draft


def _back_to(asked: Letter, arrival: Arrival) -> dict[str, Any]:
    """Return whom the answer is for: the office, or the school or group that wrote."""
    is_of_office = asked.origin == LetterOrigin.OFFICE and arrival.unit.kind == UnitKind.SCHOOL
    unit = asked.office if is_of_office else asked.owner_unit
    return {"addressee": f"ผู้อำนวยการ{unit.name}"[:300], "audience_rule": rule_for(unit)}


def replies_to(letter: Letter, member: Member) -> QuerySet[Letter]:
    """Return the sent letters that answer this one, of those that the member sees."""
    seen = Letter.objects.visible_to(member).filter(
        references__to_letter=letter, number__isnull=False
    )
    came_back = seen.filter(owner_unit__in=letter.arrivals.values("unit"))
    by_matter = Letter.objects.visible_to(member).filter(
        answers__arrival__letter=letter, number__isnull=False
    )
    return (came_back | by_matter).select_related("owner_unit").distinct().order_by("sent_at", "pk")
