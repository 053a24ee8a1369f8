"""Who is who: a person and a unit."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from members.models import Holding, Member, ProjectStay, Unit, UnitKind
from members.policies import can_administer, can_give_code
from members.services import may_do
from portal.core.actors import PortalRequest
from portal.core.rendering import render_page

MOST_LISTED = 200


@require_GET
def person(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a colleague: name, posts, and how to reach them at work.

    Own telephone and address are shown to the person, and to who works in the same unit.
    """
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    seen = Unit.objects.visible_to(request.user).values("pk")
    held = Holding.objects.current().filter(member=member, post__unit__in=seen)
    holdings = list(held.select_related("post__unit__office").order_by("post__sort_order", "pk"))
    units = {holding.post.unit_id for holding in holdings}
    works_beside = Unit.objects.held_by(request.user).filter(pk__in=units).exists()
    is_self = member.pk == request.user.pk
    context = {
        "person": member,
        "posts": holdings,
        "shows_own": is_self or works_beside,
        "is_self": is_self,
        "may_give_code": not is_self and may_do(request.actor, can_give_code, member),
    }
    return render_page(request, "members/person.html", context)


@require_GET
def unit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a unit: where it is, how to reach it, who holds its posts, and what belongs to it."""
    units = Unit.objects.visible_to(request.user)
    place = get_object_or_404(units.select_related("office", "district", "cluster"), pk=pk)
    held = Holding.objects.current().filter(post__unit=place).select_related("member", "post")
    lies_in = Q(district=place) | Q(cluster=place)
    if place.office_id == place.pk:
        lies_in |= Q(office=place, kind=UnitKind.GROUP)
    context = {
        "unit": place,
        "stays": list(ProjectStay.objects.running().filter(unit=place).select_related("project")),
        "may_rename": may_do(request.actor, can_administer, place.office),
        "people": list(held.order_by("post__sort_order", "post__title", "pk")[:MOST_LISTED]),
        "units": list(units.open().filter(lies_in).order_by("sort_order", "name")[:MOST_LISTED]),
    }
    return render_page(request, "members/unit.html", context)
