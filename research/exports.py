"""Spreadsheets of the survey room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
MAX_CELL = 32_000
BOLD = Font(bold=True)
TWO_PLACES = "0.00"
WIDE, NARROW = 44, 14


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines on top, a bold head, then the rows."""

    title: str
    lines: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


def safe_text(value: object) -> str:
    """Return the text so that no spreadsheet program reads it as a formula."""
    text = "".join(sign for sign in str(value) if sign >= " " or sign in "\t\n\r")[:MAX_CELL]
    return f"'{text}" if text.startswith(DANGEROUS) else text


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of these sheets, written row by row."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        for number, name in enumerate(sheet.head, start=1):
            is_wide = name in {"ข้อ", "ข้อความ", "ตอน/ด้าน", "หมายเหตุ", "คำตอบ"}
            page.column_dimensions[get_column_letter(number)].width = WIDE if is_wide else NARROW
        for line in sheet.lines:
            page.append([_cell(page, line)])
        page.append([])
        page.append([_cell(page, name, is_bold=True) for name in sheet.head])
        for row in sheet.rows:
            page.append([_cell(page, value) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(page: Any, value: Any, *, is_bold: bool = False) -> Any:
    """Make a cell: a number is a number, everything else is text and never a formula."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell = WriteOnlyCell(page, value=value)
        if isinstance(value, float):
            cell.number_format = TWO_PLACES
    else:
        cell = WriteOnlyCell(page, value=safe_text("" if value is None else value))
        cell.data_type = "s"
    if is_bold:
        cell.font = BOLD
    return cell
