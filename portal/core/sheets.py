"""Workbooks: every text in them is a text, whatever a spreadsheet program would make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
MAX_CELL = 32_000
BOLD = Font(bold=True)
STRUCK = Font(strike=True)


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines on top, a bold head, then the rows."""

    title: str
    lines: Iterable[str]
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Struck:
    """A value that is struck through: it counts no more, and stays readable."""

    value: Any


def safe_text(value: object) -> str:
    """Return the text so that no spreadsheet program reads it as a formula.

    The apostrophe is for the file that is saved as CSV later; in the workbook itself every text
    is stored as text.
    """
    text = "".join(sign for sign in str(value) if sign >= " " or sign in "\t\n\r")[:MAX_CELL]
    return f"'{text}" if text.startswith(DANGEROUS) else text


def workbook(
    sheets: Iterable[Sheet], *, width_of: Callable[[int, str], int], decimals: str = "General"
) -> bytes:
    """Return a workbook of these sheets, written row by row; the head stays in sight, on paper too.

    `width_of` tells a column's width by its number and its head, `decimals` how 0.5 is shown.
    """
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        for number, name in enumerate(sheet.head, start=1):
            page.column_dimensions[get_column_letter(number)].width = width_of(number, name)
        lines = list(sheet.lines)
        head = len(lines) + 2
        page.freeze_panes = f"A{head + 1}"
        page.print_title_rows = f"{head}:{head}"
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for line in lines:
            page.append([_cell(page, line)])
        page.append([])
        page.append([_cell(page, name, is_bold=True) for name in sheet.head])
        for row in sheet.rows:
            page.append([_cell(page, value, decimals) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(page: Any, value: Any, decimals: str = "General", *, is_bold: bool = False) -> Any:
    """Make a cell: a number is a number, everything else is text and never a formula."""
    if isinstance(value, Struck):
        cell = _cell(page, value.value, decimals)
        cell.font = STRUCK
        return cell
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell = WriteOnlyCell(page, value=value)
        if isinstance(value, float):
            cell.number_format = decimals
    else:
        cell = WriteOnlyCell(page, value=safe_text("" if value is None else value))
        cell.data_type = "s"
    if is_bold:
        cell.font = BOLD
    return cell
