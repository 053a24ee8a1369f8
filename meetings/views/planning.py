"""Call a meeting, change it, invite to it, cancel it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.planning import CancelForm, InviteForm, MeetingForm, PeopleForm
from meetings.models import Attendance, Meeting
from meetings.services.calling import (
    DETAILS,
    cancel_meeting,
    change_meeting,
    choose_people,
    create_meeting,
    invite_people,
    restore_meeting,
    to_invite,
    withdraw_invitation,
)
from meetings.services.standing import as_keeper, day_off
from meetings.views.fetching import meeting_to_keep, require_caller
from members.policies import can_address
from portal.core.actors import PortalRequest
from portal.core.clock import today
from portal.core.errors import ChooseCapacity, Conflict, DomainError
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Call a meeting of a unit of the member; then choose whom to invite."""
    units = require_caller(request)
    sent = request.POST if request.method == "POST" else None
    form = MeetingForm(
        sent, units=units, initial={"unit": units[0].pk, "on": today(), "chair": request.user.pk}
    )
    if form.is_valid():
        unit, key = form.cleaned_data["unit"], form.cleaned_data["key"]
        try:
            meeting = create_meeting(unit, **form.details(), key=key, by=request.actor)
        except (ChooseCapacity, Conflict):
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "เรียกประชุมแล้ว เลือกผู้เข้าประชุมต่อได้เลย")
            return redirect("meetings:people", pk=meeting.pk)
    return render_page(
        request, "meetings/new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change what, when and where a planned meeting is."""
    meeting = meeting_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = MeetingForm(sent, units=[meeting.unit], initial=MeetingForm.initial_of(meeting))
    seen = seen_before(sent, meeting, DETAILS)
    other: list[Theirs] = []
    if form.is_valid():
        try:
            change_meeting(meeting, **form.details(), seen=seen, by=request.actor)
        except Overtaken as moved:
            meeting, other = moved.row, theirs(form, MeetingForm.initial_of(moved.row))
            seen = seen_as(meeting, DETAILS)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "แก้นัดประชุมแล้ว")
            return redirect(meeting)
    context = {"form": form, "meeting": meeting, "theirs": other, "seen": seen}
    status = 409 if other else 422 if form.errors else 200
    return render_page(request, "meetings/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def people(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose whom the meeting is for; nobody is told yet."""
    meeting = meeting_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = PeopleForm(sent, thing=meeting, may_address=can_address(request.actor))
    if form.is_bound and not form.is_looking and form.is_valid():
        try:
            choose_people(meeting, rule=form.rule, by=request.actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("meetings:invite", pk=pk)
    is_wrong = bool(form.errors) and not form.is_looking
    context = {"form": form, "thing": meeting, "meeting": meeting, "day_off": day_off(meeting)}
    return render_page(request, "meetings/people.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "POST"])
def invite(request: PortalRequest, pk: int) -> HttpResponse:
    """Show by name who will be invited; the button says how many."""
    meeting = meeting_to_keep(request, pk)
    problem = ""
    if request.method == "POST":
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                made = invite_people(meeting, expected=form.ids(), by=request.actor)
            except DomainError as error:
                problem = str(error)
            else:
                messages.success(request, f"เชิญ {len(made)} คนแล้ว ทุกคนได้รับแจ้ง")
                return redirect(meeting)
        else:
            problem = "เปิดหน้านี้ใหม่แล้วกดเชิญอีกครั้ง"
    coming = to_invite(meeting)
    return render_page(
        request,
        "meetings/invite.html",
        {
            "meeting": meeting,
            "people": coming,
            "day_off": day_off(meeting),
            "expected": ",".join(str(member.pk) for member in coming),
            "problem": problem,
        },
        status=422 if problem else 200,
    )


@require_POST
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    seen = Attendance.objects.visible_to(request.user).select_related("meeting__unit", "member")
    attendance = get_object_or_404(seen, pk=pk)
    meeting: Meeting = attendance.meeting
    as_keeper(request.actor, meeting)
    try:
        withdraw_invitation(attendance, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"ถอนชื่อ {attendance.member} แล้ว")
    return redirect(meeting)


@require_http_methods(["GET", "POST"])
def cancel(request: PortalRequest, pk: int) -> HttpResponse:
    """Cancel a planned meeting, with the reason."""
    meeting = meeting_to_keep(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            cancel_meeting(meeting, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "งดประชุมแล้ว ผู้ได้รับเชิญได้รับแจ้ง")
            return redirect(meeting)
    context = {"form": form, "meeting": meeting}
    return render_page(request, "meetings/cancel.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a cancelled meeting take place after all."""
    meeting = meeting_to_keep(request, pk)
    try:
        restore_meeting(meeting, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "กลับมาประชุมตามนัดเดิม")
    return redirect(meeting)
