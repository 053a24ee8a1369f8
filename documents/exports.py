"""Spreadsheets of the letters' room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from portal.core.sheets import Sheet, workbook


def board_workbook(
    title: str, lines: Iterable[str], head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> bytes:
    """Return a workbook: who and when, a bold head, then every row."""
    return workbook(
        [Sheet(title, lines, head, rows)], width_of=lambda number, name: 38 if number == 1 else 18
    )
