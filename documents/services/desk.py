"""What lies at the desks of one person, read as values for their inbox: the most pressing first.

The pages of a busy morning are made of these rows. Their SQL is prepared, and each desk is asked
for its first rows by its own index, however many letters it has had.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from documents.domain import Sought, sought
from documents.models import Arrival, ArrivalState, Letter
from documents.querysets import ArrivalQuerySet, about, at_each_desk
from portal.core.clock import BANGKOK, bangkok, midnight
from portal.core.pages import behind, cursor_at, place_after
from portal.core.prepared import prepared

FAR = datetime(2300, 1, 1, tzinfo=BANGKOK)  # the last year that a page's cursor may name
PAGE_SIZE = 40
FEW = 200  # letters that are looked at one by one; a word that more have is soon met at a desk
LENGTHS = (1, 10, 50, FEW)  # of lists of letters, each with a question of its own
DONE_TODAY = 5  # the bucket of what was received today and needs nothing more
BY_DAY = ("-arrived_at", "-pk"), (datetime, int)
BY_NEED = ("bucket", "due_key", "-letter_id", "pk"), (int, datetime, int, int)


class Line(NamedTuple):
    """One arrival, with what the inbox says of its letter."""

    pk: int
    letter_id: int
    unit_id: int
    unit_name: str
    unit_short_name: str
    state: str
    response_state: str
    is_open: bool
    due_at: datetime | None
    arrived_at: datetime
    opened_at: datetime | None
    received_at: datetime | None
    recalled_at: datetime | None
    number: int | None
    subject: str
    urgency: int
    kind: str
    number_text: str
    sender_name: str
    sender_short_name: str
    succession: str
    succeeds: str | None
    line_new: str
    line_do: str
    line_by: str
    recall_reason: str
    bucket: int
    due_key: datetime


FIELDS = (
    *("pk", "letter_id", "unit_id", "unit__name", "unit__short_name", "state", "response_state"),
    *("is_open", "due_at", "arrived_at", "opened_at", "received_at", "recalled_at"),
    *("entry__number", "letter__subject", "letter__urgency", "letter__kind"),
    *("letter__number_text", "letter__owner_unit__name", "letter__owner_unit__short_name"),
    *("letter__succession", "letter__succeeds__number_text", "letter__line_new"),
    *("letter__line_do", "letter__line_by", "letter__recall_reason", "bucket", "due_key"),
)


class Desks(NamedTuple):
    """Whose inbox is read: the units whose post they open, or the one chosen among them."""

    member: int
    units: tuple[int, ...]
    is_chosen: bool = False


def lines_at(
    desks: Desks, tab: str, now: datetime, *, words: str = "", cursor: str | None = None
) -> tuple[list[Line], str]:
    """Return a page of one tab, and the cursor of the next one; "" when there is none."""
    order, kinds = BY_DAY if tab == "all" else BY_NEED
    today = midnight(bangkok(now).date())
    given = (
        desks.member,
        desks.units,
        now,
        today + timedelta(days=1),
        today + timedelta(days=2),
        FAR,
        (today,) if tab == "todo" else (),
        place_after(cursor, kinds),
    )
    kind: dict[str, Any] = {"tab": tab, "is_chosen": desks.is_chosen}
    rows = _found(sought(words), given, kind) if words else _lines(*given, **kind)
    lines = [Line._make(row) for row in rows]
    page = lines[:PAGE_SIZE]
    if len(lines) == len(page):
        return page, ""
    return page, cursor_at([getattr(page[-1], name.removeprefix("-")) for name in order])


def count_open(desks: Desks) -> dict[str, int]:
    """Return how many arrivals wait for something, by their state."""
    return dict(_open_by_state(desks.member, desks.units, is_chosen=desks.is_chosen))


@prepared
def _lines(*given: Any, tab: str, is_chosen: bool) -> QuerySet[Arrival, Any]:
    return _rows(*given, tab=tab, is_chosen=is_chosen)


def _found(what: Sought, given: tuple[Any, ...], kind: dict[str, Any]) -> list[Any]:
    """Return the rows with these words: a rare word by its letters, another among the newest."""
    number = () if what.number is None else (what.number,)
    has_case = what.has_case
    letters = [pk for (pk,) in _letters(what.text, what.part, number, has_case=has_case)]
    if not letters:
        return []
    if len(letters) > FEW:
        return _by_words(what.text, what.part, number, *given, has_case=has_case, **kind)
    length = next(length for length in LENGTHS if length >= len(letters))
    listed = (*letters, *letters[:1] * (length - len(letters)))
    return _by_letters(listed, what.part, number, *given, has_case=has_case, **kind)


@prepared
def _letters(
    text: str, part: str, number: tuple[int, ...], *, has_case: bool
) -> QuerySet[Letter, tuple[int]]:
    """Anybody's letters with these words, until there are more than a few."""
    what = Sought(text, part, next(iter(number), None), has_case)
    return Letter.objects.filter(about(what)).values_list("pk")[: FEW + 1]


