"""The office's own garuda picture, which stands on the letters it types."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from members.models import Unit
from members.policies import can_administer
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.errors import require
from portal.files.models import FileUse, StoredFile
from portal.files.services import PICTURES, attach, detach, files_of, store_upload

GARUDA = "garuda"


def garuda_of(office: Unit) -> FileUse | None:
    """Return the picture of the office; None while a dashed circle stands for it."""
    return next(iter(files_of(office, GARUDA)), None)


def set_garuda(office: Unit, upload: UploadedFile[Any], *, by: Actor) -> FileUse:
    """Letters typed from now on carry the picture; those that were sent keep what they had."""
    require(can_administer(by, office))
    stored = take_garuda(upload, by=by)
    return hang_garuda(office, stored, name=upload.name or GARUDA, by=by)


def take_garuda(upload: UploadedFile[Any], *, by: Actor) -> StoredFile:
    """The picture was looked at and drawn anew like every upload; it hangs nowhere yet.

    Slow, so outside of any transaction; what is no PNG or JPG raises FileRefused.
    """
    return store_upload(upload, by=by, kinds=PICTURES)


@transaction.atomic
def hang_garuda(office: Unit, stored: StoredFile, *, name: str, by: Actor) -> FileUse:
    """The stored picture is the office's garuda, and an earlier one is not any more."""
    office = Unit.objects.lock(office.pk)
    require(can_administer(by, office))
    for earlier in files_of(office, GARUDA):
        detach(earlier, by=by)
    use = attach(stored, office, role=GARUDA, name=name, by=by)
    record("unit.garuda_set", office, by=by, sha256=stored.sha256)
    return use
