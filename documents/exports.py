"""Spreadsheets of the letters' room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from portal.core.sheets import Sheet, Struck, workbook

REGISTER_WIDTH = 24
LONGEST_TITLE = 31


def board_workbook(
    title: str, lines: Iterable[str], head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> bytes:
    """Return a workbook: who and when, a bold head, then every row."""
    return workbook(
        [Sheet(title, lines, head, rows)], width_of=lambda number, name: 38 if number == 1 else 18
    )


def register_sheet(
    title: str,
    lines: Iterable[str],
    head: Sequence[str],
    rows: Iterable[tuple[Sequence[Any], bool]],
) -> Sheet:
    """Return a sheet of a register; a row comes with whether all but its number is struck."""
    return Sheet(title[:LONGEST_TITLE], lines, head, map(_row, rows))


def _row(row: tuple[Sequence[Any], bool]) -> list[Any]:
    values, is_struck = row
    return [values[0], *(Struck(value) for value in values[1:])] if is_struck else list(values)


def register_workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of registers, written row by row, however long they are."""
    return workbook(sheets, width_of=lambda number, name: 14 if number == 1 else REGISTER_WIDTH)
