"""The board of a letter on its way: who has it, who answered, what they said.

Nothing here changes anything; every function is a fixed number of queries, however many rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
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
from documents.services.conditions import Fact, condition, is_meant
from documents.services.standing import (
    PLACE,
    Asked,
    Group,
    Standing,
    filters_for,
    groups_of,
    standing_of,
)
from documents.services.wording import (
    Column,
    columns_of,
    number_words,
)
from members.models import Member, UnitKind, label_of
from members.querysets import full_name
from portal.core.pages import behind, cursor_at, place_after
from portal.core.prepared import prepared

PAGE_SIZE = 200
BOARD_ORDER, KEY_KINDS = ("rank", "unit__name", "pk"), (int, str, int)


class Recipient(NamedTuple):
    """One recipient on the board: where the letter is there, and the last answer (`FIELDS`)."""

    district_id: int | None
    district_name: str | None
    cluster_id: int | None
    cluster_name: str | None
    state: str
    response_state: str
    has_received: bool
    unit_kind: str
    is_open: bool
    due_at: datetime | None
    pk: int
    is_late: bool
    opened_at: datetime | None
    received_at: datetime | None
    number: int | None
    unit_name: str
    unit_short_name: str
    phone: str
    person: str | None
    answer: str | None  # as it is stored: words, or JSON of a form

    @property
    def name(self) -> str:
        """The unit, or the person in it to whom the letter was addressed."""
        unit = label_of(self.unit_name, self.unit_short_name)
        return unit if self.person is None else f"{self.person} {unit}"

    @property
    def district(self) -> str:
        return (self.district_name or "").removeprefix("อำเภอ")

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < now

    def answers(self, columns: Sequence[Column]) -> list[Any]:
        """Return what was answered, for each column: to the question, or as a whole."""
        if self.answer is None:
            return [None] * len(columns)
        is_form = any(column.key for column in columns)
        given = json.loads(self.answer) if is_form else {"": self.answer}
        return [given.get(column.key) for column in columns]


as_recipient = partial(tuple.__new__, Recipient)  # what `_make` does, without a call for each row

# The place of each recipient on the board: not received first.
RANK = Case(
    When(state=ArrivalState.WAITING, opened_at__isnull=True, then=Value(0)),
    When(state=ArrivalState.WAITING, then=Value(1)),
    When(state=ArrivalState.REFUSED, then=Value(2)),
    When(state=ArrivalState.RECEIVED, response_state=ResponseState.RETURNED, then=Value(3)),
    When(state=ArrivalState.RECEIVED, response_state=ResponseState.NONE, then=Value(4)),
    When(state=ArrivalState.RECEIVED, then=Value(5)),
    default=Value(6),
    output_field=IntegerField(),
)
# Few letters name a person: only then the person's row is looked up.
PERSON = Case(
    When(
        member__isnull=False,
        then=Subquery(Member.objects.filter(pk=OuterRef("member")).values(words=full_name())),
    ),
    default=None,
    output_field=TextField(),
)
HAS_RECEIVED = ExpressionWrapper(Q(received_at__isnull=False), BooleanField())
FIELDS = (
    *(*PLACE, "state", "response_state", "has_received", "unit__kind", "is_open", "due_at"),
    *("pk", "is_late", "opened_at", "received_at"),
    *("entry__number", "unit__name", "unit__short_name", "unit__phone", "person", "answer"),
)
COUNTED = FIELDS.index("pk")  # the fields before it say in which place and state a recipient is


def _ranked(arrivals: QuerySet[Arrival]) -> QuerySet[Arrival]:
    return arrivals.annotate(rank=RANK)


def as_values(arrivals: QuerySet[Arrival], *, answer: str, more: Sequence[str] = ()) -> Any:
    """Return the fields of `Recipient`, and `more`; `answer`: where answers are."""
    last = Response.objects.filter(arrival=OuterRef("pk")).order_by("-version")
    words = last.values(words=Cast(answer, TextField()))[:1] if answer else None
    found = Subquery(words) if words is not None else Value(None, TextField())
    return arrivals.annotate(answer=found, person=PERSON, has_received=HAS_RECEIVED).values_list(
        *FIELDS, *more
    )


def place_of_answers(columns: Sequence[Column]) -> str:
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
    next_cursor: str
    matching: int | None


def board_of(letter: Letter, asked: Asked, now: datetime) -> Board:
    """Return a page of the board, in three questions at most: counts by place, rows, sums.

    A short board that is wanted whole is counted from its rows.
    """
    keys = tuple(filters_for(letter))
    columns = columns_of(letter)
    page = _whole(letter, columns, keys, now) if asked == Asked() else None
    groups = page.groups if page else groups_of(letter, now, keys)
    standing = standing_of(groups, asked, keys)
    matching = standing.counts.get(asked.state, standing.total)
    page = page or _page(letter, asked, columns, now, is_short=matching <= PAGE_SIZE)
    return Board(
        standing=standing,
        columns=columns,
        recipients=page.recipients,
        sums=_sums(letter, asked, columns, now),
        next_cursor=page.next_cursor,
        matching=None if asked.search else standing.counts.get(asked.state),
    )


class Page(NamedTuple):
    """Some rows of a board, where the next ones begin, and what they count when they are all."""

    recipients: list[Recipient]
    next_cursor: str = ""
    groups: Sequence[Group] = ()


def _whole(
    letter: Letter, columns: Sequence[Column], keys: tuple[str, ...], now: datetime
) -> Page | None:
    """Return all rows with what they count; None when they do not fit on a page."""
    if not 0 < (getattr(letter, "to_make", None) or 0) <= PAGE_SIZE:
        return None
    answer = place_of_answers(columns)
    rows = _all_rows(letter.pk, answer=answer, size=PAGE_SIZE + 1)
    if len(rows) > PAGE_SIZE:
        return None
    recipients = list(map(as_recipient, rows))
    return Page(recipients, groups=_groups_in(recipients, letter, keys, now))


def _groups_in(
    recipients: Iterable[Recipient], letter: Letter, keys: Sequence[str], now: datetime
) -> list[Group]:
    """Count all recipients of the letter as `groups_of` does."""
    is_from_school = letter.origin == LetterOrigin.SCHOOL
    counted: Counter[tuple[Any, ...]] = Counter([one[:COUNTED] for one in recipients])
    groups = []
    for row, times in counted.items():
        place = row[: len(PLACE)]
        state, response_state, has_received, kind, is_open, due_at = row[len(PLACE) :]
        fact = Fact(
            state,
            response_state,
            has_received=has_received,
            is_overdue=is_open and due_at is not None and due_at < now,
            answers_by_letter=is_from_school and kind == UnitKind.OFFICE,
        )
        total = 0 if is_meant("gone", fact) else times
        received = times if is_meant("received", fact) else 0
        given = 0 if is_meant("unspoken", fact) else times
        counts = tuple(times if is_meant(key, fact) else 0 for key in keys)
        groups.append(Group._make((*place, total, received, given, counts)))
    return groups


@prepared
def _all_rows(letter: int, *, answer: str, size: int) -> QuerySet[Arrival, Any]:
    arrivals = Arrival.objects.filter(letter=letter).alias(rank=RANK).order_by(*BOARD_ORDER)
    found: QuerySet[Arrival, Any] = as_values(arrivals[:size], answer=answer)
    return found


def _page(
    letter: Letter, asked: Asked, columns: Sequence[Column], now: datetime, *, is_short: bool
) -> Page:
    """Return the rows asked for behind the cursor."""
    given = (*_given(letter.pk, asked, now), place_after(asked.cursor, KEY_KINDS))
    kind: dict[str, Any] = {
        "state": asked.state,
        "answer": place_of_answers(columns),
        "size": PAGE_SIZE + 1,
        "is_short": is_short,
    }
    rows: Iterable[Any]
    if asked.search:  # its words become part of patterns
        rows = _rows(*given, **kind, words=asked.search)
    else:
        rows = _prepared_rows(*given, **kind)
    found = [(Recipient._make(row), rank) for *row, rank in rows]
    page = [recipient for recipient, _ in found[:PAGE_SIZE]]
    if len(found) == len(page):
        return Page(page)
    last, rank = found[PAGE_SIZE - 1]
    return Page(page, next_cursor=cursor_at((rank, last.unit_name, last.pk)))


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
    found: QuerySet[Arrival, Any] = as_values(first, answer=answer, more=["rank"])
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
