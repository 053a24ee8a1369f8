"""What waits for a member in every room."""

from __future__ import annotations

from datetime import UTC, datetime

from members.models import Member
from portal.core.resources import Waiting, resources

FAR = datetime(9999, 1, 1, tzinfo=UTC)


def my_work(member: Member) -> list[Waiting]:
    """Return what waits for the member in every room, the nearest deadline first."""
    rows = [
        row
        for resource in resources()
        if resource.waiting is not None
        for row in resource.waiting(member)
    ]
    return sorted(rows, key=lambda row: (row.due_at or FAR, -row.urgency, row.subject))
