"""The first page, and the manual."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from knowledge.services.reading import latest_for
from portal.announcements.services import current_for, public_news
from portal.core.actors import PortalRequest
from portal.core.clock import bangkok, db_now
from portal.core.rendering import render_page
from portal.core.resources import Waiting
from portal.home.services import is_founded, manual_pages, my_work

MOST_ANNOUNCEMENTS, MOST_ARTICLES, MOST_NEWS = 3, 3, 5
GROUPS = {
    "late": ("เกินกำหนด", "late"),
    "today": ("วันนี้", "soon"),
    "tomorrow": ("พรุ่งนี้", "soon"),
    "later": ("วันต่อไป", ""),
    "open": ("ไม่มีกำหนด", ""),
}


def _group_of(row: Waiting, now: datetime) -> str:
    if row.due_at is None:
        return "open"
    if row.due_at < now:
        return "today" if row.is_event else "late"
    today = bangkok(now).date()
    day = bangkok(row.due_at).date()
    if day == today:
        return "today"
    return "tomorrow" if day == today + timedelta(days=1) else "later"


@require_GET
@login_not_required
def home(request: PortalRequest) -> HttpResponse:
    """Show what waits for the member from every room, by due date; a visitor sees the front."""
    if not request.user.is_authenticated:
        return front(request)
    now = db_now()
    groups: dict[str, dict[str, Any]] = {}
    for row in my_work(request.user):
        name = _group_of(row, now)
        title, tone = GROUPS[name]
        group = groups.setdefault(name, {"title": title, "tone": tone, "rows": []})
        group["rows"].append(row)
    context = {
        "groups": list(groups.values()),
        "today": now,
        "now": now,
        "announcements": current_for(request.user, MOST_ANNOUNCEMENTS),
        "articles": latest_for(request.user, MOST_ARTICLES),
    }
    return render_page(request, "home/home.html", context)


def front(request: PortalRequest) -> HttpResponse:
    """Show visitors the news, what the office knows and shares, and how to reach it.

    Before there is an office there is nothing to show but the way to set it up.
    """
    if not is_founded():
        return redirect("setup")
    context = {
        "today": db_now(),
        "news": public_news(MOST_NEWS),
        "articles": latest_for(None, MOST_NEWS),
    }
    return render_page(request, "home/front.html", context)


@require_GET
@login_not_required
def manual(request: HttpRequest) -> HttpResponse:
    """List the tasks of the manual."""
    return render(request, "home/manual.html", {"pages": list(manual_pages().values())})


@require_GET
@login_not_required
def manual_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one task of the manual."""
    page = manual_pages().get(slug)
    if page is None:
        raise Http404
    pages = list(manual_pages().values())
    return render(request, "home/manual_page.html", {"page": page, "pages": pages})
