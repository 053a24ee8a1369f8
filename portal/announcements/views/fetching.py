"""How the doors of announcements find what an address is about, and in which post one acts."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from members.services import Actor, act_at
from portal.announcements.models import Announcement
from portal.announcements.querysets import ANNOUNCING_ROLES
from portal.core.actors import PortalRequest, reader_of


def announcement_of(request: PortalRequest, pk: int) -> Announcement:
    """Return the announcement when this reader may see it; anything else does not exist."""
    rows = Announcement.objects.visible_to(reader_of(request))
    return get_object_or_404(rows.select_related("unit__office", "author", "published_by"), pk=pk)


def manager_of(request: PortalRequest, announcement: Announcement) -> Actor:
    """Return this person in the post that may edit and publish it; 403 when none may."""
    return act_at(request.actor, [announcement.unit_id], ANNOUNCING_ROLES)


def draft_of(request: PortalRequest, pk: int) -> tuple[Announcement, Actor]:
    """Return the announcement and whoever may change it; 404 unseen, 403 when only seen."""
    found = announcement_of(request, pk)
    return found, manager_of(request, found)
