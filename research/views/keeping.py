"""What its owner does with a survey that is out: close, extend, remind, publish the summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from members.services import Actor
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.rendering import render_page
from research.domain.suppression import K
from research.forms.building import ExtendForm
from research.models import Survey
from research.services.ending import (
    extend_survey,
    publish_summary,
    remind_survey,
    withdraw_summary,
)
from research.services.opening import close_survey
from research.services.participation import turnout_of
from research.views.access import editor_of, survey_of


@require_http_methods(["GET", "POST"])
def close(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then take no more answers."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_open:
        return redirect("research:survey-results", pk=pk)
    if request.method == "POST":
        close_survey(survey, by=actor)
        messages.success(request, "ปิดรับคำตอบแล้ว ผลแสดงเมื่อระบบนับคำตอบครบ")
        return redirect("research:survey-results", pk=pk)
    turnout = turnout_of(survey)
    text = f"ตอบแล้ว {turnout.sent:,} จาก {turnout.invited:,} คน ปิดแล้วเปิดอีกไม่ได้"
    if turnout.sent < K:
        text += f" คำตอบไม่ถึง {K} ชุด จะไม่มีผลให้ดู ขยายเวลาหรือเตือนผู้ที่ยังไม่ตอบก่อนได้"
    return confirm(
        request,
        survey,
        lead=f"ปิดรับคำตอบ “{survey.title}”",
        text=text,
        yes="ปิดรับคำตอบ",
    )


@require_http_methods(["GET", "POST"])
def extend(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a later end."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_open:
        return redirect("research:survey-results", pk=pk)
    form = ExtendForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            extend_survey(survey, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error("closes_at", str(error))
        else:
            messages.success(request, "ขยายเวลารับคำตอบแล้ว")
            return redirect("research:survey-results", pk=pk)
    context = {"survey": survey, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "research/edit_extend.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remind(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then remind whoever is not marked as having answered."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_open:
        return redirect("research:survey-results", pk=pk)
    if request.method == "POST":
        return done(request, survey, lambda: _remind(survey, actor))
    count = survey.invitations.unmarked().count()
    return confirm(
        request,
        survey,
        lead=f"เตือน {count:,} คนที่ยังไม่มีเครื่องหมายว่าตอบแล้ว",
        text="คนที่เพิ่งตอบอาจได้รับด้วย เพราะระบบยังไม่รู้ว่าใครตอบจนกว่าจะเปิดซองพร้อมกันอย่างน้อยห้าซอง",
        yes=f"เตือน {count:,} คน",
        is_danger=False,
    )


def _remind(survey: Survey, by: Actor) -> str:
    return f"เตือนแล้ว {remind_survey(survey, by=by):,} คน"


@require_POST
def publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Let every member of the office see the summary, without texts."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    return done(request, survey, lambda: _publish(survey, actor))


def _publish(survey: Survey, by: Actor) -> str:
    publish_summary(survey, by=by)
    return "เผยแพร่ผลสรุปแล้ว สมาชิกทุกคนของสำนักงานเปิดดูตารางได้ ไม่มีข้อความที่พิมพ์"


@require_POST
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take the published summary back."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    return done(request, survey, lambda: _withdraw(survey, actor))


def _withdraw(survey: Survey, by: Actor) -> str:
    withdraw_summary(survey, by=by)
    return "หยุดเผยแพร่ผลสรุปแล้ว"


def done(request: PortalRequest, survey: Survey, deed: Callable[[], str]) -> HttpResponse:
    """Do it and say what was done, or why not, on the survey's page."""
    try:
        messages.success(request, deed())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("research:survey-results", pk=survey.pk)


def confirm(
    request: PortalRequest,
    survey: Survey,
    *,
    lead: str,
    text: str,
    yes: str,
    is_danger: bool = True,
) -> HttpResponse:
    """Ask whether this is really wanted."""
    context: dict[str, Any] = {"survey": survey, "lead": lead, "text": text, "yes": yes}
    return render_page(request, "research/edit_confirm.html", context | {"is_danger": is_danger})
