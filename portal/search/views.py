"""The door of search: one box over all rooms, also for who is not signed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from portal.core.actors import PortalRequest, reader_of
from portal.core.pages import Address
from portal.core.rendering import render_page
from portal.core.resources import resources
from portal.search.domain import LONGEST_QUERY, TooLong, TooShort, Wanted, read_query
from portal.search.services import find_things

# What one may narrow a search to: the word in the address, its label, the app.
ROOMS = {
    "letters": ("หนังสือ", "documents"),
    "knowledge": ("ความรู้", "knowledge"),
    "meetings": ("ประชุม", "meetings"),
    "surveys": ("แบบสอบถาม", "research"),
    "people": ("บุคคลและหน่วยงาน", "members"),
    "announcements": ("ประกาศ", "announcements"),
}
ORDERS = {"": "ตรงที่สุด", "new": "ใหม่ที่สุด"}
TOO_SHORT = "พิมพ์อย่างน้อย 2 ตัวอักษร"
TOO_LONG = f"คำค้นยาวเกินไป ใช้ไม่เกิน {LONGEST_QUERY} ตัวอักษร"


@login_not_required
@require_GET
def search(request: PortalRequest) -> HttpResponse:
    """Show what was found among what the reader may open, or only the box."""
    typed = request.GET.get("q", "").replace("\x00", "").strip()
    room = _known(request.GET.get("kind", ""), ROOMS)
    order = _known(request.GET.get("order", ""), ORDERS)
    cursor = request.GET.get("after", "")
    wanted, problem = _read(typed)
    found = None
    if wanted is not None:
        found = find_things(
            wanted,
            member=reader_of(request),
            kinds=_kinds(room),
            newest=order == "new",
            cursor=cursor,
        )
    query = {"q": typed, "kind": room, "order": order}
    here = Address("search:search", **query)
    rooms = {"": "ทั้งหมด"} | {name: label for name, (label, _) in ROOMS.items()}
    context = {
        "typed": typed[: 2 * LONGEST_QUERY],
        "problem": problem,
        "found": found,
        "is_first": not cursor,
        "query": query,
        "room_links": here.links("kind", rooms) if request.user.is_authenticated else [],
        "order_links": here.links("order", ORDERS),
        "everywhere_url": here.url(kind="") if room else "",
        "first_url": here.url(),
        "more_url": here.after(found.next_cursor if found else ""),
    }
    return render_page(request, "search/search.html", context)


def _read(typed: str) -> tuple[Wanted | None, str]:
    """Return what is wanted, or what is wrong with it; neither of an empty box."""
    if not typed:
        return None, ""
    try:
        return read_query(typed), ""
    except TooShort:
        return None, TOO_SHORT
    except TooLong:
        return None, TOO_LONG


def _known(value: str, choices: dict[str, Any]) -> str:
    return value if value in choices else ""


def _kinds(room: str) -> frozenset[str] | None:
    """Return the models of the room; None means all rooms."""
    if not room:
        return None
    app = ROOMS[room][1]
    return frozenset(
        resource.model._meta.label_lower
        for resource in resources()
        if resource.model._meta.app_label == app
    )
