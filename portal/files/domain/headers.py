"""What a browser asks about a file in its headers, and what it is told."""

from __future__ import annotations

import re
from urllib.parse import quote

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class NoSuchRange(Exception):
    """The part that is asked for lies outside the file."""


def disposition(name: str, *, inline: bool = False) -> str:
    """Return a Content-Disposition by RFC 6266: a plain name for old readers, UTF-8 for others."""
    kind = "inline" if inline else "attachment"
    plain = "".join(letter if _is_plain(letter) else "_" for letter in name)
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_plain(letter: str) -> bool:
    return letter.isascii() and letter.isprintable() and letter not in '"\\%'


def asked_part(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of the one part that is asked for; None means the whole file.

    Several parts at once, other units and nonsense are answered with the whole file (RFC 9110).
    """
    asked = RANGE.fullmatch(header.strip())
    if asked is None or asked.groups() == ("", ""):
        return None
    start, end = asked.groups()
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if start and end and int(end) < first:
        return None
    if first >= size or (not start and int(end) == 0):
        raise NoSuchRange
    return first, last
