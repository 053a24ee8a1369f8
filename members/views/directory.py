"""The directory everybody may read: who leads and works in the office, and its schools."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from members.models import Unit
from members.services import directors_of, districts_of, office_of, schools_of, structure_of
from portal.core.actors import PortalRequest
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.core.thaitext import one_line

PAGE_SIZE = 40
LONGEST_QUESTION = 200
BY_NAME = ("name", "subdistrict", "pk")


@require_GET
@login_not_required
def directory(request: PortalRequest) -> HttpResponse:
    """Show who leads the office and who works in its groups; on paper it is the chart, A4 wide.

    A visitor sees who speaks for a unit; a member of the office everybody, with their pages.
    """
    office = _office(request)
    shows_all = _works_here(request, office)
    context = {
        "structure": structure_of(office, is_public=not shows_all) if office else None,
        "shows_all": shows_all,
    }
    return render_page(request, "members/directory.html", context)


@require_GET
@login_not_required
def schools(request: PortalRequest) -> HttpResponse:
    """Show the office's schools with director and telephone, found by name, place or code."""
    office = _office(request)
    text = one_line(request.GET.get("q", "").replace("\x00", ""))[:LONGEST_QUESTION]
    chosen = request.GET.get("district", "")
    districts = districts_of(office) if office else []
    district = next((place.pk for place in districts if str(place.pk) == chosen), None)
    found = schools_of(office, text=text, district=district) if office else Unit.objects.none()
    page = keyset_page(found, order=BY_NAME, cursor=request.GET.get("after"), size=PAGE_SIZE)
    directors = directors_of(page.items)
    here = Address("members:schools", q=text, district=district)
    context = {
        "schools": [(school, directors.get(school.pk, [])) for school in page.items],
        "text": text,
        "districts": districts,
        "district": district,
        "next_url": here.after(page.next_cursor),
        "shows_all": _works_here(request, office),
    }
    return render_page(request, "members/schools.html", context)


def _office(request: PortalRequest) -> Unit | None:
    """Return the reader's office, else the only one; with several nobody's is meant."""
    own = office_of(request.actor) if request.actor else None
    if own is not None:
        return own
    offices = list(Unit.objects.offices()[:2])
    return offices[0] if len(offices) == 1 else None


def _works_here(request: PortalRequest, office: Unit | None) -> bool:
    return bool(office and request.actor and office_of(request.actor) == office)
