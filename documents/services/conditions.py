"""Which recipients a filter of the board names: as a question to the database, or of one row.

Both are read from the same table, so that a board that counts its own rows counts as the database.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from documents.models import ArrivalState, LetterOrigin, ResponseState
from members.models import UnitKind

GIVEN = frozenset({ResponseState.ANSWERED.value, ResponseState.ACCEPTED.value})


class Fact(NamedTuple):
    """What the filters look at in a recipient."""

    state: str
    response_state: str
    has_received: bool
    is_overdue: bool
    answers_by_letter: bool  # an office answers what a school wrote with a letter of its own


class Condition(NamedTuple):
    """What a recipient must be; what is None or empty may be anything."""

    states: frozenset[str] = frozenset()
    responses: frozenset[str] = frozenset()
    has_received: bool | None = None
    is_overdue: bool | None = None
    answers_by_letter: bool | None = None

    def fits(self, fact: Fact) -> bool:
        """Answer whether the recipient is meant."""
        return (
            (not self.states or fact.state in self.states)
            and (not self.responses or fact.response_state in self.responses)
            and self.has_received in {None, fact.has_received}
            and self.is_overdue in {None, fact.is_overdue}
            and self.answers_by_letter in {None, fact.answers_by_letter}
        )

    def asked(self, now: datetime | None) -> Q:
        """Return the same for the database; `now` is needed for what is overdue."""
        found = _one_of("state", self.states) & _one_of("response_state", self.responses)
        if self.has_received is not None:
            found &= Q(received_at__isnull=not self.has_received)
        for wanted, meant in (
            (self.is_overdue, Q(is_open=True, due_at__lt=now)),
            (self.answers_by_letter, BY_LETTER),
        ):
            if wanted is not None:
                found &= meant if wanted else ~meant
        return found


def _one_of(field: str, values: frozenset[str]) -> Q:
    if len(values) == 1:
        return Q(**{field: min(values)})
    return Q(**{f"{field}__in": sorted(values)}) if values else Q()


def _of(*states: ArrivalState) -> frozenset[str]:
    return frozenset(state.value for state in states)


BY_LETTER = Q(letter__origin=LetterOrigin.SCHOOL, unit__kind=UnitKind.OFFICE)
RECEIVED, REPLACED = _of(ArrivalState.RECEIVED), _of(ArrivalState.SUPERSEDED)
BACK = _of(ArrivalState.RECALLED, ArrivalState.REFUSED)
NONE = frozenset({ResponseState.NONE.value})
# A recipient is named by a filter when one of its conditions fits; a filter without any names all.
CONDITIONS: dict[str, tuple[Condition, ...]] = {
    "waiting": (Condition(_of(ArrivalState.WAITING)),),
    "received": (Condition(RECEIVED), Condition(REPLACED, has_received=True)),
    "unanswered": (Condition(RECEIVED, NONE, answers_by_letter=False),),
    "unspoken": (Condition(responses=NONE),),
    "answered": (Condition(responses=GIVEN),),
    "returned": (Condition(responses=frozenset({ResponseState.RETURNED.value})),),
    "refused": (Condition(_of(ArrivalState.REFUSED)),),
    "recalled": (Condition(_of(ArrivalState.RECALLED)),),
    "superseded": (Condition(REPLACED),),
    "gone": (Condition(BACK), Condition(REPLACED, has_received=False)),
    "overdue": (Condition(is_overdue=True),),
}


def condition(key: str, now: datetime | None = None) -> Q:
    """Return which recipients a filter of the board names; an unknown one names all.

    `now` is only needed for “overdue”.
    """
    return reduce(or_, (one.asked(now) for one in CONDITIONS.get(key, ())), Q())


@lru_cache(maxsize=1_000)
def is_meant(key: str, fact: Fact) -> bool:
    """Answer for one recipient what `condition` asks the database."""
    conditions = CONDITIONS.get(key, ())
    return not conditions or any(one.fits(fact) for one in conditions)
