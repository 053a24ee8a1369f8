"""What the database refuses.

Registers, letters and matters are never deleted, numbers never change, and what was ordered on a
letter stays as it was written.
"""

from __future__ import annotations

from documents.models import (
    Arrival,
    EntryCorrection,
    Inquiry,
    Letter,
    Matter,
    NumberReservation,
    PhoneCall,
    RegisterBook,
    RegisterEntry,
    Response,
    Routing,
    Step,
)
from portal.core.triggers import append_only, frozen_fields, never_deleted, only_forward

never_deleted(Letter)
never_deleted(Arrival)
frozen_fields(RegisterBook, ["unit", "series", "be_year"], never_lower=["last_number"])
frozen_fields(RegisterEntry, ["book", "number", "registered_at"])
only_forward(RegisterEntry, "state", ["reserved", "used", "void"])
frozen_fields(NumberReservation, ["entry", "purpose", "holder"])
frozen_fields(Response, ["arrival", "version", "data", "text"])
frozen_fields(Inquiry, ["arrival", "text", "asked_at"])
frozen_fields(Matter, ["office", "arrival"])
frozen_fields(Routing, ["matter", "unit"])
append_only(Step)
append_only(EntryCorrection)
append_only(PhoneCall)
