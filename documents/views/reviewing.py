"""One recipient as the office sees it: its answers, and the office's word on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.forms.board import ExtendForm, ReturnForm
from documents.models import (
    Arrival,
    ArrivalState,
    LetterOrigin,
    Opening,
    Response,
    ResponseKind,
    ResponseState,
)
from documents.policies import can_call, can_follow, can_review
from documents.services.answering import accept_response, extend_deadline, return_response
from documents.services.following import neighbours
from documents.services.wording import answer_words, state_of_arrival
from members.services import act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.clock import bangkok
from portal.core.errors import DomainError
from portal.core.rendering import render_page
from portal.core.thaidates import short_date, short_datetime
from portal.files.models import FileUse
from portal.files.services import files_of

MOST_OPENINGS = 20
RETURN_ID, EXTEND_ID = "return_%s", "extend_%s"  # both forms on one page ask for a reason


@dataclass(frozen=True)
class Said:
    """One question with what was answered."""

    label: str
    words: str
    unit: str = ""
    files: tuple[FileUse, ...] = ()


@dataclass(frozen=True)
class Version:
    """One version of the answer, as the office reads it."""

    response: Response
    said: list[Said]
    files: list[FileUse]


def followed_arrival(request: PortalRequest, pk: int) -> Arrival:
    """Return one recipient of a letter that this member follows; others do not exist."""
    arrival = get_object_or_404(
        Arrival.objects.followed_by(request.user).select_related(
            "letter__owner_unit",
            "letter__office",
            "unit__district",
            "member",
            "entry",
            "received_by",
            "opened_by",
        ),
        pk=pk,
    )
    act_where(request.actor, can_follow, arrival.letter)
    return arrival


def version_of(response: Response, arrival: Arrival) -> Version:
    """Return the answer question by question, photographs beside the question they belong to."""
    letter = arrival.letter
    uses = files_of(response)
    if letter.response_kind == ResponseKind.YES_NO:
        said = [Said("การเข้าร่วม", answer_words("coming", response.data.get("answer")))]
    elif letter.response_kind == ResponseKind.FORM:
        said = [
            Said(
                question["label"],
                answer_words(question["kind"], response.data.get(question["key"])),
                question.get("unit", ""),
                tuple(use for use in uses if use.role == f"answer:{question['key']}"),
            )
            for question in letter.questions
        ]
    else:
        said = []
    shown = {use.pk for one in said for use in one.files}
    return Version(response, said, [use for use in uses if use.pk not in shown])


@require_GET
def arrival(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one recipient: state, answer, history; and the office's deeds."""
    return show(request, followed_arrival(request, pk))


def show(request: PortalRequest, arrival: Arrival, **forms: Any) -> HttpResponse:
    """Render the recipient's page; `forms` holds a bound form that was refused, under its name."""
    letter = arrival.letter
    responses = list(
        arrival.responses.select_related("submitted_by", "reviewed_by").order_by("-version")
    )
    versions = [version_of(response, arrival) for response in responses]
    before, after = neighbours(arrival)
    kind, word = state_of_arrival(arrival, expects_answer=letter.expects_answer)
    last = versions[0] if versions else None
    return render_page(
        request,
        "documents/arrival_review.html",
        {
            "arrival": arrival,
            "letter": letter,
            "kind": kind,
            "word": word,
            "last": last,
            "earlier": versions[1:],
            "may_review": may_do(request.actor, can_review, letter),
            "awaits_review": last is not None and last.response.state == ResponseState.ANSWERED,
            "is_final": arrival.response_state == ResponseState.ACCEPTED,
            "extensions": list(arrival.extensions.select_related("made_by")),
            "openings": list(
                Opening.objects.filter(arrival=arrival)
                .select_related("member")
                .order_by("-at")[:MOST_OPENINGS]
            )
            if letter.origin == LetterOrigin.OFFICE  # who reads in another school is its own affair
            else [],
            "calls": list(arrival.calls.select_related("called_by")),
            "may_call": arrival.state == ArrivalState.WAITING
            and letter.origin == LetterOrigin.OFFICE
            and may_do(request.actor, can_call, letter),
            "before": before,
            "after": after,
            "return_form": forms.get("return_form") or ReturnForm(auto_id=RETURN_ID),
            "returning": "return_form" in forms,
            "extend_form": forms.get("extend_form")
            or ExtendForm(initial=next_due(arrival), auto_id=EXTEND_ID),
            "extending": "extend_form" in forms,
        },
        status=422 if forms else 200,
    )


def next_due(arrival: Arrival) -> dict[str, str]:
    """Return day and time as they stand now, so that only what changes is typed."""
    if arrival.due_at is None:
        return {"due_time": "16.30"}
    due = bangkok(arrival.due_at)
    return {"due_on": short_date(due), "due_time": f"{due:%H.%M}"}


@require_http_methods(["GET", "POST"])
def extend(request: PortalRequest, pk: int) -> HttpResponse:
    """Give this one recipient more time."""
    arrival = followed_arrival(request, pk)
    by = act_where(request.actor, can_review, arrival.letter)
    if request.method == "GET":
        return redirect("documents:arrival", pk=pk)
    form = ExtendForm(request.POST, auto_id=EXTEND_ID)
    if form.is_valid():
        try:
            made = extend_deadline(arrival, by=by, **form.extension())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            until = short_datetime(made.new_due_at)
            messages.success(request, f"ขยายเวลาให้{arrival.unit.label}แล้ว ถึง {until}")
            return redirect("documents:arrival", pk=pk)
    return show(request, arrival, extend_form=form)


def reviewed(request: PortalRequest, pk: int) -> tuple[Response, Arrival]:
    """Return an answer and its recipient, for the office; 403 for those who gave it."""
    response = get_object_or_404(
        Response.objects.visible_to(request.user).select_related(
            "arrival__letter__owner_unit", "arrival__letter__office", "arrival__unit"
        ),
        pk=pk,
    )
    act_where(request.actor, can_review, response.arrival.letter)
    return response, response.arrival


@require_POST
def accept(request: PortalRequest, pk: int) -> HttpResponse:
    """Accept the answer, and go on to the next one when asked to."""
    response, arrival = reviewed(request, pk)
    by = act_where(request.actor, can_review, arrival.letter)
    try:
        accept_response(response, by=by)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("documents:arrival", pk=arrival.pk)
    messages.success(request, f"ตรวจรับคำตอบของ{arrival.unit.label}แล้ว")
    return onward(request, arrival)


def onward(request: PortalRequest, arrival: Arrival) -> HttpResponse:
    """Go to the next answer that waits for a look, or back to the board when there is none."""
    if request.POST.get("then") != "next":
        return redirect("documents:arrival", pk=arrival.pk)
    before, after = neighbours(arrival)
    following = after or before
    if following is None:
        return redirect("documents:letter-board", pk=arrival.letter_id)
    return redirect("documents:arrival", pk=following.pk)


@require_POST
def give_back(request: PortalRequest, pk: int) -> HttpResponse:
    """Return the answer with the reason; the recipient may answer again."""
    response, arrival = reviewed(request, pk)
    by = act_where(request.actor, can_review, arrival.letter)
    form = ReturnForm(request.POST, auto_id=RETURN_ID)
    if form.is_valid():
        try:
            return_response(response, by=by, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ส่งกลับให้{arrival.unit.label}แก้แล้ว โรงเรียนได้รับแจ้งเหตุผล")
            return redirect("documents:arrival", pk=arrival.pk)
    return show(request, followed_arrival(request, arrival.pk), return_form=form)
