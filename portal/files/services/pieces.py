"""Take a file in by pieces, over a line that breaks, and hand it over whole to a form."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import transaction

from portal.core.actors import Actor
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError
from portal.core.locks import lock_on
from portal.files.domain.names import readable_size
from portal.files.domain.problems import empty, too_large
from portal.files.models import IncomingFile, IncomingPiece
from portal.files.services.blobs import incoming, put, spool
from portal.files.services.storing import refusing

logger = logging.getLogger("portal.files")

PIECES = "pieces"
LARGEST_PIECE = 2 * 1024 * 1024
FILES_AT_ONCE = 100
ROOM = 20  # times the largest file: what one member may have on its way at once
CHUNK = 64 * 1024


class WrongPlace(Conflict):
    """The piece does not begin where the file ends; `received` is where it does."""

    def __init__(self, received: int) -> None:
        super().__init__("ไฟล์ชิ้นนี้ไม่ต่อจากที่ได้รับแล้ว")
        self.received = received


def begin_file(*, name: str, size: int, key: str, sha256: str = "", by: Actor) -> IncomingFile:
    """The file has a place to be sent to; the same key of the same member is the same place.

    Raises FileRefused for an empty file and one over the limit, DomainError when too much is on
    its way already.
    """
    with refusing(by):
        if not size:
            raise empty()
        if size > settings.FILES_MAX_BYTES:
            raise too_large(size, settings.FILES_MAX_BYTES)
    return _place(name=name[:255], size=size, key=key, sha256=sha256, by=by)


@transaction.atomic
def _place(*, name: str, size: int, key: str, sha256: str, by: Actor) -> IncomingFile:
    lock_on(f"incoming:{by.member.pk}")
    mine = IncomingFile.objects.sent_by(by)
    found = mine.filter(key=key).first()
    if found is not None:
        if (found.size, found.sha256) != (size, sha256):
            raise Conflict("ไฟล์นี้เปลี่ยนไประหว่างส่ง เลือกไฟล์ใหม่อีกครั้ง")
        found.touched_at = db_now()
        found.save(update_fields=["touched_at"])
        return found
    if mine.total_size() + size > ROOM * settings.FILES_MAX_BYTES:
        limit = readable_size(ROOM * settings.FILES_MAX_BYTES)
        raise DomainError(f"ไฟล์ที่ส่งใน 24 ชั่วโมงนี้รวมกันเกิน {limit} แล้ว ส่งใหม่พรุ่งนี้")
    now = db_now()
    return IncomingFile.objects.create(
        member=by.member, key=key, name=name, size=size, sha256=sha256, began_at=now, touched_at=now
    )


def add_piece(file: IncomingFile, *, offset: int, data: bytes, by: Actor) -> IncomingFile:
    """These bytes stand at their place, for good; a place is filled once, also by two windows.

    Raises WrongPlace when the file ends elsewhere. The bytes lie in the storage before the row
    says so, and nothing waits for a disk while the row is locked.
    """
    if offset != file.received:
        raise WrongPlace(file.received)
    if not data or len(data) > LARGEST_PIECE or offset + len(data) > file.size:
        raise DomainError("ไฟล์ชิ้นนี้ยาวไม่ถูกต้อง เลือกไฟล์ใหม่อีกครั้ง")
    blob = f"{PIECES}/{file.public_id}/{offset}-{uuid4().hex}"
    with refusing(by), incoming() as folder:
        path = folder / "piece"
        spool([data], path)
        put(path, blob)
    try:
        return _fill(file, offset=offset, size=len(data), blob=blob)
    except (Conflict, IncomingFile.DoesNotExist):
        default_storage.delete(blob)
        raise


@transaction.atomic
def _fill(file: IncomingFile, *, offset: int, size: int, blob: str) -> IncomingFile:
    locked = IncomingFile.objects.lock(file.pk)
    if locked.received != offset:
        raise WrongPlace(locked.received)
    IncomingPiece.objects.create(file=locked, offset=offset, size=size, blob=blob)
    locked.received = offset + size
    locked.touched_at = db_now()
    locked.save(update_fields=["received", "touched_at"])
    return locked


def brought_files(public_ids: Iterable[UUID], *, by: Actor) -> dict[UUID, UploadedFile[Any]]:
    """Return the whole files of this member as if they had come with the form, by their id.

    What is not whole, not theirs or swept is left out: the form then says what is missing. They
    stay until the sweep, so that a form that was refused, or whose answer was lost, may come again.
    """
    wanted = list(public_ids)[:FILES_AT_ONCE]
    rows = IncomingFile.objects.sent_by(by).whole().filter(public_id__in=wanted)
    found = {file.public_id: file for file in rows}
    if sum(file.size for file in found.values()) > settings.FILES_MAX_BODY_BYTES:
        raise DomainError(
            f"ไฟล์ที่แนบรวมกันใหญ่เกิน {readable_size(settings.FILES_MAX_BODY_BYTES)} แนบทีละน้อยแล้วส่งใหม่"
        )
    IncomingFile.objects.filter(pk__in=[file.pk for file in found.values()]).update(
        touched_at=db_now()
    )
    brought = {}
    for public_id in wanted:
        if public_id in found:
            with suppress(FileNotFoundError):  # swept at this moment
                brought[public_id] = _together(found[public_id])
    return brought


def _together(file: IncomingFile) -> UploadedFile[Any]:
    """Write the pieces one after the other into a file of Django's own kind for uploads."""
    upload = TemporaryUploadedFile(file.name, "", file.size, None)
    digest = hashlib.sha256()
    for chunk in _bytes_of(file):
        digest.update(chunk)
        upload.write(chunk)
    upload.seek(0)
    if file.sha256 and digest.hexdigest() != file.sha256:
        logger.warning("files.pieces_differ file=%s", file.pk)
        upload.close()
        raise DomainError(f"“{file.name}” มาถึงไม่ตรงกับต้นฉบับ เลือกไฟล์แล้วส่งใหม่")
    return upload


def _bytes_of(file: IncomingFile) -> Iterator[bytes]:
    for piece in file.pieces.all():
        with default_storage.open(piece.blob, "rb") as part:
            yield from _chunks(part)


def _chunks(part: IO[Any]) -> Iterator[bytes]:
    while chunk := part.read(CHUNK):
        yield chunk


def drop_file(file: IncomingFile, *, by: Actor) -> None:
    """The file is on its way no more: its pieces are gone, and whatever comes later is refused."""
    blobs = [piece.blob for piece in file.pieces.all()]
    IncomingFile.objects.sent_by(by).filter(pk=file.pk).delete()
    for blob in blobs:
        default_storage.delete(blob)


def sweep_pieces(before: datetime) -> int:
    """Files that came no further since then are gone with their pieces; return how many."""
    rows = list(IncomingFile.objects.untouched_since(before).order_by("pk")[:1_000])
    return sum(_sweep(file, before) for file in rows)


@transaction.atomic
def _sweep(file: IncomingFile, before: datetime) -> bool:
    still = IncomingFile.objects.untouched_since(before).filter(pk=file.pk)
    locked = still.select_for_update(of=("self",)).first()
    if locked is None:
        return False
    blobs = [piece.blob for piece in locked.pieces.all()]
    locked.delete()
    for blob in blobs:
        default_storage.delete(blob)
    return True
