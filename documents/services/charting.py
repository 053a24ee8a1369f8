"""What one school owes and how its desk does: for the school itself and whoever follows it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import OuterRef, Subquery

from documents.domain import Course, Figures, figures_of
from documents.models import Arrival, ArrivalState, LetterOrigin, Response, ResponseKind
from documents.querysets import READING_DESK_ROLES, ArrivalQuerySet
from members.models import OFFICE_ROLES, Unit
from members.services import Actor, units_of
from portal.core.clock import BANGKOK, bangkok

FIGURES_DAYS = 90
MOST_MEASURED = 2_000
STILL_THEIRS = (ArrivalState.WAITING, ArrivalState.RECEIVED, ArrivalState.SUPERSEDED)


def arrivals_at(unit: Unit, actor: Actor) -> tuple[ArrivalQuerySet, bool] | None:
    """Return the letters at this unit that the reader may know of, and whether it is their own.

    The own desk knows all of them; people of its office those that their own work sent (all of
    them for who oversees the office). None for anybody else: the page does not exist.
    """
    if any(own.pk == unit.pk for own in units_of(actor, READING_DESK_ROLES)):
        return Arrival.objects.at_desk_of(actor.member).filter(unit=unit), True
    if any(own.office_id == unit.office_id for own in units_of(actor, OFFICE_ROLES)):
        followed = Arrival.objects.followed_by(actor.member)
        return followed.filter(unit=unit, letter__origin=LetterOrigin.OFFICE), False
    return None


def owed(arrivals: ArrivalQuerySet) -> ArrivalQuerySet:
    """Return those on which the unit still has something to do."""
    return arrivals.open().filter(state__in=[ArrivalState.WAITING, ArrivalState.RECEIVED])


def figures_at(arrivals: ArrivalQuerySet, now: datetime, holidays: Collection[date]) -> Figures:
    """Return the figures of these arrivals over 90 days, in one query."""
    first = Response.objects.filter(arrival=OuterRef("pk"), version=1)
    rows = (
        arrivals.filter(arrived_at__gte=now - timedelta(days=FIGURES_DAYS), state__in=STILL_THEIRS)
        .annotate(first_answer=Subquery(first.values("submitted_at")[:1]))
        .order_by("-arrived_at")
        .values_list(
            "arrived_at", "received_at", "first_answer", "due_at", "letter__response_kind"
        )[:MOST_MEASURED]
    )
    courses = [
        Course(
            arrived_at=arrived_at,
            received_at=received_at,
            answered_at=answered_at,
            due_at=due_at,
            asks=kind != ResponseKind.NONE,
            is_report=kind not in {ResponseKind.NONE, ResponseKind.ACKNOWLEDGE},
        )
        for arrived_at, received_at, answered_at, due_at, kind in rows
    ]
    month = datetime.combine(bangkok(now).date().replace(day=1), time(), tzinfo=BANGKOK)
    return figures_of(courses, now=now, since=month, holidays=holidays)
