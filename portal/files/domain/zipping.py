"""Archives written as they are sent: nothing of them is ever whole in memory or on a disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

FASTEST = 1  # most of what is packed (PDF, pictures) is packed already
Entry = tuple[str, Iterable[bytes]]


class _Pipe:
    """What the archive writes into: it forgets each piece as soon as it is taken out."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here for a disk."""

    def close(self) -> None:
        """What was written is taken out by whoever reads the archive."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def zip_stream(entries: Iterable[Entry], *, at: datetime) -> Iterator[bytes]:
    """Yield a zip archive of the entries, each a path with the pieces of its content.

    Entries and pieces are asked for one by one, while the archive is read. Paths are UTF-8 and
    dated `at`; two that differ by case only, or not at all, are told apart by (2).
    """
    pipe = _Pipe()
    seen: set[str] = set()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=FASTEST) as archive:
        for path, pieces in entries:
            info = ZipInfo(distinct(path, seen), date_time=at.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w") as target:
                for piece in pieces:
                    target.write(piece)
                    if made := pipe.take():
                        yield made
            if made := pipe.take():
                yield made
    yield pipe.take()


def distinct(path: str, seen: set[str]) -> str:
    """Return the path, or one with a number when it was there before; Windows knows no case."""
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending:
        stem, ending = path, ""
    number, candidate = 1, path
    while candidate.casefold() in seen:
        number += 1
        candidate = f"{stem} ({number}){dot if ending else ''}{ending}"
    seen.add(candidate.casefold())
    return candidate
