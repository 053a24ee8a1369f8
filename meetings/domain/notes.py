"""The one-page note สุ จิ ปุ ลิ: its parts, its rows, and how full it is in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.thaitext import one_line
from portal.papers.domain import NOTE_BOXES, NOTE_PARTS, NoteFill, PartFill

BOXES = NOTE_BOXES
PART_NAMES = {"heard": "สุ", "thought": "จิ", "asked": "ปุ", "written": "ลิ", "tasks": "ตารางงาน"}
BOX_WORDS = {"heard": "ฟัง", "thought": "คิด", "asked": "ถาม", "written": "เขียน"}
BOX_ICONS = {
    "heard": "ear",
    "thought": "lightbulb",
    "asked": "message-circle-question-mark",
    "written": "pen-line",
}
LONGEST_BOX = 4000
TASK_LIMITS = {"task": 200, "who": 80, "by": 60}
MOST_TASKS = 10

Rows = list[dict[str, str]]


def clean_tasks(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """The rows that say something, each text on one line and no longer than its cell allows."""
    cleaned = [
        {name: one_line(str(row.get(name, "")))[:limit] for name, limit in TASK_LIMITS.items()}
        for row in rows
    ]
    return [row for row in cleaned if any(row.values())][:MOST_TASKS]


# How full ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartGauge:
    """One part's line: how much of it is used, and what is left in words."""

    percent: int
    words: str
    tone: str


@dataclass(frozen=True)
class Gauge:
    """The page's line and those of its parts; `tone` is "", "soon" or "late"."""

    percent: int
    words: str
    tone: str
    parts: Mapping[str, PartGauge]

    @property
    def fits(self) -> bool:
        return self.tone != "late"


def too_long(fill: NoteFill) -> str:
    """Name what stands in the way of printing: ปุ ยาวไป 2 บรรทัด; empty when it all fits."""
    found = [f"{PART_NAMES[name]} ยาวไป {over} บรรทัด" for name, over in fill.too_long.items()]
    return " · ".join(found)


def gauge_of(fill: NoteFill) -> Gauge:
    """How full the note is, in words."""
    parts = {name: _part(name, fill.parts[name], fill) for name in NOTE_PARTS}
    if not fill.fits:
        return Gauge(fill.percent, too_long(fill), "late", parts)
    is_nearly_full = fill.percent >= 95
    words = "พอดีหนึ่งหน้า A4"
    return Gauge(fill.percent, words, "soon" if is_nearly_full else "", parts)


def _part(name: str, part: PartFill, fill: NoteFill) -> PartGauge:
    percent = min(part.percent, 100)
    if name in fill.too_long:
        return PartGauge(100, f"ยาวไป {part.over} บรรทัด", "late")
    if part.is_nearly_full:
        return PartGauge(percent, "เกือบเต็ม", "soon")
    return PartGauge(percent, f"เหลือ {part.left} บรรทัด", "")
