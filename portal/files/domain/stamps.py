"""The receipt stamp as it is drawn over the picture of a page; the PDF itself stays as it came."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 50.0
HEIGHT = 25.0
EDGE = 5.0
INSIDE = 3.0
TITLE_SIZE = 4.4
FIRST_BASE = 11.7
LINE_STEP = 5.5
VALUE_GAP = 1.7
LETTER_WIDTH = 0.57  # of the type size: a Thai letter of Sarabun on the average
# What each line says, and how wide its label is in Sarabun of 4.2 mm.
LABELS = (("number", "เลขรับ", 11.0), ("date", "วันที่", 7.6), ("time", "เวลา", 7.9))


@dataclass(frozen=True)
class StampLine:
    """One line: the label, the value, and the dotted line under the value (not under the last)."""

    label: str
    value: str
    base: float
    value_x: float
    dots_from: float
    dots_to: float
    dots_y: float
    has_dots: bool


@dataclass(frozen=True)
class StampDrawing:
    """Everything the drawing needs, in millimetres of the page."""

    page_width: float
    page_height: float
    x: float
    y: float
    title: str
    title_size: float
    title_length: float
    lines: tuple[StampLine, ...]
    words: str


def drawing(stamp: Mapping[str, Any], place: str, page: tuple[float, float]) -> StampDrawing:
    """Lay the stamp out on a page of this size in millimetres.

    `stamp` has unit, number, date and time; with `x` and `y` (per cent of the page) it stands
    there, else at `place`.
    """
    width, height = page
    x, y = corner(width, height, place)
    if stamp.get("x") is not None and stamp.get("y") is not None:
        x, y = float(stamp["x"]) * width / 100, float(stamp["y"]) * height / 100
    title = str(stamp.get("unit", ""))
    room = WIDTH - 2 * INSIDE
    natural = text_width(title, TITLE_SIZE)
    size = TITLE_SIZE * min(1, max(0.6, room / natural)) if natural else TITLE_SIZE
    lines = tuple(
        _line(label, label_width, str(stamp.get(key, "")), row)
        for row, (key, label, label_width) in enumerate(LABELS)
    )
    return StampDrawing(
        page_width=round(width, 2),
        page_height=round(height, 2),
        x=round(x, 2),
        y=round(y, 2),
        title=title,
        title_size=round(size, 2),
        title_length=room if natural > room else 0,
        lines=lines,
        words=" ".join([title, *(f"{line.label} {line.value}" for line in lines)]),
    )


def _line(label: str, label_width: float, value: str, row: int) -> StampLine:
    base = round(FIRST_BASE + row * LINE_STEP, 2)
    start = round(INSIDE + label_width + VALUE_GAP, 2)
    return StampLine(
        label=label,
        value=value,
        base=base,
        value_x=start,
        dots_from=round(start - 0.6, 2),
        dots_to=WIDTH - INSIDE,
        dots_y=round(base + 1.1, 2),
        has_dots=row < len(LABELS) - 1,
    )


def corner(width: float, height: float, place: str) -> tuple[float, float]:
    """Return the top left corner of the stamp at a named place, in millimetres of the page."""
    right, bottom = width - EDGE - WIDTH, height - EDGE - HEIGHT
    x, y = {
        "top_center": ((width - WIDTH) / 2, EDGE),
        "top_left": (EDGE, EDGE),
        "below_top_right": (right, EDGE + HEIGHT),
        "bottom_right": (right, bottom),
    }.get(place, (right, EDGE))
    return max(min(x, right), 0.0), max(min(y, bottom), 0.0)


def text_width(text: str, size: float) -> float:
    """Estimate how wide a text is; vowels and tone marks above and below take no room."""
    letters = sum(unicodedata.category(letter) != "Mn" for letter in text)
    return letters * size * LETTER_WIDTH
