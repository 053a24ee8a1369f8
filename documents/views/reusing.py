"""Last year's letter as this year's draft."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from documents.forms.reusing import ReuseForm
from documents.policies import can_follow
from documents.querysets import WRITING_ROLES
from documents.services.drafting import ENCLOSURE
from documents.services.reusing import old_years, reuse_letter
from documents.views.draft_page import letter_of
from members.services import act_at, act_where, describe_audience, units_of
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.once import fresh_key
from portal.core.rendering import render_page
from portal.files.services import files_of


@require_http_methods(["GET", "POST"])
def reuse(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what a draft would take over from this letter, and begin it."""
    letter = letter_of(request, pk)
    act_where(request.actor, can_follow, letter)
    writing = units_of(request.actor, WRITING_ROLES)
    units = [unit for unit in writing if unit.office_id == letter.office_id]
    require(bool(units))
    if letter.number is None:
        return redirect(letter)
    units.sort(key=lambda unit: unit.pk != letter.owner_unit_id)
    enclosures = files_of(letter, ENCLOSURE)
    form = ReuseForm(
        request.POST if request.method == "POST" else None,
        units=units,
        enclosures=enclosures,
        initial={
            "unit": units[0].pk,
            "enclosures": [str(use.public_id) for use in enclosures],
            "key": fresh_key(),
        },
    )
    if form.is_valid():
        unit = next(one for one in units if one.pk == form.cleaned_data["unit"])
        actor = act_at(request.actor, [unit.pk], WRITING_ROLES)
        try:
            draft = reuse_letter(
                letter,
                unit=unit,
                files=form.cleaned_data["enclosures"],
                key=form.cleaned_data["key"],
                by=actor,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("documents:letter-edit", pk=draft.pk)
    rule = letter.audience_rule
    return render_page(
        request,
        "documents/letter_reuse.html",
        {
            "letter": letter,
            "form": form,
            "key": fresh_key(),
            "enclosures": enclosures,
            "audience": describe_audience(rule, letter.office) if rule else letter.outside_party,
            "years": old_years(letter),
            "unit": units[0],
            "is_choice": len(units) > 1,
        },
        status=422 if form.errors else 200,
    )
