"""The room's first page: what I am asked, what my unit asks, what was found."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from members.models import OFFICE_ROLES
from members.services import units_of
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.pages import Address, Page, keyset_page
from portal.core.rendering import render_page
from research.models import Intake, Invitation, Survey, SurveyState
from research.querysets import kept_by, published_for
from research.views.access import oversees

PAGE_SIZE = 30
MINE, KEPT, FOUND = "mine", "kept", "found"
LABELS = {MINE: "ถามฉัน", KEPT: "ของกลุ่ม", FOUND: "ผลสำรวจ"}


@require_GET
def index(request: PortalRequest) -> HttpResponse:
    """List surveys in one of three ways; who builds none is not offered the second."""
    units = units_of(request.actor, OFFICE_ROLES)
    names = [MINE, KEPT, FOUND] if units else [MINE, FOUND]
    tab = request.GET.get("list", "")
    words = request.GET.get("q", "").replace("\x00", "").strip()
    tab = tab if tab in names else MINE
    page = TABS[tab](request, words)
    here = Address("research:index", list=tab, q=words)
    return render_page(
        request,
        "research/index.html",
        {
            "tab": tab,
            "words": words,
            "links": here.links("list", labels(request, names)),
            "page": page,
            "now": db_now(),
            "may_build": bool(units),
            "next_url": here.after(page.next_cursor),
            "all_url": here.url(q=""),
        },
    )


def labels(request: PortalRequest, names: list[str]) -> dict[str, str]:
    found = {name: LABELS[name] for name in names}
    if KEPT in found and oversees(request.actor):
        found[KEPT] = "ของสำนักงาน"
    return found


def mine(request: PortalRequest, words: str) -> Page[Invitation]:
    """Surveys that ask or asked me, the newest first, with whether I have answered."""
    surveys = Survey.objects.matching(words)
    rows = Invitation.objects.filter(member=request.user.pk, survey__in=surveys)
    sealed = Intake.objects.filter(token_hash=OuterRef("token_hash"))
    rows = rows.select_related("survey__owner_unit").annotate(is_sealed=Exists(sealed))
    return keyset_page(rows, order=("-pk",), cursor=request.GET.get("after"), size=PAGE_SIZE)


def kept(request: PortalRequest, words: str) -> Page[Survey]:
    """Surveys of my unit, or of the office I oversee, with how many have answered."""
    rows = Survey.objects.kept_by(request.user).matching(words).select_related("owner_unit")
    sealed = (
        Invitation.objects.filter(survey=OuterRef("pk"))
        .unmarked()
        .sealed()
        .order_by()
        .values("survey")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = rows.annotate(
        opened=Count("invitations", filter=Q(invitations__has_participated=True)),
        sealed=Coalesce(Subquery(sealed, output_field=IntegerField()), 0),
    )
    return keyset_page(rows, order=("-pk",), cursor=request.GET.get("after"), size=PAGE_SIZE)


def found(request: PortalRequest, words: str) -> Page[Survey]:
    """Closed surveys whose results I may see."""
    member = request.user
    rows = Survey.objects.visible_to(member).filter(
        kept_by(member) | published_for(member), state=SurveyState.CLOSED
    )
    rows = rows.matching(words).select_related("owner_unit")
    order = ("-closed_at", "-pk")
    return keyset_page(rows, order=order, cursor=request.GET.get("after"), size=PAGE_SIZE)


TABS: dict[str, Any] = {MINE: mine, KEPT: kept, FOUND: found}
