"""A draft is looked at as its respondents will see it, and opened after a last look."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from members.services import act_where, resolve_audience
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.formfields import KeyForm
from portal.core.rendering import render_page
from research.domain.suppression import K
from research.forms.answering import AnswerForm
from research.models import Population, Survey
from research.policies import can_see_results
from research.services.answering import questions_of
from research.services.opening import (
    asked_members,
    missing_for_opening,
    open_survey,
    units_rule,
)
from research.views.access import editor_of, survey_of

SHORT = {
    Population.STAFF: "เจ้าหน้าที่",
    Population.ADMINISTRATORS: "ผู้บริหาร",
    Population.TEACHERS: "ครู",
}


@require_GET
def preview(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the survey as respondents see it; nothing can be sent from here."""
    survey = survey_of(request, pk)
    act_where(request.actor, can_see_results, survey)
    name = "research:survey-edit" if survey.is_draft else "research:survey-results"
    context = {
        "survey": survey,
        "form": AnswerForm(questions_of(survey)),
        "back_url": reverse(name, args=[pk]),
    }
    return render_page(request, "research/preview.html", context)


@require_http_methods(["GET", "POST"])
def open_page(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask once more with the numbers of the invited, then open."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return redirect("research:survey-results", pk=pk)
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            opened = open_survey(survey, key=form.cleaned_data["key"], by=actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"เปิดรับคำตอบแล้ว เชิญ {opened.invited:,} คน")
            return redirect("research:survey-results", pk=pk)
    counts = invited(survey)
    total = sum(counts.values())
    return render_page(
        request,
        "research/edit_open.html",
        {
            "survey": survey,
            "form": form,
            "missing": missing_for_opening(survey),
            "total": total,
            "is_too_few": total < K,
            "few": [label for label, count in counts.items() if 0 < count < K]
            if survey.is_anonymous
            else [],
            "counts": " · ".join(f"{label} {count:,}" for label, count in counts.items()),
        },
        status=422 if form.errors else 200,
    )


def invited(survey: Survey) -> dict[str, int]:
    """Return how many would be invited now, by population."""
    if not survey.populations:
        return {}
    recipients = resolve_audience(units_rule(survey), office=survey.office)
    units = sorted({unit for unit, member in recipients if member is None})
    found = Counter(asked_members(survey, units).values())
    return {SHORT[one]: found[one] for one in SHORT if one in survey.populations}
