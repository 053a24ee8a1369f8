"""Bytes in Django's default storage, under their SHA-256; a folder or a bucket, all the same."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

BLOBS = "blobs"
PICTURES = "pages"
INCOMING = "incoming"


def blob_name(sha256: str) -> str:
    """Return where these bytes lie: blobs/ab/cdef…"""
    return f"{BLOBS}/{sha256[:2]}/{sha256[2:]}"


def picture_name(sha256: str, number: int) -> str:
    """Return where the picture of a page lies: pages/ab/cdef…/1.png"""
    return f"{PICTURES}/{sha256[:2]}/{sha256[2:]}/{number}.png"


@contextmanager
def incoming() -> Iterator[Path]:
    """A folder for files on their way in, on the storage's own volume where there is one."""
    root = incoming_root()
    if root is not None:
        root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="in-") as folder:
        yield Path(folder)


def incoming_root() -> Path | None:
    """Return where such folders are made; None means the system's own place."""
    return _local_path(INCOMING)


def spool(chunks: Iterable[bytes], path: Path) -> str:
    """Write the bytes to disk for good and return their SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Spooled(File):  # type: ignore[type-arg]  # generic in the stubs only
    """A file on disk which a storage on the same volume takes over by renaming it."""

    def __init__(self, file: IO[Any], path: Path) -> None:
        super().__init__(file, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


def put(path: Path, name: str) -> None:
    """Let the storage hold the file under exactly this name; what is whole there already stays."""
    there = size_of(name)
    if there == path.stat().st_size:
        return
    if there is not None:
        default_storage.delete(name)
    # The storage takes this name of the bytes away; ours stays for another try after a sweep.
    twin = path.with_name(f"{path.name}.put")
    twin.unlink(missing_ok=True)
    twin.hardlink_to(path)
    with twin.open("rb") as file:
        saved = default_storage.save(name, Spooled(file, twin))
    if saved != name:  # somebody was faster with the same bytes
        default_storage.delete(saved)
    _sync_folder(name)


def size_of(name: str) -> int | None:
    """Return how many bytes lie under the name; None when there are none, or no longer."""
    try:
        return default_storage.size(name) if default_storage.exists(name) else None
    except FileNotFoundError:
        return None


def _sync_folder(name: str) -> None:
    """Write the folder's entry to disk, too; a bucket has done so by itself."""
    path = _local_path(name)
    if path is None:
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _local_path(name: str) -> Path | None:
    if isinstance(default_storage, FileSystemStorage):
        return Path(default_storage.path(name))
    return None
