"""Questions that every page asks: Django writes their SQL once, afterwards only the values change.

Django builds a queryset and its SQL anew each time, which for the pages of a busy morning costs
more than the answer. `@prepared` keeps the SQL of the queryset that a function returns, and fills
in the values of each call. A connection to PostgreSQL is told it once, too, so that a question is
not planned anew each time:

    @prepared
    def current_holdings(member: int, today: date) -> QuerySet[Holding]:
        return Holding.objects.filter(member=member, from_on__lte=today)

    current_holdings(7, today())        # a list, fresh from the database

The function is called with stand-ins for its positional arguments (numbers, moments, days, texts,
keys and tuples of them) and must put each into the SQL as it is; a day or moment that it looks up
itself would stay for ever, and is refused. Keyword arguments say what kind of question it is: each
combination of them, like each length of a tuple, has its own SQL. Rows come as the queryset would
give them: model instances with what `select_related` named, or tuples of `values_list`. Nothing of
an answer is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from portal.core.clock import BANGKOK

RowT = TypeVar("RowT")
P = ParamSpec("P")

FIRST_NUMBER = 1_973_000_000  # of the stand-ins: below 2³¹, and nothing else in a query
FIRST_MOMENT = datetime(1973, 10, 14, 1, 2, 3, tzinfo=BANGKOK)
TYPES = {int: "bigint", str: "text", date: "date", datetime: "timestamptz", UUID: "uuid"}
MOST = 2**63 - 1
NUMBERS = count(1)
LONGEST_NAME = 63  # in PostgreSQL
KNOWN: MutableMapping[Any, set[str]] = WeakKeyDictionary()  # names, by connection


@dataclass(frozen=True)
class Prepared:
    """SQL with the places of its values, and how a row of the answer is read."""

    name: str
    sql: str
    fixed: tuple[Any, ...]
    places: dict[int, int]  # of the SQL's parameters: which value stands there
    types: tuple[str, ...]  # of the values, as PostgreSQL calls them
    converters: tuple[tuple[int, Sequence[Any], Any], ...]
    read: Callable[[Sequence[Any]], Any]

    def ask(self, values: Sequence[Any], database: BaseDatabaseWrapper) -> list[Any]:
        """Return the rows of the answer for these values."""
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                self._tell(database)
                marks = f" ({', '.join(['%s'] * len(values))})" if values else ""
                cursor.execute(f'EXECUTE "{self.name}"{marks}', values)
            else:
                cursor.execute(self.sql, self._given(values))
            rows: Iterable[Sequence[Any]] = cursor.fetchall()
        if self.converters:
            rows = map(self._convert, rows)
        return [self.read(row) for row in rows]

    def _given(self, values: Sequence[Any]) -> list[Any]:
        """Return the parameters of the SQL: the values, each in its places, and what is fixed."""
        return [
            values[self.places[place]] if place in self.places else fixed
            for place, fixed in enumerate(self.fixed)
        ]

    def _tell(self, database: BaseDatabaseWrapper) -> None:
        """Make the question known to this connection, which plans it once and not each time."""
        known = KNOWN.setdefault(database.connection, set())
        if self.name in known:
            return
        types = f" ({', '.join(self.types)})" if self.types else ""
        with database.wrap_database_errors, database.connection.cursor() as cursor:
            words = (
                f"${self.places[place] + 1}"
                if place in self.places
                else cursor.mogrify("%s", [value]).decode()
                for place, value in enumerate(self.fixed)
            )
            cursor.execute(f'PREPARE "{self.name}"{types} AS {self.sql % tuple(words)}')
        known.add(self.name)

    def _convert(self, row: Sequence[Any]) -> list[Any]:
        converted = list(row)
        for place, functions, expression in self.converters:
            for convert in functions:
                converted[place] = convert(converted[place], expression, connection)
        return converted


def _fit(values: Sequence[Any]) -> bool:
    """No column holds a number beyond 64 bits, as somebody may type into an address."""
    return all(abs(value) <= MOST for value in values if type(value) is int)


def prepared(ask: Callable[P, QuerySet[Any, RowT]]) -> Callable[P, list[RowT]]:
    """Return a function that answers as a list what the queryset of `ask` would find."""
    known: dict[Hashable, Prepared | None] = {}

    @wraps(ask)
    def answer(*values: P.args, **kind: P.kwargs) -> list[RowT]:
        database = connections[DEFAULT_DB_ALIAS]  # itself; `connection` is looked up at each use
        shape = (database.vendor, _shape(values), tuple(kind.items()))
        if shape not in known:
            name = f"{next(NUMBERS)} {ask.__module__}.{ask.__qualname__}"[:LONGEST_NAME]
            known[shape] = _prepare(name, ask, values, kind)
        query, given = known[shape], _flat(values)
        return query.ask(given, database) if query and _fit(given) else []

    return answer


def _shape(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_shape(value) if isinstance(value, tuple) else type(value) for value in values)


def _flat(values: Sequence[Any]) -> list[Any]:
    """Return the values as the database takes them, those of a tuple one by one."""
    return [_adapted(value) for value in _each(values)]


def _each(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


def _prepare(
    name: str,
    ask: Callable[..., QuerySet[Any, Any]],
    values: Sequence[Any],
    kind: dict[str, Any],
) -> Prepared | None:
    """Return the SQL of this kind of question; None when it can find nothing.

    Raises TypeError when a value does not reach the SQL, or not as it is.
    """
    stand_ins = _stand_ins(values)
    queryset = ask(*stand_ins, **kind)
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        sql, fixed = compiler.as_sql()
    except EmptyResultSet:
        return None
    flat = _flat(stand_ins)
    places = {place: flat.index(value) for place, value in enumerate(fixed) if value in flat}
    if set(places.values()) != set(range(len(flat))):
        raise TypeError("every value of a prepared question must reach its SQL as it is")
    if any(map(_tells_time, set(fixed).difference(flat))):
        raise TypeError("a prepared question is given its days and moments")
    columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
    converters = tuple(
        (place, functions, expression)
        for place, (functions, expression) in compiler.get_converters(columns).items()
    )
    types = tuple(TYPES[type(value)] for value in _each(stand_ins))
    read = _reader(queryset, compiler)
    return Prepared(
        name=name,
        sql=sql,
        fixed=tuple(fixed),
        places=places,
        types=types,
        converters=converters,
        read=read,
    )


def _tells_time(value: Any) -> bool:
    try:
        date.fromisoformat(str(value)[:10])
    except ValueError:
        return False
    return True


def _stand_ins(values: Sequence[Any]) -> list[Any]:
    numbers = count(1)

    def stand_in(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(stand_in(one) for one in value)
        if isinstance(value, datetime):
            return FIRST_MOMENT + timedelta(seconds=next(numbers))
        if isinstance(value, date):
            return FIRST_MOMENT.date() + timedelta(days=next(numbers))
        if isinstance(value, UUID):
            return UUID(int=FIRST_NUMBER + next(numbers))
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError(f"a prepared question cannot be given {type(value).__name__}")
        number = FIRST_NUMBER + next(numbers)
        return number if isinstance(value, int) else str(number)

    return [stand_in(value) for value in values]


def _reader(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """Return what makes a model instance of a row, or leaves it a tuple."""
    if not queryset.query.default_cols:
        return tuple
    model: type[Model] = compiler.klass_info["model"]
    columns = compiler.klass_info["select_fields"]
    start, end = columns[0], columns[-1] + 1
    names = frozenset(column.target.attname for column, _, _ in compiler.select[start:end])
    related = get_related_populators(  # type: ignore[call-arg]  # the stubs are of a later Django
        compiler.klass_info, compiler.select, connection.alias
    )
    annotations = tuple(compiler.annotation_col_map.items())

    def read(row: Sequence[Any]) -> Model:
        found = model.from_db(connection.alias, names, row[start:end])
        for populator in related:
            populator.populate(row, found)
        for name, place in annotations:
            setattr(found, name, row[place])
        return found

    return read
