"""The board of a letter on its way: who has it, who answered, what they said.

Nothing here changes anything; every function is a fixed number of queries, however many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
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
    Response,
    ResponseState,
)
from documents.services.standing import Asked, Standing, condition, filters_for, standing_of
from documents.services.wording import (
    Column,
    answer_words,
    columns_of,
    number_words,
    state_of_arrival,
)
from members.models import Member, label_of
from portal.core.pages import behind, cursor_at, place_after
from portal.core.prepared import prepared
from portal.core.thaidates import short_datetime

PAGE_SIZE = 200
BOARD_ORDER, KEY_KINDS = ("rank", "unit__name", "pk"), (int, str, int)


class Recipient(NamedTuple):
    """One recipient on the board: where the letter is there, and the last answer."""

    pk: int
    state: str
    response_state: str
    is_open: bool
    is_late: bool
    due_at: datetime | None
    opened_at: datetime | None
    received_at: datetime | None
    number: int | None
    unit_name: str
    unit_short_name: str
    phone: str
    district_name: str | None
    person: int | None
    first_name: str | None
    last_name: str | None
    username: str | None
    rank: int
    answer: Any

    @property
    def name(self) -> str:
        """The unit, or the person in it to whom the letter was addressed."""
        unit = label_of(self.unit_name, self.unit_short_name)
        return unit if self.person is None else f"{self._person_name()} {unit}"

    def _person_name(self) -> str:
        names = self.first_name or "", self.last_name or "", self.username or ""
        return str(Member(**dict(zip(("first_name", "last_name", "username"), names, strict=True))))

    @property
    def district(self) -> str:
        return (self.district_name or "").removeprefix("อำเภอ")

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < now

    def answers(self, columns: Sequence[Column]) -> list[Any]:
        """Return what was answered, for each column: to the question, or as a whole."""
        if self.answer is None:
            return [None] * len(columns)
        return [self.answer.get(column.key) if column.key else self.answer for column in columns]


FIELDS = (
    *("pk", "state", "response_state", "is_open", "is_late", "due_at", "opened_at", "received_at"),
    *("entry__number", "unit__name", "unit__short_name", "unit__phone", "unit__district__name"),
    *("member", "member__first_name", "member__last_name", "member__username", "rank", "answer"),
)


def _ranked(arrivals: QuerySet[Arrival]) -> QuerySet[Arrival]:
    """Give each recipient its place on the board: not received first."""
    received = Q(state=ArrivalState.RECEIVED)
    return arrivals.annotate(
        rank=Case(
            When(state=ArrivalState.WAITING, opened_at__isnull=True, then=Value(0)),
            When(state=ArrivalState.WAITING, then=Value(1)),
            When(state=ArrivalState.REFUSED, then=Value(2)),
            When(received & Q(response_state=ResponseState.RETURNED), then=Value(3)),
            When(received & Q(response_state=ResponseState.NONE), then=Value(4)),
            When(received, then=Value(5)),
            default=Value(6),
            output_field=IntegerField(),
        )
    )


def _as_values(arrivals: QuerySet[Arrival], *, answer: str, more: Sequence[str] = ()) -> Any:
    """Return the fields of `Recipient`, ranked ones, and `more`; `answer`: where answers are."""
    last = Response.objects.filter(arrival=OuterRef("pk")).order_by("-version")
    found = Subquery(last.values(answer)[:1]) if answer else Value(None, IntegerField())
    return arrivals.annotate(answer=found).values_list(*FIELDS, *more)


def _place_of_answers(columns: Sequence[Column]) -> str:
    """Return the field of the answers that has what the columns show."""
    if not columns:
        return ""
    return "data" if columns[0].key else "text"


@dataclass(frozen=True)
class Board:
    """One page of a letter's board."""

    standing: Standing
    columns: list[Column]
    recipients: list[Recipient]
    sums: dict[str, str]
    next_cursor: str | None
    matching: int | None


def board_of(letter: Letter, asked: Asked, now: datetime) -> Board:
    """Return a page of the board in three questions: counts by place, rows with answers, sums."""
    keys = filters_for(letter)
    standing = standing_of(letter, asked, tuple(keys), now)
    columns = columns_of(letter)
    matching = standing.counts.get(asked.state, standing.total)
    is_short = matching <= PAGE_SIZE
    recipients, cursor = _page(letter, asked, columns, now, is_short=is_short)
    return Board(
        standing=standing,
        columns=columns,
        recipients=recipients,
        sums=_sums(letter, asked, columns, now),
        next_cursor=cursor,
        matching=None if asked.search else standing.counts.get(asked.state),
    )


