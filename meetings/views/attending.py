"""Answer an invitation, check in, mark who came."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.attending import AnswerForm, MarksForm
from meetings.models import Answer, Presence
from meetings.services.attending import answer_invitation, check_in, mark_attendances
from meetings.views.fetching import meeting_to_keep, own_attendance
from meetings.views.meetings import people_of
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.rendering import render_page


@require_http_methods(["GET", "POST"])
def answer(request: PortalRequest, pk: int) -> HttpResponse:
    """Come, or not: with the reason, or with somebody who comes instead."""
    attendance = own_attendance(request, pk)
    sent = request.POST if request.method == "POST" else None
    given = attendance.answer if attendance.answer != Answer.NONE else Answer.ACCEPTED
    form = AnswerForm(
        sent,
        attendance=attendance,
        initial={"answer": given, "answer_reason": attendance.answer_reason},
    )
    if form.is_valid():
        try:
            answer_invitation(attendance, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            comes = form.cleaned_data["answer"] == Answer.ACCEPTED
            messages.success(request, "ตอบรับเข้าประชุมแล้ว" if comes else "แจ้งไม่เข้าประชุมแล้ว")
            return redirect(attendance.meeting)
    context = {"form": form, "attendance": attendance, "meeting": attendance.meeting}
    return render_page(request, "meetings/answer.html", context, status=422 if form.errors else 200)


@require_POST
def arrive(request: PortalRequest, pk: int) -> HttpResponse:
    """Check in oneself, on the day."""
    attendance = own_attendance(request, pk)
    try:
        check_in(attendance, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "ลงชื่อเข้าประชุมแล้ว")
    return redirect(attendance.meeting)


@require_http_methods(["GET", "POST"])
def marks(request: PortalRequest, pk: int) -> HttpResponse:
    """Mark who came, and why the others did not."""
    meeting = meeting_to_keep(request, pk)
    rows = people_of(meeting)
    form = MarksForm(request.POST if request.method == "POST" else None, rows=rows)
    if form.is_valid():
        try:
            mark_attendances(meeting, marks=form.marks(), by=request.actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกการมาประชุมแล้ว")
            return redirect(meeting)
    has_unmarked = any(row.presence == Presence.UNKNOWN for row in rows)
    context = {"form": form, "meeting": meeting, "has_unmarked": has_unmarked}
    return render_page(request, "meetings/marks.html", context, status=422 if form.errors else 200)
