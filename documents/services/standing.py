"""How far the recipients of a letter are: what its board can be asked for, counted by place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet

from documents.models import Arrival, ArrivalState, Letter, LetterOrigin, ResponseState
from portal.core.prepared import prepared

GIVEN = (ResponseState.ANSWERED, ResponseState.ACCEPTED)
BACK = (ArrivalState.RECALLED, ArrivalState.REFUSED)


def condition(key: str, now: datetime | None = None) -> Q:
    """Return which recipients a filter of the board names; an unknown one names all.

    `now` is only needed for “overdue”.
    """
    received = Q(state=ArrivalState.RECEIVED)
    replaced = Q(state=ArrivalState.SUPERSEDED)
    # An office answers what a school wrote with a letter of its own.
    by_letter = Q(letter__origin=LetterOrigin.SCHOOL, unit=F("unit__office"))
    return {
        "waiting": Q(state=ArrivalState.WAITING),
        "received": received | replaced & Q(received_at__isnull=False),
        "unanswered": received & Q(response_state=ResponseState.NONE) & ~by_letter,
        "answered": Q(response_state__in=GIVEN),
        "returned": Q(response_state=ResponseState.RETURNED),
        "refused": Q(state=ArrivalState.REFUSED),
        "recalled": Q(state=ArrivalState.RECALLED),
        "superseded": replaced,
        "gone": Q(state__in=BACK) | replaced & Q(received_at__isnull=True),
        "overdue": Q(is_open=True, due_at__lt=now),
    }.get(key, Q())


def filters_for(letter: Letter) -> dict[str, str]:
    """Return the filters of the letter's board, key and word."""
    asked = {"unanswered": "ยังไม่ตอบ", "answered": "ตอบแล้ว", "returned": "ให้แก้"}
    return {
        "all": "ทั้งหมด",
        "waiting": "ยังไม่ลงรับ",
        **(asked if letter.expects_answer else {"received": "ลงรับแล้ว"}),
        "refused": "ส่งคืน",
        "recalled": "ถูกดึงกลับ",
        "superseded": "มีฉบับใหม่แทน",
        "overdue": "เกินกำหนด",
    }


@dataclass(frozen=True)
class Asked:
    """What of a board the reader wants to see."""

    state: str = "all"
    district: int | None = None
    cluster: int | None = None
    search: str = ""
    cursor: str | None = None


@dataclass
class Place:
    """A district or cluster with how many of its recipients have received."""

    pk: int
    name: str
    total: int = 0
    received: int = 0

    @property
    def short(self) -> str:
        return self.name.removeprefix("อำเภอ")


@dataclass
class Standing:
    """How far the recipients of a letter are."""

    total: int = 0
    received: int = 0
    given: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    districts: list[Place] = field(default_factory=list)
    clusters: list[Place] = field(default_factory=list)

    @property
    def in_hand(self) -> int:
        """Received and nothing asked, or asked and not answered yet."""
        return self.received - self.given


class Group(NamedTuple):
    """The recipients of one district and cluster, counted."""

    district: int | None
    district_name: str | None
    cluster: int | None
    cluster_name: str | None
    total: int
    received: int
    given: int
    counts: tuple[int, ...]


def standing_of(letter: Letter, asked: Asked, keys: tuple[str, ...], now: datetime) -> Standing:
    """Count the recipients once, by district and cluster, and add up what was asked for.

    Progress is of whoever has the letter to receive: not of those from whom it was taken back or
    who sent it back, nor of those whom a newer letter reached before they received it.
    """
    standing = Standing(counts=dict.fromkeys(keys, 0))
    districts: dict[int, Place] = {}
    clusters: dict[int, Place] = {}
    for row in _counted(letter.pk, now, keys=keys):
        group = Group._make((*row[:7], row[7:]))
        standing.total += group.total
        standing.received += group.received
        standing.given += group.given
        _add(districts, group.district, group.district_name, group)
        _add(clusters, group.cluster, group.cluster_name, group)
        is_asked = asked.district in {None, group.district}
        if is_asked and asked.cluster in {None, group.cluster}:
            for key, count in zip(keys, group.counts, strict=True):
                standing.counts[key] += count
    standing.districts = sorted(districts.values(), key=lambda place: place.name)
    standing.clusters = sorted(clusters.values(), key=lambda place: place.name)
    return standing


def _add(places: dict[int, Place], pk: int | None, name: str | None, group: Group) -> None:
    if pk is not None:
        place = places.setdefault(pk, Place(pk, name or ""))
        place.total += group.total
        place.received += group.received


@prepared
def _counted(
    letter: int, now: datetime, *, keys: tuple[str, ...]
) -> QuerySet[Arrival, tuple[Any, ...]]:
    places = ("unit__district", "unit__district__name", "unit__cluster", "unit__cluster__name")
    counts = {
        "total": ~condition("gone"),
        "got": condition("received"),
        "given": ~Q(response_state=ResponseState.NONE),
        **{f"n_{key}": condition(key, now) for key in keys},
    }
    return (
        Arrival.objects.filter(letter=letter)
        .order_by()
        .values_list(*places)
        .annotate(**{name: Count("pk", filter=named or None) for name, named in counts.items()})
    )
