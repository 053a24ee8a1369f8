"""Make the pictures of a document's pages, some at a time."""

from __future__ import annotations

import logging
from pathlib import Path

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from portal.core.actors import Actor
from portal.files.domain.problems import BadFile
from portal.files.models import PAGES_AT_ONCE, PagesState, StoredFile
from portal.files.services.blobs import incoming, picture_name, put, spool
from portal.files.services.limited import run_limited
from portal.files.services.storing import RENDER_TOPIC
from portal.files.services.using import open_file
from portal.outbox.services import publish

logger = logging.getLogger("portal.files")

RENDER_SECONDS = 60
CHUNK = 1024 * 1024


def render_pages(stored: StoredFile) -> None:
    """The pictures of all pages that are wanted are in the storage; what was made before stays.

    A document that breaks the small process, or its limits, is marked as failed: its PDF can
    still be opened. Run twice, or by two workers at once, it makes the same pictures.
    """
    last = min(stored.pages_wanted, stored.page_count or 0)
    if stored.pages_state != PagesState.WAITING:
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
    StoredFile.objects.filter(pk=stored.pk, pages_wanted=stored.pages_wanted).update(
        pages_ready=Greatest("pages_ready", Value(made)),
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


@transaction.atomic
def ask_for_pages(stored: StoredFile, *, by: Actor) -> StoredFile:
    """The next pictures are ordered, once however often they are asked for."""
    locked = StoredFile.objects.lock(stored.pk)
    if locked.has_more_pages:
        locked.pages_wanted += PAGES_AT_ONCE
        locked.pages_state = PagesState.WAITING
        locked.save(update_fields=["pages_wanted", "pages_state"])
        publish(RENDER_TOPIC, locked, by=by)
    return locked
