"""Show where in a text the words stand, and the part around them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.thaidates import arabic_digits
from portal.core.thaitext import one_line

BEFORE, AFTER = 60, 160
NEAR = 20
MARK = re.compile("[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")
LEADS = frozenset("เแโใไ")


@dataclass(frozen=True)
class Piece:
    """A part of a text; `is_hit` where a wanted word stands."""

    text: str
    is_hit: bool = False


def marked(text: str, words: Iterable[str]) -> list[Piece]:
    """Return the whole text in pieces, those that are wanted marked."""
    shown = one_line(text)
    return _pieces(shown, _places(shown, words))


def snippet(text: str, words: Iterable[str]) -> list[Piece]:
    """Return a line or two of the text around the first wanted word; its beginning without one."""
    shown = one_line(text)
    places = _places(shown, words)
    first = places[0][0] if places else 0
    start, end = _cut(shown, first - BEFORE), _cut(shown, first + AFTER)
    within = [(max(a, start), min(b, end)) for a, b in places if b > start and a < end]
    pieces = _pieces(shown[start:end], [(a - start, b - start) for a, b in within])
    head = [Piece("… ")] if start else []
    tail = [Piece(" …")] if end < len(shown) else []
    return [*head, *pieces, *tail]


def _folded(text: str) -> str:
    """Return the text as it is compared, letter for letter at the same place."""
    letters = (letter.casefold() for letter in arabic_digits(text))
    return "".join(new if len(new) == 1 else old for new, old in zip(letters, text, strict=True))


def _places(shown: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where the words stand, in order, without overlaps."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return []
    any_word = re.compile("|".join(re.escape(word) for word in wanted))
    return [found.span() for found in any_word.finditer(_folded(shown))]


def _pieces(shown: str, places: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], 0
    for start, end in places:
        pieces += [Piece(shown[at:start]), Piece(shown[start:end], is_hit=True)]
        at = end
    pieces.append(Piece(shown[at:]))
    return [piece for piece in pieces if piece.text]


def _cut(shown: str, at: int) -> int:
    """Return a place near `at` where a text may be cut: at a space, else between two letters."""
    if at <= 0 or at >= len(shown):
        return max(0, min(at, len(shown)))
    space = shown.rfind(" ", at - NEAR, at + 1)
    if space > 0:
        return space + 1
    while at > 0 and (MARK.match(shown[at]) or shown[at - 1] in LEADS):
        at -= 1
    return at
