"""What the database refuses: to delete a report, or to change what was said."""

from __future__ import annotations

from portal.core.triggers import frozen_fields, never_deleted
from portal.problems.models import Problem

never_deleted(Problem)
frozen_fields(Problem, ["message", "member", "reported_at", "key"])
