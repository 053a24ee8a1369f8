"""The recipient's copy with its receipt stamp; the original is never altered."""

from __future__ import annotations

from typing import Any

from documents.models import Arrival
from portal.core.errors import DomainError
from portal.files.models import FileUse
from portal.files.services import read_bytes
from portal.papers.domain import StampPaper
from portal.papers.services import receipt_copy


def stamp_data(arrival: Arrival) -> dict[str, Any]:
    """Return what the stamp says: the unit, its receive number, date and time of receiving."""
    if arrival.entry is None or arrival.received_at is None:
        raise DomainError("ยังไม่ลงรับ จึงยังไม่มีตรารับ")
    return StampPaper(
        unit=arrival.unit.name,
        number=str(arrival.entry.number),
        received_at=arrival.received_at,
    ).data()


def stamped_copy(arrival: Arrival, use: FileUse) -> bytes:
    """Return the PDF with this recipient's stamp, or a cover sheet when the PDF is signed."""
    original = read_bytes(use.stored)
    return receipt_copy(original, stamp_data(arrival), arrival.stamp_place, file_name=use.name)
