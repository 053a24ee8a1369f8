"""What the database itself refuses, whoever asks: guards of the history and the registers.

A room declares its guards in its `checks.py`, which is found by autodiscovery:

    append_only(AuditEntry)
    frozen_fields(RegisterEntry, ["book", "number"])
    never_deleted(Letter)
    only_forward(RegisterEntry, "state", ["reserved", "used", "void"])

`manage.py migrate` puts them in place again after every run, because SQLite silently drops the
triggers of a table that it remakes. A system check and `/readyz` name those that are missing. The
name of a guard ends with a fingerprint of what it says, so that a changed one counts as missing.

A second kind does not refuse but follows: what happens to a row happens to its place in an index
that the database does not keep by itself (`follow`). A third notes in another table that a table
was changed (`note_changes`). Both are put in place and watched like a guard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection as default_connection
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

UPDATE, DELETE, TRUNCATE = "UPDATE", "DELETE", "TRUNCATE"


@dataclass(frozen=True)
class Guard:
    """One trigger: it refuses a deed on a table, or only the change of some columns."""

    table: str
    event: str
    kept: tuple[str, ...] = ()
    never_lower: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()  # a column, and its values in the order in which it may take them

    @property
    def columns(self) -> tuple[str, ...]:
        return self.kept + self.never_lower + self.stages[:1]

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.event.lower()}_{fingerprint(self)}"

    @property
    def refusal(self) -> str:
        if self.stages:
            return f"{self.table}: {self.stages[0]} never goes back"
        what = f"change of {', '.join(self.columns)}" if self.columns else self.event.lower()
        return f"{self.table}: no {what}"


@dataclass(frozen=True)
class Follower:
    """One trigger of SQLite: after a deed on a row, statements that keep an index in step."""

    table: str
    event: str
    statements: str
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        said = hashlib.sha256(self.statements.encode()).hexdigest()[:8]
        return f"follow_{self.table}_{self.event.lower()}_{said}"


@dataclass(frozen=True)
class Noter:
    """One trigger of PostgreSQL: a deed on a table adds a row to another, in its transaction."""

    table: str
    into: str
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        said = hashlib.sha256(f"{NOTE}{self}".encode()).hexdigest()[:8]
        return f"guard_{self.table}_noted_{said}"


Trigger = Guard | Follower | Noter
TRIGGERS: set[Trigger] = set()


def fingerprint(guard: Guard) -> str:
    """Return eight letters that change with what the guard says."""
    functions = [REFUSE, KEEP, FORWARD] if guard.stages else [REFUSE, KEEP]
    text = "\n".join([*functions, sqlite_sql(guard, "")])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


# Declaring ---------------------------------------------------------------------------------------


def append_only(model: type[models.Model]) -> None:
    """Rows of this model are added and never changed nor deleted."""
    TRIGGERS.add(Guard(model._meta.db_table, UPDATE))
    never_deleted(model)


def never_deleted(model: type[models.Model]) -> None:
    """Rows of this model are never deleted."""
    TRIGGERS.add(Guard(model._meta.db_table, DELETE))
    TRIGGERS.add(Guard(model._meta.db_table, TRUNCATE))


def frozen_fields(
    model: type[models.Model],
    fields: Iterable[str],
    *,
    no_delete: bool = True,
    never_lower: Iterable[str] = (),
) -> None:
    """These fields, and the key, keep their first value; those in `never_lower` only rise."""
    kept = ("pk", *fields)
    TRIGGERS.add(
        Guard(
            model._meta.db_table,
            UPDATE,
            kept=tuple(_column(model, name) for name in kept),
            never_lower=tuple(_column(model, name) for name in never_lower),
        )
    )
    if no_delete:
        never_deleted(model)


def only_forward(model: type[models.Model], field: str, stages: Sequence[str]) -> None:
    """The field takes these values in this order: it may skip one, and never goes back."""
    column = _column(model, field)
    TRIGGERS.add(Guard(model._meta.db_table, UPDATE, stages=(column, *stages)))


def follow(table: str, **statements: str) -> None:
    """After an `insert`, `update` or `delete` of a row of the table, SQLite runs the statements."""
    for event, text in statements.items():
        TRIGGERS.add(Follower(table, event.upper(), text))


def note_changes(
    model: type[models.Model], *, into: type[models.Model], fields: Iterable[str] = ()
) -> None:
    """On PostgreSQL whatever changes rows of this model adds a row to `into`, made of defaults.

    With `fields` an update counts only when it sets one of them.
    """
    columns = tuple(_column(model, name) for name in fields)
    TRIGGERS.add(Noter(model._meta.db_table, into._meta.db_table, columns))


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)


# Putting in place --------------------------------------------------------------------------------


def install(connection: BaseDatabaseWrapper = default_connection) -> None:
    """All declared guards stand, and no others; a table that does not exist yet is left out."""
    wanted = {guard.name: guard for guard in _guards_for(connection)}
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REFUSE)
            cursor.execute(KEEP)
            cursor.execute(FORWARD)
            cursor.execute(NOTE)
        for name, table in _present(connection).items():
            if name not in wanted:
                cursor.execute(_drop_sql(connection, name, table))
        for name in sorted(wanted.keys() - _present(connection).keys()):
            cursor.execute(_create_sql(connection, wanted[name]))


def missing(connection: BaseDatabaseWrapper = default_connection) -> list[str]:
    """Return the names of declared guards that do not stand on their tables."""
    present = _present(connection)
    return sorted(guard.name for guard in _guards_for(connection) if guard.name not in present)


def _guards_for(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Return the triggers whose table exists, with the columns they name."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [
        guard
        for guard in TRIGGERS
        if guard.table in tables
        and _is_for(connection.vendor, guard)
        and _has_columns(connection, guard)
    ]


def _is_for(vendor: str, guard: Trigger) -> bool:
    if isinstance(guard, Follower):
        return vendor == "sqlite"
    if isinstance(guard, Noter):
        return vendor == "postgresql"
    return guard.event != TRUNCATE or vendor == "postgresql"


def _has_columns(connection: BaseDatabaseWrapper, guard: Trigger) -> bool:
    if not guard.columns:
        return True
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, guard.table)
    return set(guard.columns) <= {column.name for column in described}


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the tables of the guards that stand, by the guards' names."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT[connection.vendor])
        return dict(cursor.fetchall())


def _drop_sql(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    quote = connection.ops.quote_name
    where = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER {quote(name)}{where}"


def _create_sql(connection: BaseDatabaseWrapper, guard: Trigger) -> str:
    if isinstance(guard, Follower):
        return (
            f'CREATE TRIGGER "{guard.name}" AFTER {guard.event} ON "{guard.table}"'
            f" BEGIN {guard.statements} END"
        )
    if isinstance(guard, Noter):
        return noter_sql(guard)
    if connection.vendor == "postgresql":
        return postgresql_sql(guard)
    return sqlite_sql(guard, guard.name)


# The SQL; names of tables and columns are our models' own ----------------------------------------

PRESENT = {
    "sqlite": """
        SELECT name, tbl_name FROM sqlite_master
        WHERE type = 'trigger' AND (name GLOB 'guard_*' OR name GLOB 'follow_*')
    """,
    "postgresql": """
        SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgname ~ '^guard_' AND tgenabled <> 'D'
          AND relnamespace = current_schema()::regnamespace
    """,
}


def sqlite_sql(guard: Guard, name: str) -> str:
    """Return the trigger for SQLite."""
    changes = [f'OLD."{column}" IS NOT NEW."{column}"' for column in guard.kept]
    changes += [f'NEW."{column}" < OLD."{column}"' for column in guard.never_lower]
    if guard.stages:
        changes.append(f"{_stage('NEW', guard.stages)} < {_stage('OLD', guard.stages)}")
    when = f" WHEN {' OR '.join(changes)}" if changes else ""
    return (
        f'CREATE TRIGGER "{name}" BEFORE {guard.event} ON "{guard.table}"{when}'
        f" BEGIN SELECT RAISE(ABORT, '{guard.refusal}'); END"
    )


def _stage(row: str, stages: Sequence[str]) -> str:
    """Return SQL for how far a row has come; a value that is no stage has not begun."""
    column, *values = stages
    steps = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values, 1))
    return f'(CASE {row}."{column}" {steps} ELSE 0 END)'


def postgresql_sql(guard: Guard) -> str:
    """Return the trigger for PostgreSQL."""
    level = "STATEMENT" if guard.event == TRUNCATE else "ROW"
    function, said = "guard_refuse", [guard.refusal]
    if guard.stages:
        function, said = "guard_forward", [guard.refusal, *guard.stages]
    elif guard.columns:
        function = "guard_keep"
        said = [guard.refusal, *guard.kept, *(f"<{column}" for column in guard.never_lower)]
    return (
        f'CREATE TRIGGER "{guard.name}" BEFORE {guard.event} ON "{guard.table}"'
        f" FOR EACH {level} EXECUTE FUNCTION {function}({_literals(said)})"
    )


def noter_sql(noter: Noter) -> str:
    """Return the trigger that notes changes, for PostgreSQL."""
    columns = ", ".join(f'"{column}"' for column in noter.columns)
    update = f"UPDATE OF {columns}" if columns else "UPDATE"
    return (
        f'CREATE TRIGGER "{noter.name}" AFTER INSERT OR {update} OR DELETE ON "{noter.table}"'
        f" FOR EACH STATEMENT EXECUTE FUNCTION guard_note({_literals([noter.into])})"
    )


def _literals(texts: Sequence[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


# The setting `portal.flush` is given by settings_test alone: the test runner empties with TRUNCATE.
REFUSE = """
CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('portal.flush', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$
"""

# The columns are looked up by name at run time: a trigger that names them in its WHEN would stop
# every later ALTER COLUMN TYPE.
KEEP = """
CREATE OR REPLACE FUNCTION guard_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    will_be jsonb := to_jsonb(NEW);
    field text;
BEGIN
    FOREACH field IN ARRAY TG_ARGV[1:] LOOP
        IF (CASE WHEN left(field, 1) = '<'
            THEN (will_be ->> substr(field, 2))::numeric < (was ->> substr(field, 2))::numeric
            ELSE will_be -> field IS DISTINCT FROM was -> field
        END) THEN
            RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$
"""

FORWARD = """
CREATE OR REPLACE FUNCTION guard_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stages text[] := TG_ARGV[2:];
    was integer := coalesce(array_position(stages, to_jsonb(OLD) ->> TG_ARGV[1]), 0);
    will_be integer := coalesce(array_position(stages, to_jsonb(NEW) ->> TG_ARGV[1]), 0);
BEGIN
    IF will_be < was THEN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

NOTE = """
CREATE OR REPLACE FUNCTION guard_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %I DEFAULT VALUES', TG_ARGV[0]);
    RETURN NULL;
END $$
"""
