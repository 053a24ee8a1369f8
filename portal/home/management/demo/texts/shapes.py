"""What a letter of the demo is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Template:
    """A letter of the demo that can be sent again each term: `{n}` is its round."""

    subject: str
    group: str
    urgency: int = 0
    response: str = "none"
    action: str = "inform"
    days: int | None = None
    new: str = ""
    do: str = ""
    body: tuple[str, ...] = ()
    questions: tuple[dict[str, Any], ...] = field(default=())
    kind: str = "circular"


def number(label: str, unit: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": "number", "label": label, "unit": unit, "required": True, "min": 0, **more}


def choice(label: str, *choices: str) -> dict[str, Any]:
    return {"kind": "choice", "label": label, "required": True, "choices": list(choices)}


def words(label: str, *, required: bool = False) -> dict[str, Any]:
    return {"kind": "text", "label": label, "required": required}


CLOSE_ACT = "จึงเรียนมาเพื่อทราบและดำเนินการ"
CLOSE_KNOW = "จึงเรียนมาเพื่อทราบ"