def _page(
    letter: Letter, asked: Asked, columns: Sequence[Column], now: datetime, *, is_short: bool
) -> tuple[list[Recipient], str]:
    """Return the rows of a page, and the cursor of the next one; "" when there is none."""
    given = (*_given(letter.pk, asked, now), place_after(asked.cursor, KEY_KINDS))
    kind: dict[str, Any] = {
        "state": asked.state,
        "answer": _place_of_answers(columns),
        "size": PAGE_SIZE + 1,
        "is_short": is_short,
    }
    rows: Iterable[Any]
    if asked.search:  # its words become part of patterns
        rows = _rows(*given, **kind, words=asked.search)
    else:
        rows = _prepared_rows(*given, **kind)
    found = [Recipient._make(row) for row in rows]
    page = found[:PAGE_SIZE]
    if len(found) == len(page):
        return page, ""
    last = page[-1]
    return page, cursor_at((last.rank, last.unit_name, last.pk))


def _given(letter: int, asked: Asked, now: datetime) -> tuple[Any, ...]:
    """Return the values of what is asked for, as a prepared question takes them."""
    return (
        letter,
        (now,) if asked.state == "overdue" else (),
        (asked.district,) if asked.district else (),
        (asked.cluster,) if asked.cluster else (),
    )


def _rows(
    letter: int,
    now: tuple[datetime, ...],
    district: tuple[int, ...],
    cluster: tuple[int, ...],
    after: tuple[Any, ...],
    *,
    state: str,
    answer: str,
    size: int,
    is_short: bool,
    words: str = "",
) -> QuerySet[Arrival, Any]:
    """Return the first rows behind `after`; of a long board they are found before they are read."""
    chosen = _ranked(_chosen(letter, now, district, cluster, state=state, words=words))
    first = chosen.filter(behind(BOARD_ORDER, after)).order_by(*BOARD_ORDER)[:size]
    if not is_short:
        rows = Arrival.objects.filter(pk__in=first.values("pk"), letter=letter)
        first = _ranked(rows).order_by(*BOARD_ORDER)
    found: QuerySet[Arrival, Any] = _as_values(first, answer=answer)
    return found


_prepared_rows = prepared(_rows)


def chosen_arrivals(letter: Letter, asked: Asked, now: datetime) -> QuerySet[Arrival]:
    """Return the recipients the reader asked for."""
    return _chosen(*_given(letter.pk, asked, now), state=asked.state, words=asked.search)


def _chosen(
    letter: int,
    now: tuple[datetime, ...],
    district: tuple[int, ...],
    cluster: tuple[int, ...],
    *,
    state: str,
    words: str = "",
) -> QuerySet[Arrival]:
    rows = Arrival.objects.filter(condition(state, *now), letter=letter)
    if district:
        rows = rows.filter(unit__district__in=district)
    if cluster:
        rows = rows.filter(unit__cluster__in=cluster)
    for word in words.split():
        rows = rows.filter(Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word))
    return rows


def _sums(letter: Letter, asked: Asked, columns: Sequence[Column], now: datetime) -> dict[str, str]:
    """Return the sum of each column of numbers over every recipient asked for, not only a page."""
    numbers = [column for column in columns if column.is_number]
    if not numbers:
        return {}
    arrivals = chosen_arrivals(letter, asked, now)
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
    more = ("unit__code8", "unit__cluster__name", "unit__cluster__short_name", "answered_at")
    arrivals = _ranked(chosen_arrivals(letter, asked, now))
    rows = _as_values(arrivals, answer=_place_of_answers(columns), more=more)
    for row in rows.order_by(*BOARD_ORDER).iterator(chunk_size=2_000):
        one = Recipient._make(row[: -len(more)])
        code8, cluster, cluster_short, answered_at = row[-len(more) :]
        kind, word = state_of_arrival(one, letter)
        yield [
            one.name,
            code8,
            one.district,
            label_of(cluster, cluster_short) if cluster else "",
            word or words.get(kind, kind),
            short_datetime(one.received_at) if one.received_at else "",
            one.number or "",
            short_datetime(answered_at) if answered_at else "",
            short_datetime(one.due_at) if one.due_at else "",
            *[
                value if column.is_number else answer_words(column.kind, value)
                for column, value in zip(columns, one.answers(columns), strict=True)
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
