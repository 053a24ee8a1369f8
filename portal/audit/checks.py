"""The history is only ever added to; the database itself sees to that."""

from __future__ import annotations

from portal.audit.models import AuditEntry
from portal.core.triggers import append_only

append_only(AuditEntry)
