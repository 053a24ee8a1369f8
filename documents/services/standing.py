"""How far the recipients of a letter are: what its board can be asked for, counted by place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from documents.models import Arrival, Letter
from documents.services.conditions import condition
from portal.core.prepared import prepared

PLACE = ("unit__district", "unit__district__name", "unit__cluster", "unit__cluster__name")


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


def standing_of(groups: Iterable[Group], asked: Asked, keys: Sequence[str]) -> Standing:
    """Add up the counted recipients: all of them by place, those asked for by these filters.

    Progress is of whoever has the letter to receive: not of those from whom it was taken back or
    who sent it back, nor of those whom a newer letter reached before they received it.
    """
    standing = Standing(counts=dict.fromkeys(keys, 0))
    districts: dict[int, Place] = {}
    clusters: dict[int, Place] = {}
    for group in groups:
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


def groups_of(letter: Letter, now: datetime, keys: tuple[str, ...]) -> list[Group]:
    """Count the recipients of the letter, however many, by district and cluster."""
    return [Group._make((*row[:7], row[7:])) for row in _counted(letter.pk, now, keys=keys)]


@prepared
def _counted(
    letter: int, now: datetime, *, keys: tuple[str, ...]
) -> QuerySet[Arrival, tuple[Any, ...]]:
    rows = Arrival.objects.filter(letter=letter).order_by()
    return rows.values_list(*PLACE).annotate(
        total=Count("pk", filter=~condition("gone")),
        got=Count("pk", filter=condition("received")),
        given=Count("pk", filter=~condition("unspoken")),
        **{f"n_{key}": Count("pk", filter=condition(key, now) or None) for key in keys},
    )
