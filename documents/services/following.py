"""The board of a letter on its way: who has it, who answered, what they said.

Nothing here changes anything; every function is a fixed number of queries, however many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, NullIf

from documents.models import (
    Arrival,
    ArrivalState,
    Letter,
    LetterOrigin,
    Response,
    ResponseState,
)
from documents.services.wording import (
    Column,
    answer_words,
    columns_of,
    number_words,
    state_of_arrival,
)
from portal.core.pages import keyset_page
from portal.core.thaidates import short_date, short_datetime, short_time

PAGE_SIZE = 200
BOARD_ORDER = ("rank", "unit__name", "pk")
GIVEN = (ResponseState.ANSWERED, ResponseState.ACCEPTED)


def condition(key: str, now: datetime) -> Q:
    """Return which recipients a filter of the board names; an unknown one names all."""
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
        "gone": Q(state=ArrivalState.RECALLED) | replaced & Q(received_at__isnull=True),
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
class Cell:
    """One answer in the table."""

    words: str
    column: Column


@dataclass(frozen=True)
class BoardRow:
    """One recipient on the board."""

    arrival: Arrival
    name: str
    kind: str
    word: str
    note: str
    is_overdue: bool
    cells: list[Cell]
    answer: dict[str, Any]

    @property
    def district(self) -> str:
        place = self.arrival.unit.district
        return place.name.removeprefix("อำเภอ") if place else ""

    @property
    def received(self) -> str:
        """When it was received, without the year: 18 พ.ย. 12.20 น."""
        at = self.arrival.received_at
        return f"{short_date(at).rpartition(' ')[0]} {short_time(at)}" if at else ""

    @property
    def phone(self) -> str:
        """The number to call while the letter is not received there, or the answer is late."""
        needs_call = self.arrival.state == ArrivalState.WAITING or self.is_overdue
        return self.arrival.unit.phone if needs_call else ""


def _row(arrival: Arrival, letter: Letter, columns: Sequence[Column], now: datetime) -> BoardRow:
    kind, word = state_of_arrival(arrival, letter)
    data = getattr(arrival, "answer_data", None) or {}
    text = getattr(arrival, "answer_text", None) or ""
    cells = [
        Cell(answer_words(column.kind, data.get(column.key) if column.key else text), column)
        for column in columns
    ]
    note = ""
    if arrival.due_at and arrival.due_at != letter.due_at:
        note = f"ขยายถึง {short_datetime(arrival.due_at)}"
    name = arrival.unit.label
    if arrival.member is not None:
        name = f"{arrival.member} {name}"
    return BoardRow(arrival, name, kind, word, note, arrival.is_overdue(now), cells, data)


def with_answers(arrivals: QuerySet[Arrival]) -> QuerySet[Arrival]:
    """Give each recipient its last answer and its place on the board: not received first."""
    last = Response.objects.filter(arrival=OuterRef("pk")).order_by("-version")
    received = Q(state=ArrivalState.RECEIVED)
    return arrivals.annotate(
        answer_data=Subquery(last.values("data")[:1]),
        answer_text=Subquery(last.values("text")[:1]),
        rank=Case(
            When(state=ArrivalState.WAITING, opened_at__isnull=True, then=Value(0)),
            When(state=ArrivalState.WAITING, then=Value(1)),
            When(state=ArrivalState.REFUSED, then=Value(2)),
            When(received & Q(response_state=ResponseState.RETURNED), then=Value(3)),
            When(received & Q(response_state=ResponseState.NONE), then=Value(4)),
            When(received, then=Value(5)),
            default=Value(6),
            output_field=IntegerField(),
        ),
    ).select_related("unit__district", "member", "entry")


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
    unanswered: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    districts: list[Place] = field(default_factory=list)
    clusters: list[Place] = field(default_factory=list)

    @property
    def in_hand(self) -> int:
        """Received and nothing asked, or asked and not answered yet."""
        return self.received - self.given

    @property
    def rest(self) -> int:
        return self.total - self.received


@dataclass(frozen=True)
class Board:
    """One page of a letter's board."""

    standing: Standing
    columns: list[Column]
    rows: list[BoardRow]
    sums: dict[str, str]
    next_cursor: str | None
    matching: int | None


def board_of(letter: Letter, asked: Asked, now: datetime) -> Board:
    """Return a page of the board in three queries: counts by place, rows with answers, sums."""
    keys = filters_for(letter)
    standing = _standing(letter, asked, keys, now)
    columns = columns_of(letter)
    chosen = chosen_arrivals(letter, asked, now)
    page = keyset_page(with_answers(chosen), order=BOARD_ORDER, cursor=asked.cursor, size=PAGE_SIZE)
    return Board(
        standing=standing,
        columns=columns,
        rows=[_row(arrival, letter, columns, now) for arrival in page.items],
        sums=_sums(chosen, columns),
        next_cursor=page.next_cursor,
        matching=None if asked.search else standing.counts.get(asked.state),
    )


