"""What the database refuses: to delete what was met about and resolved, to renumber it."""

from __future__ import annotations

from meetings.models import Correction, Meeting, Resolution, Series, Task
from portal.core.triggers import append_only, frozen_fields, never_deleted

never_deleted(Series)
never_deleted(Meeting)
never_deleted(Resolution)
never_deleted(Task)
append_only(Correction)
frozen_fields(Meeting, ["unit", "series", "slot"])
frozen_fields(Resolution, ["meeting", "item", "number", "made_at"])
frozen_fields(Task, ["resolution", "given_at"])
