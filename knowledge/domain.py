"""Pure computing about articles: tags as typed, reading time, how two versions differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from portal.core.thaitext import normalise, tidy

MOST_TAGS = 8
LONGEST_TAG = 40
CHARACTERS_A_MINUTE = 900
_BETWEEN_TAGS = re.compile(r"[,;#،、\n\r\t|]+")


@dataclass(frozen=True)
class TypedTag:
    """A tag as somebody typed it, and the key under which everybody finds it."""

    key: str
    name: str


def read_tags(text: str) -> list[TypedTag]:
    """Return the tags in what was typed, each once, in their order; commas part them."""
    found: dict[str, TypedTag] = {}
    for part in _BETWEEN_TAGS.split(tidy(text.replace("\x00", ""))):
        name = " ".join(part.split())
        key = normalise(name)
        if key:
            found.setdefault(key, TypedTag(key, name))
    return list(found.values())


def wrong_with_tags(tags: list[TypedTag]) -> str:
    """Return what is wrong with the tags, in words; nothing when all is well."""
    if len(tags) > MOST_TAGS:
        return f"ใส่คำสำคัญได้ไม่เกิน {MOST_TAGS} คำ ตอนนี้มี {len(tags):,} คำ"
    for tag in tags:
        if len(tag.key) > LONGEST_TAG or len(tag.name) > LONGEST_TAG:
            return f"“{tag.name[:20]}…” ยาวเกิน {LONGEST_TAG} ตัวอักษร คั่นแต่ละคำด้วยจุลภาค"
    return ""


def reading_minutes(text: str) -> int:
    """Return about how many minutes the text takes; never less than one."""
    return max(1, round(len(text) / CHARACTERS_A_MINUTE))


@dataclass(frozen=True)
class Change:
    """A paragraph as it went from one version to the other: same, removed or added."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Change]:
    """Return the paragraphs of both texts in order, each marked as same, removed or added."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Change] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            found += [Change("same", text) for text in old[old_from:old_to]]
            continue
        found += [Change("removed", text) for text in old[old_from:old_to]]
        found += [Change("added", text) for text in new[new_from:new_to]]
    return found


def _paragraphs(text: str) -> list[str]:
    return [line for line in (" ".join(part.split()) for part in text.split("\n")) if line]
