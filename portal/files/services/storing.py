"""Take files in: look at them, keep their bytes once, and then write the row."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from portal.core.actors import Actor
from portal.core.clock import db_now
from portal.core.errors import DomainError, is_disk_full
from portal.core.locks import lock_on
from portal.files.adapters.uploads import FileWithoutRoom
from portal.files.domain.facts import Facts
from portal.files.domain.kinds import PDF, TYPES, FileKinds
from portal.files.domain.pdfs import inspect_pdf
from portal.files.domain.problems import BadFile, empty, too_large
from portal.files.models import PagesState, StoredFile
from portal.files.services.blobs import blob_name, incoming, put, sha256_of, spool
from portal.files.services.limited import run_limited
from portal.outbox.services import publish

logger = logging.getLogger("portal.files")

CHECK_SECONDS = 20
PUTS_AT_MOST = 20
RENDER_TOPIC = "files.render_pages"


class FileRefused(DomainError):
    """The file cannot be taken; the text says what happened and what to do."""

    def __init__(self, bad: BadFile) -> None:
        super().__init__(bad.text)
        self.reason = bad.reason


class StorageFull(DomainError):
    """There is no room left for files."""

    status = 507


def store_upload(upload: UploadedFile[Any], *, by: Actor, kinds: FileKinds) -> StoredFile:
    """The file was checked in a process of its own and its bytes are kept once, under their hash.

    Raises FileRefused for whatever is not a whole file of these kinds. A picture is kept as it
    was drawn anew; everything else is kept byte for byte. Pictures of a PDF's pages follow.
    """
    with refusing(by), incoming() as folder:
        if isinstance(upload, FileWithoutRoom):
            raise OSError(errno.ENOSPC, "no room for the upload")
        if not upload.size:
            raise empty()
        if upload.size > settings.FILES_MAX_BYTES:
            raise too_large(upload.size, settings.FILES_MAX_BYTES)
        path, redrawn = folder / "given", folder / "redrawn"
        sha256 = spool(upload.chunks(), path)
        found = run_limited(
            "inspect",
            seconds=CHECK_SECONDS,
            path=str(path),
            name=upload.name or "",
            kinds=kinds.value,
            redrawn=str(redrawn),
        )
        if redrawn.exists():
            path, sha256 = redrawn, sha256_of(redrawn)
        return keep(path, sha256, Facts(**found), by=by)


def store_bytes(data: bytes, *, by: Actor, media_type: str) -> StoredFile:
    """The house's own bytes (a typeset letter, a stamped copy) are kept once, under their hash."""
    if media_type not in TYPES:
        raise ValueError(f"files keeps no {media_type}")
    with refusing(by), incoming() as folder:
        path = folder / "made"
        sha256 = spool([data], path)
        facts = inspect_pdf(path) if media_type == PDF else Facts(media_type)
        return keep(path, sha256, facts, by=by)


@contextmanager
def refusing(by: Actor) -> Iterator[None]:
    """Turn what is wrong with a file, or with the disk, into words for the sender."""
    try:
        yield
    except BadFile as bad:
        member = by.member.pk if by.member else None
        logger.info("files.refused reason=%s member=%s", bad.reason, member)
        raise FileRefused(bad) from bad
    except OSError as error:
        if not is_disk_full(error):
            raise
        logger.error("files.storage_full")
        raise StorageFull(
            "ที่เก็บไฟล์เต็ม ไฟล์นี้ยังไม่ได้เก็บ สิ่งอื่นที่บันทึกไว้ยังอยู่ครบ แจ้งผู้ดูแลระบบ แล้วแนบใหม่ภายหลัง"
        ) from error


def keep(path: Path, sha256: str, facts: Facts, *, by: Actor) -> StoredFile:
    """The bytes lie in the storage first and have their row after; equal bytes share both.

    The sweep spares whatever was seen or written lately and works under the same lock, so bytes
    that lay there without a row are either still there under the lock or are put once more.
    """
    size = path.stat().st_size
    name = blob_name(sha256)
    has_row = StoredFile.objects.filter(sha256=sha256).update(seen_at=db_now())
    if has_row and default_storage.exists(name):
        return StoredFile.objects.get(sha256=sha256)
    for _ in range(PUTS_AT_MOST):
        with suppress(FileNotFoundError):  # swept while it was being put
            put(path, name)
        with transaction.atomic():
            lock_on(f"blob:{sha256}")
            if default_storage.exists(name):
                return _row(sha256, size, facts, by=by)
    raise StorageFull("ที่เก็บไฟล์ไม่พร้อม ไฟล์นี้ยังไม่ได้เก็บ แนบใหม่อีกครั้ง หรือแจ้งผู้ดูแลระบบ")


def _row(sha256: str, size: int, facts: Facts, *, by: Actor) -> StoredFile:
    now = db_now()
    has_pages = facts.media_type == PDF
    stored, is_new = StoredFile.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size": size,
            "media_type": facts.media_type,
            "page_count": facts.page_count,
            "pages": facts.pages,
            "pages_state": PagesState.WAITING if has_pages else PagesState.NONE,
            "is_signed": facts.is_signed,
            "has_active_content": facts.has_active_content,
            "created_at": now,
            "seen_at": now,
        },
    )
    if is_new and has_pages:
        publish(RENDER_TOPIC, stored, by=by)
    return stored
