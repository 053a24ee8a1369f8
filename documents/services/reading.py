"""A letter as one reader finds it: what lies at their desks, with what hangs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from documents.models import (
    Arrival,
    Assignment,
    HalfAnswer,
    Inquiry,
    Letter,
    LetterReference,
    Opening,
    Response,
)
from documents.querysets import OVERSEEING_ROLES, desks
from documents.services.receiving import READING_LOG_PAUSE
from members.models import OFFICE_ROLES, Member, Unit
from portal.core.clock import now_here
from portal.core.prepared import prepared

LETTER_PARTS = ("owner_unit", "office", "drafter")


def arrivals_seen_by(member: Member, letter: int) -> list[Any]:
    """Return this reader's arrivals of the letter, in the order of the units.

    Each says what hangs on it or on the letter (`has_…`) and whether the reading log knows this
    reader already, so that nothing else is asked for. They share one letter, which knows whether a
    newer one came (`is_succeeded`).
    """
    rows = _arrivals(
        letter,
        member.pk,
        now_here() - READING_LOG_PAUSE,
        tuple(desks(member)),
        tuple(filter(None, Unit.objects.offices_held_by(member, roles=OVERSEEING_ROLES))),
        tuple(Unit.objects.ids_held_by(member, roles=OFFICE_ROLES)),
    )
    for row in rows:
        row.letter = rows[0].letter
        row.letter.is_succeeded = row.is_succeeded
    return rows


@prepared
def _arrivals(
    letter: int,
    member: int,
    lately: datetime,
    desks: tuple[int, ...],
    overseen: tuple[int, ...],
    groups: tuple[int, ...],
) -> QuerySet[Any]:
    rows = Arrival.objects.reached_by(member, desks=desks, overseen=overseen, groups=groups)
    parts = (f"letter__{part}" for part in LETTER_PARTS)
    hanging = {
        "was_opened_lately": Opening.objects.filter(
            arrival=OuterRef("pk"), member=member, at__gt=lately
        ),
        "has_answers": Response.objects.filter(arrival=OuterRef("pk")),
        "has_half_answer": HalfAnswer.objects.filter(arrival=OuterRef("pk")),
        "has_assignments": Assignment.objects.filter(arrival=OuterRef("pk")),
        "has_references": LetterReference.objects.filter(letter=letter),
        "has_inquiries": Inquiry.objects.filter(arrival__letter=letter),
        "is_succeeded": Letter.objects.filter(succeeds=letter),
    }
    return (
        rows.filter(letter=letter)
        .select_related(*parts, "unit", "entry")
        .annotate(**{name: Exists(found) for name, found in hanging.items()})
        .order_by("unit__sort_order", "unit__name", "pk")
    )


@prepared
def _answers(arrival: int) -> QuerySet[Response]:
    rows = Response.objects.filter(arrival=arrival)
    return rows.select_related("submitted_by").order_by("-version")


def answers_of(arrival: Arrival) -> list[Response]:
    """Return all versions of the recipient's answer, the newest first."""
    return _answers(arrival.pk)


@prepared
def _assignments(arrival: int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(arrival=arrival).select_related("assignee").order_by("pk")


def assignments_of(arrival: Arrival) -> list[Assignment]:
    """Return to whom of its people the unit gave this, in the order in which it did."""
    return _assignments(arrival.pk)
