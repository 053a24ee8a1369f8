"""What the database refuses: registers and letters are never deleted, numbers never change."""

from __future__ import annotations

from documents.models import Arrival, Letter, RegisterBook, RegisterEntry, Response
from portal.core.triggers import frozen_fields, never_deleted

never_deleted(Letter)
never_deleted(Arrival)
frozen_fields(RegisterBook, ["unit", "series", "be_year"], never_lower=["last_number"])
frozen_fields(RegisterEntry, ["book", "number", "registered_at"])
frozen_fields(Response, ["arrival", "version", "data", "text"])
