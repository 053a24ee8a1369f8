"""What was written of a thing, for tests."""

from __future__ import annotations

from django.db.models import Model

from portal.audit.models import AuditEntry


def history_of(thing: Model) -> list[str]:
    """Return what the audit keeps of a thing, in its order."""
    entries = AuditEntry.objects.filter(
        subject_type=thing._meta.label_lower, subject_id=thing.pk
    ).order_by("pk")
    return list(entries.values_list("action", flat=True))