@prepared
def _by_words(
    text: str, part: str, number: tuple[int, ...], *given: Any, has_case: bool, **kind: Any
) -> QuerySet[Arrival, Any]:
    what = Sought(text, part, next(iter(number), None), has_case)
    return _rows(*given, **kind, among=Arrival.objects.about(what))


@prepared
def _by_letters(
    letters: tuple[int, ...],
    part: str,
    number: tuple[int, ...],
    *given: Any,
    has_case: bool,
    **kind: Any,
) -> QuerySet[Arrival, Any]:
    what = Sought("", part, next(iter(number), None), has_case)
    return _rows(*given, **kind, among=Arrival.objects.filter(letter__in=letters).findable(what))


def _rows(
    member: int,
    units: tuple[int, ...],
    now: datetime,
    tomorrow: datetime,
    overmorrow: datetime,
    far: datetime,
    since: tuple[datetime, ...],
    after: tuple[Any, ...],
    *,
    tab: str,
    is_chosen: bool,
    among: ArrivalQuerySet | None = None,
) -> QuerySet[Arrival, Any]:
    """Return one more row than a page has; what was received is on the desk `since` then."""
    order, _ = BY_DAY if tab == "all" else BY_NEED
    marks = {
        "bucket": Case(
            When(is_open=False, then=Value(DONE_TODAY)),
            When(due_at__lt=now, then=Value(0)),
            When(due_at__lt=tomorrow, then=Value(1)),
            When(due_at__lt=overmorrow, then=Value(2)),
            When(state=ArrivalState.WAITING, then=Value(3)),
            default=Value(4),
            output_field=IntegerField(),
        ),
        "due_key": Coalesce("due_at", Value(far)),
    }
    everything = Arrival.objects.all() if among is None else among
    chosen = everything.annotate(**marks).filter(_of_tab(tab, since), behind(order, after))
    desks = at_each_desk(member, units, is_chosen=is_chosen)
    found = _first_of_each(chosen.order_by(*order), desks)
    rows = Arrival.objects.annotate(**marks).filter(found)
    return rows.order_by(*order).values_list(*FIELDS)[: PAGE_SIZE + 1]


def _first_of_each(rows: QuerySet[Arrival], desks: list[Q]) -> Q:
    """Find what may be on the page: the first rows of each desk, which its index has in order."""
    if not connection.features.supports_slicing_ordering_in_compound:
        everywhere = Q()
        for desk in desks:
            everywhere |= desk
        return Q(pk__in=rows.filter(everywhere).values("pk")[: PAGE_SIZE + 1])
    first, *others = (rows.filter(desk).values("pk")[: PAGE_SIZE + 1] for desk in desks)
    return Q(pk__in=first.union(*others, all=True))


def _of_tab(tab: str, since: tuple[datetime, ...]) -> Q:
    if tab == "waiting":
        return Q(is_open=True, state=ArrivalState.WAITING)
    if tab == "answer":
        return Q(is_open=True, state=ArrivalState.RECEIVED)
    if tab == "all":
        return Q()
    (today,) = since
    return Q(is_open=True) | Q(state=ArrivalState.RECEIVED, received_at__gte=today)


@prepared
def _open_by_state(
    member: int, units: tuple[int, ...], *, is_chosen: bool
) -> QuerySet[Arrival, tuple[str, int]]:
    everywhere = Q()
    for desk in at_each_desk(member, units, is_chosen=is_chosen):
        everywhere |= desk
    rows = Arrival.objects.filter(everywhere, is_open=True)
    return rows.values_list("state").annotate(count=Count("pk")).order_by()
