"""Answering by token: a public page for whoever has the link, and the way to it for the invited.

A half-filled sheet is kept by the browser alone. The server writes nothing down before the sheet
is sent, and of an anonymous one nothing but its envelope.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.rendering import render_page
from research.forms.answering import AnswerForm, given_in
from research.models import Invitation, Survey
from research.services.answering import (
    AlreadySent,
    NotTaking,
    WrongAnswers,
    clean_answers,
    find_invitation,
    invitation_of,
    is_sent,
    questions_of,
    send_answer,
)
from research.services.tokens import token_of

LINK_LOST = "ลิงก์ของท่านออกใหม่ไม่ได้ เพราะระบบเปลี่ยนกุญแจแล้ว ใช้ลิงก์เดิม หรือแจ้งผู้ดูแลระบบ"
KEY_LENGTH = 32


@require_GET
def survey(request: PortalRequest, pk: int) -> HttpResponse:
    """Lead each reader to what they do with the survey: answer it, build it, read its results."""
    found = get_object_or_404(Survey.objects.visible_to(request.user), pk=pk)
    invitation = invitation_of(found, request.user.pk)
    is_kept = Survey.objects.kept_by(request.user).filter(pk=pk).exists()
    waits = invitation is not None and not found.is_closed and not is_sent(invitation)
    reads = is_kept or found.published_at is not None
    if waits or (invitation is not None and not reads):
        return redirect("research:answer-mine", pk=pk)
    return redirect("research:survey-edit" if found.is_draft else "research:survey-results", pk=pk)


@require_GET
def answer_mine(request: PortalRequest, pk: int) -> HttpResponse:
    """Lead the invited member to the own sheet; for everybody else there is none."""
    invitation = invitation_of_reader(request, pk)
    token = token_of(invitation)
    if token is None:
        raise DomainError(LINK_LOST)
    return redirect("research:answer", token=token)


def invitation_of_reader(request: PortalRequest, pk: int) -> Invitation:
    survey = Survey.objects.visible_to(request.user).filter(pk=pk).first()
    invitation = invitation_of(survey, request.user.pk) if survey else None
    if invitation is None:
        raise Http404
    return invitation


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def answer(request: PortalRequest, token: str) -> HttpResponse:
    """Show the sheet, take it back filled, show it once more, and take it for good."""
    invitation = find_invitation(token)
    if invitation is None:
        return _page(request, "answer_shut", {"reason": "unknown"}, status=404)
    survey = invitation.survey
    if is_sent(invitation):
        return _sent(request, invitation)
    now = db_now()
    if survey.has_ended(now):
        return _page(request, "answer_shut", {"reason": "ended", "survey": survey}, status=410)
    if not survey.has_begun(now):
        return _page(request, "answer_shut", {"reason": "early", "survey": survey})
    return _taken(request, invitation) if request.method == "POST" else _empty(request, invitation)


def _empty(request: PortalRequest, invitation: Invitation) -> HttpResponse:
    return _sheet(request, invitation, AnswerForm(questions_of(invitation.survey)))


def _taken(request: PortalRequest, invitation: Invitation) -> HttpResponse:
    """Take what was sent: back to the sheet, on to the last look, or for good."""
    action = request.POST.get("action", "review")
    questions = questions_of(invitation.survey)
    given = given_in(request.POST, questions)
    form = AnswerForm(questions, given)
    if action == "edit":
        return _sheet(request, invitation, form)
    try:
        sheet = clean_answers(questions, given)
        if action != "send":
            return _page(request, "answer_review", _context(invitation, form))
        send_answer(invitation, sheet=sheet)
    except WrongAnswers as error:
        return _sheet(request, invitation, AnswerForm(questions, given, error.wrong))
    except (AlreadySent, NotTaking):
        return redirect(request.path)  # the page says it in words
    except DomainError as error:
        return _sheet(request, invitation, form, problem=str(error))
    return redirect(request.path)


def _sheet(
    request: PortalRequest, invitation: Invitation, form: AnswerForm, *, problem: str = ""
) -> HttpResponse:
    context = _context(invitation, form) | {"problem": problem}
    return _page(request, "answer", context, status=422 if form.wrong or problem else 200)


def _sent(request: PortalRequest, invitation: Invitation) -> HttpResponse:
    """Say that the sheet is in; a form sent again is answered with the way to this page."""
    if request.method == "POST":
        return redirect(request.path)
    context = {"survey": invitation.survey, "key": _key(invitation)}
    return _page(request, "answer_sent", context)


def _context(invitation: Invitation, form: AnswerForm) -> dict[str, Any]:
    return {"survey": invitation.survey, "form": form, "key": _key(invitation)}


def _key(invitation: Invitation) -> str:
    """Return the name under which this browser keeps the half-filled sheet."""
    return invitation.token_hash[:KEY_LENGTH]


def _page(
    request: PortalRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page of the sheet: kept by no browser, and found by no search."""
    response = render_page(request, f"research/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
