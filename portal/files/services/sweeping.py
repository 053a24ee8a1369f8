"""Take away, a day later, what nothing uses: rows, bytes, pictures, pieces, what a crash left."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from time import time

from django.core.files.storage import default_storage
from django.db import transaction

from portal.core.clock import db_now
from portal.core.locks import lock_on
from portal.files.models import IncomingPiece, StoredFile
from portal.files.services.blobs import BLOBS, PICTURES, blob_name, incoming_root, picture_name
from portal.files.services.pieces import PIECES, sweep_pieces

logger = logging.getLogger("portal.files")

SPARED = timedelta(hours=24)
ROWS_AT_ONCE = 1_000


def sweep_files() -> int:
    """Files without a use and bytes without a row are gone, a day after they were last touched.

    Returns how many were taken away. Each is looked at again under the lock on its hash, so that
    bytes which somebody hands in at this moment stay.
    """
    before = db_now() - SPARED
    gone = 0
    for stored in StoredFile.objects.unused_since(before).order_by("pk")[:ROWS_AT_ONCE]:
        gone += _forget(stored, before)
    for name, sha256 in _without_row(before):
        gone += _drop(name, sha256, before)
    gone += sweep_pieces(before) + _drop_loose_pieces(before)
    _empty_incoming()
    if gone:
        logger.info("files.swept count=%s", gone)
    return gone


@transaction.atomic
def _forget(stored: StoredFile, before: datetime) -> bool:
    lock_on(f"blob:{stored.sha256}")
    unused = StoredFile.objects.unused_since(before).filter(pk=stored.pk)
    locked = unused.select_for_update(of=("self",)).first()
    if locked is None:
        return False
    locked.uses.all().delete()
    locked.delete()
    default_storage.delete(blob_name(stored.sha256))
    for number in range(1, stored.pages_ready + 1):
        default_storage.delete(picture_name(stored.sha256, number))
    return True


@transaction.atomic
def _drop(name: str, sha256: str, before: datetime) -> bool:
    lock_on(f"blob:{sha256}")
    if StoredFile.objects.filter(sha256=sha256).exists() or not _is_old(name, before):
        return False
    default_storage.delete(name)
    return True


def _is_old(name: str, before: datetime) -> bool:
    try:
        return default_storage.exists(name) and default_storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False


def _without_row(before: datetime) -> Iterator[tuple[str, str]]:
    """Yield old names in the storage, with their hash, that belong to no row."""
    for shelf in _folders(BLOBS):
        names = {f"{shelf}{rest}": f"{BLOBS}/{shelf}/{rest}" for rest in _files(f"{BLOBS}/{shelf}")}
        for sha256 in sorted(names.keys() - _known(names)):
            if _is_old(names[sha256], before):
                yield names[sha256], sha256
    for shelf in _folders(PICTURES):
        books = {f"{shelf}{rest}": rest for rest in _folders(f"{PICTURES}/{shelf}")}
        for sha256 in sorted(books.keys() - _known(books)):
            folder = f"{PICTURES}/{shelf}/{books[sha256]}"
            for picture in _files(folder):
                if _is_old(f"{folder}/{picture}", before):
                    yield f"{folder}/{picture}", sha256


def _drop_loose_pieces(before: datetime) -> int:
    """Take away old pieces that belong to no file on its way in; a crash left them."""
    gone = 0
    for folder in _folders(PIECES):
        for piece in _files(f"{PIECES}/{folder}"):
            blob = f"{PIECES}/{folder}/{piece}"
            if _is_old(blob, before) and not IncomingPiece.objects.filter(blob=blob).exists():
                default_storage.delete(blob)
                gone += 1
    return gone


def _known(hashes: dict[str, str]) -> set[str]:
    rows = StoredFile.objects.filter(sha256__in=list(hashes))
    return set(rows.values_list("sha256", flat=True))


def _folders(name: str) -> list[str]:
    return sorted(_listing(name)[0])


def _files(name: str) -> list[str]:
    return sorted(_listing(name)[1])


def _listing(name: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(name)
    except FileNotFoundError:
        return [], []


def _empty_incoming() -> None:
    """Remove folders of uploads that a crash cut off; their age is this machine's affair."""
    root = incoming_root()
    if root is None or not root.is_dir():
        return
    for folder in root.iterdir():
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < time() - SPARED.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
