"""What the check found out about a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Facts:
    """A file that can be taken. `pages` holds width and height of each page in points, as seen."""

    media_type: str
    pages: list[list[float]] = field(default_factory=list)
    is_signed: bool = False
    has_active_content: bool = False

    @property
    def page_count(self) -> int | None:
        return len(self.pages) or None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
