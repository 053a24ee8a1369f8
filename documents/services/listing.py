"""How far the letters of a list are; a fixed number of queries, however many letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from documents.models import Arrival, ArrivalState, Dispatch, Letter, ResponseState
from documents.querysets import LetterQuerySet
from documents.services.conditions import condition


@dataclass(frozen=True)
class Summary:
    """How far one letter in a list is."""

    total: int = 0
    received: int = 0
    given: int = 0
    overdue: int = 0
    refused: int = 0

    @property
    def in_hand(self) -> int:
        return self.received - self.given


def summaries_of(letters: Iterable[Letter], now: datetime) -> dict[int, Summary]:
    """Return how far each of these letters is, in one query."""
    groups: Any = (
        Arrival.objects.filter(letter__in=[letter.pk for letter in letters])
        .order_by()
        .values("letter")
        .annotate(
            total=Count("pk", filter=~condition("gone", now)),
            received=Count("pk", filter=condition("received", now)),
            given=Count("pk", filter=~Q(response_state=ResponseState.NONE)),
            overdue=Count("pk", filter=condition("overdue", now)),
            refused=Count("pk", filter=Q(state=ArrivalState.REFUSED)),
        )
    )
    return {group.pop("letter"): Summary(**group) for group in groups}


def with_progress(letters: LetterQuerySet) -> LetterQuerySet:
    """Give each letter how many of its arrivals exist and will be, and whether a newer one came."""
    last = Dispatch.objects.filter(letter=OuterRef("pk")).order_by("-pk")
    return letters.annotate(
        made=Subquery(last.values("made")[:1]),
        to_make=Subquery(last.values("total")[:1]),
        is_succeeded=Exists(
            Letter.objects.filter(succeeds=OuterRef("pk"), state__in=["registered", "sent"])
        ),
    )
