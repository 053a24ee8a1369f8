"""What may go wrong in the office's work, in words that are safe to show."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

# No room, no quota, and a limit on how long a file of this process may be.
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DomainError(Exception):
    """A rule of the office stands in the way; the text is a Thai sentence for the reader."""

    status = 422


class InvalidTransition(DomainError):
    """The thing is in a state from which this deed is not possible."""

    status = 409


class Conflict(DomainError):
    """Somebody else was faster, or the same key came with another content."""

    status = 409


class ChooseCapacity(DomainError):
    """Several of the member's posts could do this deed; the view asks which one."""

    def __init__(self, holdings: Sequence[Any]) -> None:
        super().__init__("เลือกตำแหน่งที่ใช้ทำเรื่องนี้")
        self.holdings = holdings


def require(allowed: bool, /) -> None:
    """Go on only when the policy said yes; otherwise the reader gets the 403 page."""
    if not allowed:
        raise PermissionDenied


def is_disk_full(error: BaseException | None) -> bool:
    """Answer whether there was no room for what was to be written."""
    return isinstance(error, OSError) and error.errno in DISK_FULL