def chosen_arrivals(letter: Letter, asked: Asked, now: datetime) -> QuerySet[Arrival]:
    """Return the recipients the reader asked for."""
    rows = letter.arrivals.filter(condition(asked.state, now))
    if asked.district:
        rows = rows.filter(unit__district=asked.district)
    if asked.cluster:
        rows = rows.filter(unit__cluster=asked.cluster)
    for word in asked.search.split():
        rows = rows.filter(Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word))
    return rows


def _standing(letter: Letter, asked: Asked, keys: Iterable[str], now: datetime) -> Standing:
    """Count the recipients once, by district and cluster, and add up what was asked for.

    Progress is of whoever has the letter to receive: not of those from whom it was taken back, nor
    of those whom a newer letter reached before they received it.
    """
    groups: Any = (
        letter.arrivals.order_by()
        .values("unit__district", "unit__district__name", "unit__cluster", "unit__cluster__name")
        .annotate(
            everyone=Count("pk"),
            total=Count("pk", filter=~condition("gone", now)),
            got=Count("pk", filter=condition("received", now)),
            given=Count("pk", filter=~Q(response_state=ResponseState.NONE)),
            **{f"n_{key}": Count("pk", filter=condition(key, now)) for key in keys},
        )
    )
    standing = Standing(counts=dict.fromkeys(keys, 0))
    districts: dict[int, Place] = {}
    clusters: dict[int, Place] = {}
    for group in groups:
        standing.total += group["total"]
        standing.received += group["got"]
        standing.given += group["given"]
        for places, kind in ((districts, "district"), (clusters, "cluster")):
            if pk := group[f"unit__{kind}"]:
                place = places.setdefault(pk, Place(pk, group[f"unit__{kind}__name"]))
                place.total += group["total"]
                place.received += group["got"]
        if asked.district in {None, group["unit__district"]} and asked.cluster in {
            None,
            group["unit__cluster"],
        }:
            for key in standing.counts:
                standing.counts[key] += group["everyone"] if key == "all" else group[f"n_{key}"]
    standing.districts = sorted(districts.values(), key=lambda place: place.name)
    standing.clusters = sorted(clusters.values(), key=lambda place: place.name)
    return standing


def _sums(arrivals: QuerySet[Arrival], columns: Sequence[Column]) -> dict[str, str]:
    """Return the sum of each column of numbers over every recipient asked for, not only a page."""
    numbers = [column for column in columns if column.is_number]
    if not numbers:
        return {}
    newer = Response.objects.filter(arrival=OuterRef("arrival")).order_by("-version")
    last = Response.objects.filter(
        arrival__in=arrivals.values("pk"), pk=Subquery(newer.values("pk")[:1])
    )
    found = last.aggregate(
        **{
            column.key: Sum(
                Cast(NullIf(KeyTextTransform(column.key, "data"), Value("")), FloatField())
            )
            for column in numbers
        }
    )
    return {key: number_words(value or 0) for key, value in found.items()}


def sheet_head(letter: Letter) -> list[str]:
    """Return the heads of the columns of the spreadsheet."""
    return [
        "โรงเรียน / หน่วยงาน",
        "รหัส 8 หลัก",
        "อำเภอ",
        "กลุ่มเครือข่าย",
        "สถานะ",
        "ลงรับเมื่อ",
        "เลขรับ",
        "ตอบเมื่อ",
        "กำหนด",
        *[column.label for column in columns_of(letter)],
    ]


def sheet_rows(
    letter: Letter, asked: Asked, now: datetime, words: dict[str, str]
) -> Iterator[list[Any]]:
    """Yield every recipient asked for; numbers as numbers, the rest as words."""
    columns = columns_of(letter)
    rows = with_answers(chosen_arrivals(letter, asked, now)).select_related("unit__cluster")
    for arrival in rows.order_by(*BOARD_ORDER).iterator(chunk_size=2_000):
        row = _row(arrival, letter, columns, now)
        yield [
            row.name,
            arrival.unit.code8,
            row.district,
            arrival.unit.cluster.label if arrival.unit.cluster else "",
            row.word or words.get(row.kind, row.kind),
            short_datetime(arrival.received_at) if arrival.received_at else "",
            arrival.entry.number if arrival.entry else "",
            short_datetime(arrival.answered_at) if arrival.answered_at else "",
            short_datetime(arrival.due_at) if arrival.due_at else "",
            *[
                row.answer.get(cell.column.key) if cell.column.is_number else cell.words
                for cell in row.cells
            ],
        ]


def neighbours(arrival: Arrival) -> tuple[Arrival | None, Arrival | None]:
    """Return the recipients before and after this one whose answers wait for a look."""
    name = arrival.unit.name
    waiting = (
        Arrival.objects.filter(letter=arrival.letter_id, response_state=ResponseState.ANSWERED)
        .exclude(pk=arrival.pk)
        .select_related("unit")
    )
    before = waiting.filter(Q(unit__name__lt=name) | Q(unit__name=name, pk__lt=arrival.pk))
    after = waiting.filter(Q(unit__name__gt=name) | Q(unit__name=name, pk__gt=arrival.pk))
    return (
        before.order_by("-unit__name", "-pk").first(),
        after.order_by("unit__name", "pk").first(),
    )
