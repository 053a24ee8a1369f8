"""Which units a letter may not reach: nobody holds the desk there, or nobody has looked in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from members.models import Holding, Role, Unit
from portal.core.clock import db_now

QUIET_DAYS = 7
CLERKS = frozenset({Role.SCHOOL_CLERK, Role.GROUP_CLERK, Role.CENTRAL_REGISTRAR})
HEADS = frozenset({Role.SCHOOL_DIRECTOR, Role.GROUP_HEAD, Role.DIRECTOR})


@dataclass(frozen=True)
class QuietUnit:
    """A unit that a letter may not reach, and why; `last_sign_in` is its desk's last one, ever."""

    unit: Unit
    lacks_clerk: bool
    lacks_director: bool
    last_sign_in: datetime | None
    is_silent: bool
    days: int = QUIET_DAYS

    @property
    def problems(self) -> list[str]:
        """What is wrong, in the office's words."""
        is_school = self.unit.kind == "school"
        found = {
            "ไม่มีธุรการ" if is_school else "ไม่มีสารบรรณ": self.lacks_clerk,
            "ไม่มีผู้อำนวยการ": self.lacks_director,
            f"ไม่มีผู้เข้าระบบ {self.days} วัน": self.is_silent,
        }
        return [words for words, is_so in found.items() if is_so]


def quiet_units(units: QuerySet[Unit], *, days: int = QUIET_DAYS) -> list[QuietUnit]:
    """Return those of the units without a clerk or a director today, or silent for `days` days.

    Silent: nobody who holds the desk today (clerk or director) has signed in since; a session
    ends with the working day, so whoever works here signs in anew. One query, however many units.
    """
    since = db_now() - timedelta(days=days)

    def held(roles: frozenset[Role]) -> QuerySet[Holding]:
        return Holding.objects.current().filter(post__unit=OuterRef("pk"), post__role__in=roles)

    last: Any = (
        held(CLERKS | HEADS)
        .order_by()
        .values("post__unit")
        .annotate(last=Max("member__last_login"))
        .values("last")
    )
    found: Any = (
        units.annotate(
            has_clerk=Exists(held(CLERKS)),
            has_director=Exists(held(HEADS)),
            last_sign_in=Subquery(last),
        )
        .filter(
            Q(has_clerk=False)
            | Q(has_director=False)
            | Q(last_sign_in__isnull=True)
            | Q(last_sign_in__lt=since)
        )
        .order_by("name", "pk")
    )
    return [
        QuietUnit(
            unit=unit,
            lacks_clerk=not unit.has_clerk,
            lacks_director=not unit.has_director,
            last_sign_in=unit.last_sign_in,
            is_silent=unit.last_sign_in is None or unit.last_sign_in < since,
            days=days,
        )
        for unit in found
    ]
