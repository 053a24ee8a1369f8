"""Recipients whom a letter may not reach: named, with a telephone number, before it is sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from documents.models import Letter
from documents.policies import can_edit, can_register
from documents.views.draft_page import letter_of
from members.models import Unit
from members.services import Actor, QuietUnit, act_where, quiet_units, resolve_audience
from portal.core.actors import PortalRequest
from portal.core.rendering import render_page


def quiet_of(letter: Letter, rule: dict[str, Any]) -> list[QuietUnit]:
    """Return those of whom the rule means today that a letter may not reach."""
    if not rule:
        return []
    meant = resolve_audience(rule, office=letter.office)
    return quiet_among(letter, [unit for unit, member in meant if member is None])


def quiet_among(letter: Letter, unit_ids: list[int]) -> list[QuietUnit]:
    """Return those of the letter's recipients that it may not reach.

    Only whom the sender writes to: never the own unit, and never, to a school, its office's desk.
    """
    if letter.is_internal:
        return []
    units = Unit.objects.filter(pk__in=unit_ids).exclude(pk=letter.owner_unit_id)
    return quiet_units(units.exclude(pk=letter.office_id) if letter.is_from_school else units)


def may_address(actor: Actor, letter: Letter) -> bool:
    return can_edit(actor, letter) or can_register(actor, letter)


@require_GET
def quiet(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the whole list, to search and to print."""
    letter = letter_of(request, pk)
    act_where(request.actor, may_address, letter)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    everyone = quiet_of(letter, letter.audience_rule)
    found = [row for row in everyone if all(word in row.unit.name for word in words.split())]
    return render_page(
        request,
        "documents/letter_quiet_list.html",
        {"letter": letter, "quiet": found, "total": len(everyone), "words": words},
    )
