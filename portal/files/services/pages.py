"""Make the pictures of a document's pages, some at a time."""

from __future__ import annotations

import logging
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models.functions import Greatest

from portal.core.actors import Actor
from portal.files.domain.problems import BadFile
from portal.files.models import PagesState, StoredFile
from portal.files.services.blobs import incoming, picture_name, put, spool
from portal.files.services.limited import run_limited
from portal.files.services.storing import RENDER_TOPIC
from portal.files.services.using import open_file
from portal.outbox.services import publish

logger = logging.getLogger("portal.files")

PAGES_AT_ONCE = 20
RENDER_SECONDS = 60
CHUNK = 1024 * 1024


def render_pages(stored: StoredFile, *, upto: int = PAGES_AT_ONCE) -> None:
    """The pictures of the first `upto` pages are in the storage; what was made before stays.

    A document that breaks the small process, or its limits, is marked as failed: its PDF can
    still be opened. Run twice, or by two workers at once, it makes the same pictures.
    """
    last = min(upto, stored.page_count or 0)
    if stored.pages_ready >= last:
        return
    first = stored.pages_ready + 1
    with incoming() as folder:
        source = folder / "given"
        with open_file(stored) as file:
            spool(iter(lambda: file.read(CHUNK), b""), source)
        is_whole = _draw(source, folder, first, last)
        made = _keep_pictures(stored, folder, first, last)
    if not is_whole:
        logger.warning("files.pages_failed stored=%s made=%s", stored.pk, made)
    StoredFile.objects.filter(pk=stored.pk).update(
        pages_ready=Greatest("pages_ready", made),
        pages_state=PagesState.READY if is_whole else PagesState.FAILED,
    )


def _draw(source: Path, folder: Path, first: int, last: int) -> bool:
    try:
        run_limited(
            "render",
            seconds=RENDER_SECONDS,
            path=str(source),
            folder=str(folder),
            first=first,
            last=last,
        )
    except BadFile:
        return False
    return True


def _keep_pictures(stored: StoredFile, folder: Path, first: int, last: int) -> int:
    """Put the pictures that were drawn into the storage; return the last page that has one."""
    for number in range(first, last + 1):
        picture = folder / f"{number}.png"
        if not picture.exists():
            return number - 1
        put(picture, picture_name(stored.sha256, number))
    return last


def ask_for_pages(stored: StoredFile, *, by: Actor) -> None:
    """The next pictures are ordered, once however often they are asked for."""
    upto = stored.pages_ready + PAGES_AT_ONCE
    publish(
        RENDER_TOPIC,
        stored,
        by=by,
        unique_key=f"{RENDER_TOPIC}:{stored.pk}:{upto}",
        upto=upto,
    )


def forget_pictures(stored: StoredFile) -> None:
    """The pictures of the file's pages are gone from the storage."""
    for number in range(1, stored.pages_ready + 1):
        default_storage.delete(picture_name(stored.sha256, number))
