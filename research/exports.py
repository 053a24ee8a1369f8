"""Spreadsheets of the survey room."""

from __future__ import annotations

from collections.abc import Iterable

from portal.core.sheets import Sheet, workbook

TWO_PLACES = "0.00"
OF_TEXT = frozenset({"ข้อ", "ข้อความ", "ตอน/ด้าน", "หมายเหตุ", "คำตอบ"})
WIDE, NARROW = 44, 14


def results_workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of these sheets; columns of text are wide, figures have two places."""
    return workbook(
        sheets,
        width_of=lambda number, name: WIDE if name in OF_TEXT else NARROW,
        decimals=TWO_PLACES,
    )
