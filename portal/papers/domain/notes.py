"""The one-page note: what stands on it, and how full it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

# The boxes in their order, then the table. `typst/note.typ` knows them by these names.
NOTE_BOXES = ("heard", "thought", "asked", "written")
NOTE_PARTS = (*NOTE_BOXES, "tasks")
NEARLY_FULL = 95


@dataclass(frozen=True, kw_only=True)
class NotePaper:
    """One participant's page of one meeting: สุ จิ ปุ ลิ and the tasks taken or given.

    meeting, held    the heading and the line below it (when, where)
    tasks            rows of task, who, by
    office, saved    the line below the page
    date             when it was saved; nothing of it is printed
    """

    meeting: str
    writer: str
    held: str = ""
    heard: str = ""
    thought: str = ""
    asked: str = ""
    written: str = ""
    tasks: Sequence[Mapping[str, str]] = ()
    office: str = ""
    saved: str = ""
    date: date | None = None
    thai_numerals: bool = False

    def data(self) -> dict[str, Any]:
        """The same as plain data for `typeset` and `measure`; empty lines at the ends are cut."""
        boxes = {name: getattr(self, name).strip("\r\n \t") for name in NOTE_BOXES}
        return asdict(self) | boxes | {"date": self.date or ""}


NOTE_FIELDS = frozenset(field.name for field in fields(NotePaper))


@dataclass(frozen=True)
class PartFill:
    """Lines of one part at the smallest size that is printed."""

    used: int
    room: int

    @property
    def left(self) -> int:
        return max(self.room - self.used, 0)

    @property
    def over(self) -> int:
        return max(self.used - self.room, 0)

    @property
    def percent(self) -> int:
        return round(100 * self.used / self.room)

    @property
    def is_nearly_full(self) -> bool:
        return not self.over and (self.left < 1 or self.percent >= NEARLY_FULL)


@dataclass(frozen=True)
class NoteFill:
    """How full a note is; `scale` is the size that it is printed at, None when it does not fit."""

    scale: float | None
    parts: Mapping[str, PartFill]

    @property
    def fits(self) -> bool:
        return self.scale is not None

    @property
    def percent(self) -> int:
        """The share of the page's lines that is used; a part that is too long counts as full."""
        used = sum(min(part.used, part.room) for part in self.parts.values())
        return round(100 * used / sum(part.room for part in self.parts.values()))

    @property
    def too_long(self) -> dict[str, int]:
        """The parts that stand in the way of printing, with the lines that they have too many."""
        if self.fits:
            return {}
        return {name: part.over for name, part in self.parts.items() if part.over}


def note_fill(measured: Mapping[str, Any]) -> NoteFill:
    """Read what the paper measured."""
    parts = measured["parts"]
    return NoteFill(
        scale=measured["scale"],
        parts={name: PartFill(**parts[name]) for name in NOTE_PARTS},
    )
