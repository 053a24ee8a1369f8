"""What a survey found: tables, one chart for each dimension, print, and a workbook."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from members.services import act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.rendering import file_response, render_page
from portal.core.sheets import XLSX
from portal.core.thaidates import short_datetime
from research.exports import results_workbook
from research.models import Survey
from research.policies import can_edit, can_see_results
from research.querysets import published_for
from research.services.keys import has_key
from research.services.participation import turnout_of
from research.services.result_sheets import note_export, sheets_of
from research.services.results import Results, is_counted, read_answers, results_of
from research.views.access import survey_of

EVERYBODY = "ทุกกลุ่ม"


@require_GET
def results(request: PortalRequest, pk: int) -> HttpResponse:
    """Show how far a survey has come, and when it is counted what was found."""
    survey = survey_of(request, pk)
    keeps = may_do(request.actor, can_see_results, survey)
    if not keeps and not is_published_for(request, survey):
        raise PermissionDenied
    may_edit = may_do(request.actor, can_edit, survey)
    if survey.is_draft:
        return redirect("research:survey-edit", pk=pk)
    context = {"survey": survey, "may_edit": may_edit, "keeps": keeps, "now": db_now()}
    if not is_counted(survey):
        context["turnout"] = turnout_of(survey)
        context["lacks_key"] = bool(survey.public_key) and not has_key(survey)
        return render_page(request, "research/results_waiting.html", context)
    reading = read_answers(survey)
    asked = request.GET.get("group", "")
    found = results_of(reading, asked)
    context |= {
        "results": found,
        "is_refused": bool(asked) and found.view != asked,
        "view_label": next(
            (group.label for group in found.shown_groups if group.key == found.view), ""
        ),
        "links": links(found, len(reading.answers.sheets)),
    }
    return render_page(request, "research/results.html", context)


def is_published_for(request: PortalRequest, survey: Survey) -> bool:
    """Answer whether the summary is open to this member, one of the office."""
    return Survey.objects.filter(published_for(request.user), pk=survey.pk).exists()


def links(found: Results, total: int) -> list[dict[str, Any]]:
    """Return the views that may be opened; none when there is nothing to choose."""
    if len(found.shown_groups) < 2:
        return []
    url = reverse("research:survey-results", args=[found.survey.pk])
    everybody = {"url": url, "label": EVERYBODY, "count": total, "current": not found.view}
    return [
        everybody,
        *(
            {
                "url": f"{url}?group={group.key}",
                "label": group.label,
                "count": group.answered,
                "current": group.key == found.view,
            }
            for group in found.shown_groups
        ),
    ]


@require_POST
def xlsx(request: PortalRequest, pk: int) -> HttpResponse:
    """Return figures, frequencies, texts and single rows as a workbook; the history notes it."""
    survey = survey_of(request, pk)
    actor = act_where(request.actor, can_see_results, survey)
    if not is_counted(survey):
        raise DomainError("บันทึกเป็นไฟล์ได้หลังปิดรับและนับคำตอบครบแล้ว")
    reading = read_answers(survey)
    lines = [
        survey.title,
        f"{survey.owner_unit.label} · ปิดรับ {short_datetime(survey.closed_at)}"
        if survey.closed_at
        else survey.owner_unit.label,
        f"ตอบ {len(reading.answers.sheets):,} จาก {sum(reading.invited.values()):,} คน",
        f"บันทึกโดย{actor.member} {short_datetime(db_now())}",
    ]
    content = results_workbook(sheets_of(reading, lines))
    note_export(survey, by=actor)
    return file_response(content, XLSX, f"ผลสำรวจ-{survey.pk}.xlsx", is_saved=True)
