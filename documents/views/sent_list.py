"""The letters an office person writes, waits for and follows."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.urls import reverse

from documents.models import Arrival, Letter, LetterState
from documents.querysets import LetterQuerySet
from documents.services.listing import Summary, summaries_of, with_progress
from members.models import OFFICE_ROLES
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

PAGE_SIZE = 30
MOST_COUNTED = 99
SENT_STATES = (LetterState.REGISTERED, LetterState.SENT)
TABS = {
    "draft": "ร่าง",
    "submitted": "รอออกเลข",
    "following": "กำลังติดตาม",
    "all": "ทั้งหมด",
}
OFFICE_TABS = TABS | {"published": "คำสั่งและประกาศ"}
ORDERS = {
    "draft": ("-saved_at", "-pk"),
    "submitted": ("-urgency", "submitted_at", "pk"),
    "following": ("-sent_at", "-pk"),
    "all": ("-pk",),
    "published": ("-sent_at", "-pk"),
}


def in_tab(letters: LetterQuerySet, tab: str) -> LetterQuerySet:
    """Return the letters of one tab; followed is what somebody still has to receive or answer."""
    if tab in {"draft", "submitted"}:
        return letters.filter(state=tab)
    if tab == "following":
        waiting = Arrival.objects.filter(letter=OuterRef("pk"), is_open=True)
        return letters.filter(
            Q(state=LetterState.REGISTERED) | Exists(waiting), state__in=SENT_STATES
        )
    return letters.exclude(state=LetterState.DISCARDED)


def counts(letters: LetterQuerySet) -> dict[str, str]:
    """Count what waits, up to 99, in two queries; the whole list is never counted."""
    most = MOST_COUNTED + 1
    states = list(
        letters.filter(state__in=["draft", "submitted"])
        .order_by()
        .values_list("state", flat=True)[: 2 * most]
    )
    found = {name: states.count(name) for name in ("draft", "submitted")}
    found["following"] = in_tab(letters, "following").order_by()[:most].count()
    return {
        name: f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
        for name, count in found.items()
    }


def show_sent(request: PortalRequest) -> HttpResponse:
    """Render one page of the list: letters, how far each is, and the counts of the tabs."""
    tab = request.GET.get("state", "")
    words = request.GET.get("q", "").replace("\x00", "").strip()
    in_office = bool(units_of(request.actor, OFFICE_ROLES))
    tabs = OFFICE_TABS if in_office else TABS
    tab = tab if tab in tabs else "all" if words else "following"
    letters = Letter.objects.sent_from(request.user)
    listed = Letter.objects.published_in(request.user) if tab == "published" else letters
    shown = with_progress(in_tab(listed, tab)).select_related("owner_unit", "succeeds")
    if words:
        shown = shown.matching(words)
    page = keyset_page(shown, order=ORDERS[tab], cursor=request.GET.get("after"), size=PAGE_SIZE)
    now = db_now()
    summaries = summaries_of([letter for letter in page.items if letter.is_sent], now)
    here = Address("documents:sent", state=tab, q=words)
    return render_page(
        request,
        "documents/sent.html",
        {
            "tab": tab,
            "words": words,
            "links": here.links("state", tabs, counts=counts(letters)),
            "rows": [
                {"letter": letter, "summary": summaries.get(letter.pk, Summary())}
                for letter in page.items
            ],
            "is_first": page.is_first,
            "next_url": here.after(page.next_cursor),
            "all_url": Address("documents:sent", state="all").url(),
            "in_office": in_office,
            "new_url": reverse("documents:letter-new"),
        },
    )
