"""A unit is given another name."""

from __future__ import annotations

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from members.forms.renaming import RenamingForm
from members.models import Unit
from members.policies import can_administer
from members.services import UNIT_NAMES, act_for_office, rename_unit
from portal.core.actors import PortalRequest
from portal.core.clock import today
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs


@require_http_methods(["GET", "POST"])
def unit_rename(request: PortalRequest, pk: int) -> HttpResponse:
    """Give the unit a new name from a day on; older letters keep the name of their day."""
    units = Unit.objects.visible_to(request.user).select_related("office")
    place = get_object_or_404(units, pk=pk)
    actor = act_for_office(request.actor, place.office)
    require(can_administer(actor, place.office))
    data = request.POST if request.method == "POST" else None
    form = RenamingForm(data, initial=model_to_dict(place, UNIT_NAMES) | {"on": today()})
    seen = seen_before(data, place, UNIT_NAMES)
    other: list[Theirs] = []
    if form.is_bound and form.is_valid():
        try:
            rename_unit(place, seen=seen, by=actor, **form.cleaned_data)
        except Overtaken as moved:
            seen, other = (
                seen_as(moved.row, UNIT_NAMES),
                theirs(form, model_to_dict(moved.row, UNIT_NAMES)),
            )
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "เปลี่ยนชื่อแล้ว หนังสือฉบับก่อนยังแสดงชื่อเดิม")
            return redirect("members:unit", pk)
    context = {"form": form, "unit": place, "seen": seen, "theirs": other}
    status = 409 if other else 422 if form.errors else 200
    return render_page(request, "members/unit_rename.html", context, status=status)
