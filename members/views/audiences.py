"""Choosing recipients, and saving whom one chose."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from members.forms import AudienceForm
from members.models import OFFICE_ROLES, SCHOOL_DESK_ROLES, Unit
from members.policies import can_address
from members.services import office_of, save_audience, units_of
from members.views.sent_on import kept_fields, safe_address
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page


@require_POST
def audience_count(request: PortalRequest) -> HttpResponse:
    """Answer whom the picker means now, as a fragment; nothing is saved."""
    form = picker_of(request)
    return render_page(request, "members/audience_picker.html#count", {"audience": form})


@require_POST
def audience_find(request: PortalRequest, name: str) -> HttpResponse:
    """Answer one of the picker's long lists for the words typed; what is ticked stays."""
    if name not in AudienceForm.LABELS:
        raise Http404
    form = picker_of(request)
    if name not in form.offered:
        raise Http404
    return render_page(
        request, "members/audience_picker.html#options", {"picker": form.picker(name)}
    )


@require_POST
def audience_save(request: PortalRequest) -> HttpResponse:
    """Save what is chosen as a group of the acting unit, and go on choosing."""
    office = addressing_office(request)
    form = AudienceForm(request.POST, office=office)
    problem = _save(form, request)
    context = {
        "audience": form,
        "problem": problem,
        "saved_name": form.cleaned_data.get("name", ""),
        "kept": kept_fields(request),
        "action": safe_address(request, request.POST.get(form.add_prefix("next"), "")),
    }
    template = "members/audience_saved.html"
    if request.htmx:
        template = "members/audience_picker.html#saved"
    return render_page(request, template, context, status=422 if problem else 200)


def _save(form: AudienceForm, request: PortalRequest) -> str:
    """Save the group; return what stands in the way, or an empty text."""
    if not form.is_valid():
        return str(next(iter(form.errors.values()))[0])
    if not form.cleaned_data["name"].strip():
        return "ใส่ชื่อกลุ่มที่จะบันทึก"
    try:
        save_audience(
            form.cleaned_data["name"].strip(),
            form.rule,
            owner_unit=request.actor.holding.post.unit,
            by=request.actor,
        )
    except DomainError as error:
        return str(error)
    return ""


def picker_of(request: PortalRequest) -> AudienceForm:
    """Return the picker as it was sent: for a unit of the member that writes by itself, or whole.

    A school's people get no other than that of their school, and nobody's names with it.
    """
    wanted = request.POST.get("to-from", "")
    units = units_of(request.actor, OFFICE_ROLES | SCHOOL_DESK_ROLES) if wanted else []
    sender = next((unit for unit in units if str(unit.pk) == wanted), None)
    if sender is not None and sender.office is not None:
        return AudienceForm(request.POST, office=sender.office, sender=sender)
    return AudienceForm(request.POST, office=addressing_office(request))


def addressing_office(request: PortalRequest) -> Unit:
    """Return the office whose schools the acting post may choose among; others are 403."""
    require(can_address(request.actor))
    office = office_of(request.actor)
    assert office is not None
    return office
