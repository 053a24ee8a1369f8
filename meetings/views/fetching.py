"""How the doors of meetings find what an address is about."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from meetings.models import AgendaItem, Attendance, Meeting, Series
from meetings.querysets.meetings import STAFF_ROLES
from meetings.services.standing import as_keeper
from members.models import Unit
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.errors import require


def meeting_of(request: PortalRequest, pk: int) -> Meeting:
    """Return the meeting when this member may see it; anything else does not exist."""
    seen = Meeting.objects.visible_to(request.user).select_related(
        "unit__office", "series", "chair", "secretary", "storyteller"
    )
    return get_object_or_404(seen, pk=pk)


def meeting_to_keep(request: PortalRequest, pk: int) -> Meeting:
    """Return a meeting that this member keeps: 404 when unseen, 403 when only seen."""
    meeting = meeting_of(request, pk)
    as_keeper(request.actor, meeting)
    return meeting


def series_to_keep(request: PortalRequest, pk: int) -> Series:
    """Return a series that this member keeps: 404 when unseen, 403 when only seen."""
    seen = Series.objects.visible_to(request.user).select_related("unit__office")
    series = get_object_or_404(seen, pk=pk)
    as_keeper(request.actor, series)
    return series


def item_to_keep(request: PortalRequest, pk: int) -> AgendaItem:
    """Return an item of the agenda of a meeting that this member keeps."""
    seen = AgendaItem.objects.visible_to(request.user).select_related("meeting__unit__office")
    item = get_object_or_404(seen, pk=pk)
    as_keeper(request.actor, item.meeting)
    return item


def own_attendance(request: PortalRequest, pk: int) -> Attendance:
    """Return the member's own invitation: 404 when unseen, 403 when it is somebody else's."""
    seen = Attendance.objects.visible_to(request.user).select_related("meeting__unit", "member")
    attendance = get_object_or_404(seen, pk=pk)
    require(attendance.member_id == request.user.pk)
    return attendance


def require_caller(request: PortalRequest) -> list[Unit]:
    """Return the member's units; 403 for somebody who may call no meeting."""
    units = units_of(request.actor, STAFF_ROLES)
    require(bool(units))
    return units
