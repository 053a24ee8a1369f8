"""Where the words stand: one question, asked of FTS5 or of a tsvector, answered newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from portal.core.querysets import BaseQuerySet
from portal.search.domain import bare

if TYPE_CHECKING:
    from portal.search.domain import Wanted, Word
    from portal.search.models import SearchDoc

SCAN = 2_000
RARE_SHARE = 0.02
NEWEST = 2**62
NOT_IN_A_MARK = re.compile("[^a-z0-9]")


def mark(word: str) -> str:
    """Return a scope word or kind as it stands in the index; no atom begins like it."""
    return f"@{NOT_IN_A_MARK.sub('', word)}"


def part(number: str) -> str:
    """Return a part of a number as it stands in the index; no atom begins like it."""
    return f"#{number}"


@dataclass(frozen=True)
class Question:
    """What is wanted, in which scopes, of which kinds (None: of all)."""

    wanted: Wanted
    scopes: frozenset[str]
    kinds: frozenset[str] | None = None

    @property
    def marks(self) -> list[list[str]]:
        """Return the groups of marks of each of which a document has one."""
        groups = [self.scopes]
        if self.kinds is not None:
            groups.append(frozenset(f"kind{kind}" for kind in self.kinds))
        return [sorted(map(mark, group)) for group in groups]


class SearchDocQuerySet(BaseQuerySet["SearchDoc"]):
    """What can be found."""

    def of_things(self, kind: str, pks: Iterable[int]) -> SearchDocQuerySet:
        return self.filter(kind=kind, object_id__in=list(pks))

    def candidates(self, question: Question, *, before: int, limit: int) -> list[int]:
        """Return up to `limit` ids below `before` in which the atoms stand, newest first.

        Atoms only narrow: the caller compares the text, and asks the gate.
        """
        if not all(question.marks):
            return []
        if connection.vendor == "postgresql":
            return _on_postgresql(question, before, limit)
        sql = (
            "SELECT rowid FROM search_fts WHERE search_fts MATCH %s AND rowid < %s"
            " ORDER BY rowid DESC LIMIT %s"
        )
        return _ids(sql, [fts5_query(question), before, limit])


def _ids(sql: str, params: Sequence[str | int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


# SQLite -------------------------------------------------------------------------------------------


def fts5_query(question: Question) -> str:
    """Return the question in FTS5's language: a phrase of atoms for each word."""
    wanted = " AND ".join(_fts5_word(word) for word in question.wanted.words)
    if question.wanted.number:
        wanted = f"({wanted}) OR {_fts5_part(question.wanted.number)}"
    marks = [f"marks : ({' OR '.join(map(_quoted, group))})" for group in question.marks]
    return " AND ".join([*marks, f"({wanted})"])


def _fts5_word(word: Word) -> str:
    phrase = f"atoms : {_quoted(' '.join(word.atoms))}"
    return f"({phrase} OR {_fts5_part(word.number)})" if word.number else phrase


def _fts5_part(number: str) -> str:
    return f"parts : {_quoted(part(bare(number)))} *"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


# PostgreSQL ---------------------------------------------------------------------------------------

RARE_SQL = """
    WITH found AS MATERIALIZED (
        SELECT id FROM search_searchdoc WHERE terms @@ %s::tsquery AND id < %s
    )
    SELECT id FROM found ORDER BY id DESC LIMIT %s
"""
COMMON_SQL = """
    WITH newest AS MATERIALIZED (
        SELECT id, terms FROM search_searchdoc WHERE id < %s ORDER BY id DESC LIMIT %s
    )
    SELECT id FROM newest WHERE terms @@ %s::tsquery ORDER BY id DESC LIMIT %s
"""


def _on_postgresql(question: Question, before: int, limit: int) -> list[int]:
    """Choose the plan: common words stand among the newest, rare ones are asked of the index.

    The planner cannot: it does not price reading long tsvectors, and takes words it does not
    know for common ones.
    """
    query = tsquery(question)
    if not _is_rare(question.wanted):
        found = _ids(COMMON_SQL, [before, SCAN, query, limit])
        if len(found) >= limit:
            return found
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(RARE_SQL, [query, before, limit])
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    return [row[0] for row in rows]


def _is_rare(wanted: Wanted) -> bool:
    """Answer whether the rarest atom stands in few of the documents."""
    terms = {atom for word in wanted.words for atom in word.atoms}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term, df FROM search_searchterm WHERE term = ANY(%s)", [[*terms, ""]]
        )
        df: dict[str, int] = dict(cursor.fetchall())
    return min(df.get(term, 0) for term in terms) <= df.get("", 0) * RARE_SHARE


def tsquery(question: Question) -> str:
    """Return the question as a tsquery literal: all atoms, wherever they stand."""
    wanted = " & ".join(_ts_word(word) for word in question.wanted.words)
    if question.wanted.number:
        wanted = f"(({wanted}) | {_ts_part(question.wanted.number)})"
    marks = [f"({' | '.join(map(_lexeme, group))})" for group in question.marks]
    return " & ".join([*marks, f"({wanted})"])


def _ts_word(word: Word) -> str:
    every = " & ".join(map(_lexeme, word.atoms))
    return f"(({every}) | {_ts_part(word.number)})" if word.number else f"({every})"


def _ts_part(number: str) -> str:
    return f"{_lexeme(part(bare(number)))}:*"


def _lexeme(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def add_to_terms(changes: dict[str, int]) -> None:
    """Count atoms up and down, in the order of their names; nothing to do but on PostgreSQL."""
    changed = sorted((term, by) for term, by in changes.items() if by)
    if not changed or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_searchterm AS known (term, df)"
            " SELECT * FROM unnest(%s::text[], %s::int[])"
            " ON CONFLICT (term) DO UPDATE SET df = known.df + excluded.df",
            [[term for term, _ in changed], [by for _, by in changed]],
        )
