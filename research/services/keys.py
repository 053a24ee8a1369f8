"""The private keys of surveys: files outside the database, one for each survey.

The web server needs none of them; only the worker that opens the intake reads them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings

from portal.core.errors import DomainError
from research.domain.sealing import fingerprint, new_private_key, public_key_of
from research.models import Survey

SUFFIX = ".key"


class KeyMissing(DomainError):
    """The survey's private key is not where it should be; its answers stay sealed."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "ไม่พบกุญแจของแบบสอบถามนี้ คำตอบยังอยู่ครบในซอง "
            "ให้ผู้ดูแลระบบคืนไฟล์กุญแจจากที่สำรองไว้ แล้วระบบจะเปิดซองเอง"
        )


def key_path(public_key: str) -> Path:
    """Return the file of the private key that belongs to a public one (hexadecimal)."""
    return Path(settings.SURVEY_KEYS_DIR) / f"{fingerprint(bytes.fromhex(public_key))}{SUFFIX}"


class KeyNotWritten(DomainError):
    """There is no place for a new key; the survey stays a draft."""

    status = 503

    def __init__(self) -> None:
        super().__init__("เขียนไฟล์กุญแจไม่ได้ แบบสอบถามยังเป็นร่าง ให้ผู้ดูแลระบบตรวจที่เก็บกุญแจ แล้วเปิดอีกครั้ง")


def make_key() -> str:
    """There is a new private key on disk, readable by its owner alone; return the public one."""
    private_key = new_private_key()
    public_key = public_key_of(private_key).hex()
    try:
        _write(key_path(public_key), private_key)
    except OSError as error:
        raise KeyNotWritten from error
    return public_key


def _write(path: Path, private_key: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whole or not at all, and on the disk before the survey says that it has one.
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(private_key.hex())
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
    _sync(path.parent)


def private_key_of(survey: Survey) -> bytes:
    """Return the survey's private key; KeyMissing when there is none, or another one."""
    try:
        private_key = bytes.fromhex(key_path(survey.public_key).read_text(encoding="ascii"))
        is_right = public_key_of(private_key).hex() == survey.public_key
    except (OSError, ValueError) as error:
        raise KeyMissing from error
    if not is_right:
        raise KeyMissing
    return private_key


def has_key(survey: Survey) -> bool:
    """Answer whether the survey's answers could be opened now."""
    try:
        private_key_of(survey)
    except KeyMissing:
        return False
    return True


def all_keys_are_there() -> bool:
    """Answer whether every survey that is open has its key; `/readyz` says when one is missing."""
    open_ones = Survey.objects.open().exclude(public_key="")
    return all(key_path(key).is_file() for key in open_ones.values_list("public_key", flat=True))


def destroy_key(survey: Survey) -> None:
    """The private key is gone: what is sealed in old backups stays sealed."""
    path = key_path(survey.public_key)
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
