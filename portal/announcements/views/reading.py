"""Read announcements, say that one knows, and see who does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from members.models import Holding, Member
from members.services import units_of
from portal.announcements.models import Acknowledgement, Announcement, AnnouncementState
from portal.announcements.policies import can_acknowledge
from portal.announcements.querysets import ANNOUNCING_ROLES
from portal.announcements.services import (
    ATTACHMENT,
    DEEDS,
    acknowledge,
    people_of,
)
from portal.announcements.views.fetching import (
    announcement_of,
    manager_of,
)
from portal.audit.services import history_of
from portal.core.actors import PortalRequest, reader_of
from portal.core.errors import DomainError, require
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.files.services import files_of

TABS = {"": "ถึงท่าน", "wait": "รอรับทราบ", "own": "ของหน่วยงาน"}
STATES = {"": "ทุกสถานะ", "draft": "ร่าง", "published": "เผยแพร่แล้ว", "withdrawn": "ถอนแล้ว"}
KNOWN = {"": "ยังไม่รับทราบ", "known": "รับทราบแล้ว"}


@require_GET
@login_not_required
def index(request: PortalRequest) -> HttpResponse:
    """List what was announced to the reader; the unit's own for whoever announces."""
    member = reader_of(request)
    may_announce = bool(units_of(request.actor, ANNOUNCING_ROLES))
    tabs = {name: label for name, label in TABS.items() if may_announce or name != "own"}
    tab = _known(request.GET.get("tab", ""), tabs)
    is_own = tab == "own"
    state = _known(request.GET.get("state", ""), STATES) if is_own else ""
    rows = _own(member, state) if is_own else _for(member, tab)
    page = keyset_page(
        rows.with_acknowledgement(member).select_related("unit", "author"),
        order=("-saved_at", "-pk") if is_own else ("-published_at", "-pk"),
        cursor=request.GET.get("after"),
        size=30,
    )
    here = Address("announcements:index", tab=tab, state=state)
    return render_page(
        request,
        "announcements/index.html",
        {
            "page": page,
            "tab": tab,
            "state": state,
            "links": Address("announcements:index", tab=tab).links("tab", tabs) if member else [],
            "state_links": here.links("state", STATES) if is_own else [],
            "next_url": here.after(page.next_cursor),
            "may_announce": may_announce,
        },
    )


def _known(value: str, choices: dict[str, str]) -> str:
    return value if value in choices else ""


def _for(member: Member | None, tab: str) -> Any:
    seen = Announcement.objects.begun()
    if member is None:
        return seen.public()
    if tab == "wait":
        return Announcement.objects.waiting_for(member)
    return seen.public() | seen.addressed_to(member)


def _own(member: Member | None, state: str) -> Any:
    own = Announcement.objects.of_own_unit(member).exclude(state=AnnouncementState.DISCARDED)
    return own.filter(state=state) if state else own


@require_GET
@login_not_required
def announcement(request: PortalRequest, pk: int) -> HttpResponse:
    """Show an announcement; a visitor reads what is public, and signs in for the rest."""
    try:
        found = announcement_of(request, pk)
    except Http404:
        if reader_of(request):
            raise
        return redirect_to_login(request.get_full_path())
    is_own = found.unit_id in {unit.pk for unit in units_of(request.actor, ANNOUNCING_ROLES)}
    if is_own and found.is_draft:
        return redirect("announcements:edit", pk=found.pk)
    return show_announcement(request, found, is_own=is_own)


def show_announcement(request: PortalRequest, found: Announcement, *, is_own: bool) -> HttpResponse:
    """Render the page of an announcement, with what its own unit may see and do."""
    member = reader_of(request)
    known = found.acknowledgements.filter(member=member).first() if member else None
    return render_page(
        request,
        "announcements/announcement.html",
        {
            "announcement": found,
            "files": files_of(found, ATTACHMENT),
            "known": known,
            "may_acknowledge": bool(
                member
                and not known
                and found.is_published
                and can_acknowledge(request.actor, found)
            ),
            "is_own": is_own,
            "counts": counts_of(found) if is_own else None,
            "history": history_of(found, DEEDS) if is_own else [],
        },
    )


def counts_of(found: Announcement) -> dict[str, int]:
    """Return how many people it was sent to, and how many know."""
    return {"total": people_of(found).count(), "known": found.acknowledgements.count()}


@require_POST
def acknowledge_one(request: PortalRequest, pk: int) -> HttpResponse:
    """Say that one knows."""
    found = announcement_of(request, pk)
    require(can_acknowledge(request.actor, found))
    try:
        acknowledge(found, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "รับทราบแล้ว")
    return redirect(found)


@require_GET
def acknowledgements(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the announcement's own unit who knows and who does not yet."""
    found = announcement_of(request, pk)
    manager_of(request, found)
    is_known = request.GET.get("show") == "known"
    rows = Acknowledgement.objects.filter(announcement=found)
    counts = counts_of(found)
    people: QuerySet[Member] = people_of(found).exclude(pk__in=rows.values("member"))
    page: Any = (
        keyset_page(
            rows.select_related("member"), order=("-at", "-pk"), cursor=request.GET.get("after")
        )
        if is_known
        else keyset_page(
            people, order=("first_name", "last_name", "pk"), cursor=request.GET.get("after")
        )
    )
    listed = [(row.member, row.at) if is_known else (row, None) for row in page.items]
    posts = _posts_of([member for member, _ in listed])
    missing = people.count()
    here = Address("announcements:acknowledgements", pk, show="known" if is_known else "")
    return render_page(
        request,
        "announcements/acknowledgements.html",
        {
            "announcement": found,
            "rows": [(member, posts.get(member.pk, []), at) for member, at in listed],
            "is_known": is_known,
            "counts": counts | {"missing": missing},
            "links": here.links("show", KNOWN, counts={"": missing, "known": counts["known"]}),
            "next_url": here.after(page.next_cursor),
        },
    )


def _posts_of(people: list[Member]) -> dict[int, list[str]]:
    """Return the posts that people hold today, by person: one query."""
    held = Holding.objects.current().filter(member__in=people).select_related("post__unit")
    found: dict[int, list[str]] = {}
    for holding in held.order_by("post__sort_order", "pk"):
        found.setdefault(holding.member_id, []).append(str(holding.post))
    return found
