"""Hang files on things, take them off, read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import models

from portal.core.actors import Actor
from portal.core.clock import db_now
from portal.core.prepared import prepared
from portal.files.domain.names import clean_name
from portal.files.models import FileUse, StoredFile
from portal.files.services.blobs import blob_name


def attach(
    stored: StoredFile, owner: models.Model, *, role: str, name: str, by: Actor, position: int = 0
) -> FileUse:
    """The file hangs on the owner under a clean name; whoever may open the owner may read it.

    Writes no history: the deed that sends or files the owner does.
    """
    return FileUse.objects.create(
        stored=stored,
        owner_type=owner._meta.label_lower,
        owner_id=owner.pk,
        role=role,
        name=clean_name(name, stored.media_type),
        position=position,
        added_by=by.member,
        added_at=db_now(),
    )


def detach(use: FileUse, *, by: Actor) -> None:
    """The file hangs there no more and its address is gone; the bytes stay until the sweep."""
    use.removed_by, use.removed_at = by.member, db_now()
    use.save(update_fields=["removed_by", "removed_at"])


def files_of(owner: models.Model, role: str | None = None) -> list[FileUse]:
    """Return what hangs on the owner (in one role), in the order of the list: one query."""
    uses = _uses(owner._meta.label_lower, owner.pk)
    return [use for use in uses if role is None or use.role == role]


@prepared
def _uses(owner_type: str, owner: int) -> models.QuerySet[FileUse]:
    uses = FileUse.objects.live().filter(owner_type=owner_type, owner_id=owner)
    return uses.select_related("stored")


def files_of_many(
    owners: Iterable[models.Model], role: str | None = None
) -> dict[int, list[FileUse]]:
    """Return the files of several owners of one model by the owner's pk: one query."""
    found: dict[int, list[FileUse]] = defaultdict(list)
    rows = list(owners)
    if not rows:
        return found
    uses = (
        FileUse.objects.live()
        .filter(owner_type=rows[0]._meta.label_lower, owner_id__in=[row.pk for row in rows])
        .select_related("stored")
    )
    for use in uses if role is None else uses.filter(role=role):
        found[use.owner_id].append(use)
    return found


def open_file(stored: StoredFile) -> IO[Any]:
    """Return the bytes as a file open for reading, from wherever the storage has them."""
    return default_storage.open(blob_name(stored.sha256), "rb")


def read_bytes(stored: StoredFile) -> bytes:
    """Return all bytes of a file."""
    with open_file(stored) as file:
        data: bytes = file.read()
    return data
