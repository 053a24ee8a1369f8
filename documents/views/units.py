"""One page for each school: what it owes by due date, and its own figures."""

from __future__ import annotations

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from documents.domain import duration_words
from documents.services.charting import FIGURES_DAYS, arrivals_at, figures_at, owed
from documents.services.desk import FAR
from members.models import Unit, UnitKind
from members.services import office_holidays
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

PAGE_SIZE = 40
KINDS = (UnitKind.SCHOOL, UnitKind.GROUP)


@require_GET
def unit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one school or group: its open letters, overdue first, and its figures."""
    found = get_object_or_404(
        Unit.objects.filter(kind__in=KINDS).select_related("office", "district", "cluster"), pk=pk
    )
    known = arrivals_at(found, request.actor)
    if known is None or found.office is None:
        raise Http404
    rows, is_own = known
    now = db_now()
    page = keyset_page(
        owed(rows)
        .annotate(due_key=Coalesce("due_at", Value(FAR)))
        .select_related("letter__owner_unit"),
        order=("due_key", "pk"),
        cursor=request.GET.get("after"),
        size=PAGE_SIZE,
    )
    figures = figures_at(rows, now, office_holidays(found.office))
    return render_page(
        request,
        "documents/unit.html",
        {
            "unit": found,
            "is_own": is_own,
            "now": now,
            "rows": page.items,
            "is_first": page.is_first,
            "next_url": Address("documents:unit", pk).after(page.next_cursor),
            "figures": figures,
            "days": FIGURES_DAYS,
            "usual_receipt": duration_words(figures.usual_receipt) if figures.usual_receipt else "",
            "usual_answer": duration_words(figures.usual_answer) if figures.usual_answer else "",
        },
    )
