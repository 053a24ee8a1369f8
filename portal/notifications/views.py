"""The bell, and the list of what a member was told."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.pages import keyset_page
from portal.core.rendering import render_page
from portal.core.thaidates import near
from portal.notifications.kinds import kind_of
from portal.notifications.models import Notification
from portal.notifications.services import (
    read_all_notifications,
    read_notification,
    unread_count,
)

logger = logging.getLogger("portal.notifications")

UNREAD = "unread"


@dataclass(frozen=True)
class Row:
    """One line of the list, as it is shown."""

    notification: Notification
    icon: str
    label: str
    when: str


def _row(notification: Notification, now: datetime) -> Row:
    kind = kind_of(notification.notice.kind)
    return Row(
        notification=notification,
        icon=kind.icon if kind else "bell",
        label=kind.label if kind else "",
        when=near(notification.created_at, now),
    )


@require_safe
def inbox(request: PortalRequest) -> HttpResponse:
    """List the member's notifications, newest first."""
    only_unread = request.GET.get("show") == UNREAD
    rows = Notification.objects.visible_to(request.user).select_related("notice")
    if only_unread:
        rows = rows.unread()
    page = keyset_page(rows, cursor=request.GET.get("after"))
    now, unread = db_now(), unread_count(request.user)
    here = reverse("notifications:inbox")
    query = f"show={UNREAD}&" if only_unread else ""
    return render_page(
        request,
        "notifications/inbox.html",
        {
            "rows": [_row(notification, now) for notification in page.items],
            "page": page,
            "more_url": f"?{query}after={page.next_cursor}" if page.next_cursor else "",
            "unread": unread,
            "only_unread": only_unread,
            "filters": [
                {"url": here, "label": "ทั้งหมด", "current": not only_unread},
                {
                    "url": f"{here}?show={UNREAD}",
                    "label": "ยังไม่อ่าน",
                    "count": unread,
                    "current": only_unread,
                },
            ],
        },
    )


@require_safe
def open_notification(request: PortalRequest, pk: int) -> HttpResponse:
    """Lead to what the notification is about, and remember that it was read.

    The read mark is one of the writes a GET is allowed. When it cannot be written, the page still
    comes.
    """
    own = Notification.objects.visible_to(request.user).select_related("notice")
    notification = get_object_or_404(own, pk=pk)
    try:
        read_notification(notification, by=request.actor)
    except DatabaseError:
        logger.warning("notifications.read_mark_lost notification=%s", pk)
    url = notification.notice.url
    if url and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return redirect(url)
    return redirect("notifications:inbox")


@require_POST
def read_all(request: PortalRequest) -> HttpResponse:
    """Mark everything in the member's bell as read."""
    count = read_all_notifications(by=request.actor)
    if count:
        messages.success(request, f"อ่านแล้วทั้งหมด {count} เรื่อง")
    return redirect("notifications:inbox")


@require_safe
def bell(request: PortalRequest) -> HttpResponseBase:
    """Answer the bell alone, for the page that asks every minute; 304 while nothing changed.

    Rendered without the request: the fragment needs neither the office nor the menu of the page.
    """
    count = unread_count(request.user)
    response = HttpResponse(render_to_string("notifications/bell.html", {"bell_count": count}))
    patch_cache_control(response, private=True, no_cache=True)
    set_response_etag(response)
    etag = response.headers["ETag"]
    return get_conditional_response(request, etag=etag, response=response) or response
