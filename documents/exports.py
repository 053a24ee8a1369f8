"""Spreadsheets of the letters' room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
MAX_CELL = 32_000
BOLD = Font(bold=True)


def safe_text(value: object) -> str:
    """Return the text so that no spreadsheet program reads it as a formula.

    The apostrophe is for the file that is saved as CSV later; in the workbook itself every text
    is stored as text.
    """
    text = "".join(sign for sign in str(value) if sign >= " " or sign in "\t\n\r")[:MAX_CELL]
    return f"'{text}" if text.startswith(DANGEROUS) else text


def board_workbook(
    title: str, lines: Iterable[str], head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> bytes:
    """Return a workbook: who and when, a bold head, then every row; written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.column_dimensions["A"].width = 38
    for letter in "BCDEFGHI":
        sheet.column_dimensions[letter].width = 18
    for line in lines:
        sheet.append([_cell(sheet, line)])
    sheet.append([])
    sheet.append([_cell(sheet, name, bold=True) for name in head])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """Make a cell: a number is a number, everything else is text and never a formula."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell = WriteOnlyCell(sheet, value=value)
    else:
        cell = WriteOnlyCell(sheet, value=safe_text("" if value is None else value))
        cell.data_type = "s"
    if bold:
        cell.font = BOLD
    return cell
