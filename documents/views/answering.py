"""Giving an answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from documents.forms.answering import AnswerForm
from documents.models import Arrival, HalfAnswer, Response
from documents.services.answering import InvalidAnswer, submit_response
from documents.services.half_answers import (
    HalfAnswerConflict,
    HalfAnswerTooLong,
    keep_answer,
)
from documents.views.letters import own_arrival, show_again
from portal.core.actors import PortalRequest
from portal.core.drafts import Difference, keep_chosen, typed_in
from portal.core.errors import DomainError
from portal.core.rendering import render_page
from portal.core.thaidates import short_datetime, short_time

FILE_WORDS = {"stash", "in_pieces"}


@require_http_methods(["GET", "POST"])
def answer(request: PortalRequest, pk: int) -> HttpResponse:
    """Answer a letter in the name of the unit at whose desk it lies."""
    arrival = own_arrival(request, pk)
    if request.method == "GET":
        return redirect(f"{arrival.get_absolute_url()}?as={arrival.pk}#answer")
    form = AnswerForm(request.POST, request.FILES, arrival=arrival, actor=request.actor)
    if form.is_valid():
        try:
            response = submit_response(arrival, by=request.actor, **form.answer())
        except InvalidAnswer as error:
            for name, problem in error.errors.items():
                form.add_error(name if name in form.fields else None, problem)
        except DomainError as error:  # said above the page: the form may be locked by now
            messages.error(request, str(error))
        else:
            messages.success(request, _done(response))
            return redirect(_after(request, arrival))
    return show_again(request, arrival, answer_form=form)


def _after(request: PortalRequest, arrival: Arrival) -> str:
    """Back to the letter; to its form when another own school still has to answer it."""
    here = f"{arrival.get_absolute_url()}?as={arrival.pk}"
    others = Arrival.objects.open().at_desk_of(request.user).filter(letter=arrival.letter_id)
    return f"{here}#answer" if others.exclude(pk=arrival.pk).exists() else here


def _done(response: Response) -> str:
    """Say when it went and until when it can be changed."""
    sentence = f"ส่งคำตอบแล้ว {short_time(response.submitted_at)}"
    due_at = response.arrival.due_at
    if response.is_late:
        return f"{sentence} หลังกำหนด"
    return f"{sentence} แก้ได้ถึง {short_datetime(due_at)}" if due_at else sentence


# Half filled ------------------------------------------------------------------------------------


@require_POST
def half(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep what is filled in without sending it; when a colleague was faster, show both."""
    arrival = own_arrival(request, pk)
    data = request.POST.copy()
    keep_chosen(data)
    form = AnswerForm(data, request.FILES, arrival=arrival, actor=request.actor)
    try:
        kept = _keep(form)
    except HalfAnswerConflict as conflict:
        return _show_both(request, form, conflict.current)
    except HalfAnswerTooLong as error:
        messages.error(request, str(error))
        return show_again(request, arrival, answer_form=form)
    messages.success(request, f"{_kept_text(kept)} ยังไม่ได้ส่ง")
    return redirect(f"{arrival.get_absolute_url()}?as={arrival.pk}#answer")


@require_POST
def half_save(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep what is filled in while it is typed; the answer is for the page's script.

    Files that came in pieces are looked at and kept now; `files` are all there are, each with the
    word by which the form names it from now on.
    """
    arrival = own_arrival(request, pk)
    form = AnswerForm(request.POST, request.FILES, arrival=arrival, actor=request.actor)
    try:
        kept = _keep(form)
    except HalfAnswerConflict as conflict:
        said = f"{conflict} เมื่อ {short_time(conflict.current.saved_at)}"
        return JsonResponse({"problem": said, "differs": True}, status=409)
    except DomainError as error:
        return JsonResponse({"problem": str(error)}, status=error.status)
    return JsonResponse(
        {
            "version": kept.version,
            "saved_text": f"{_kept_text(kept)} ยังไม่ได้ส่ง",
            "errors": {name: form.errors[name][0] for name in form.refused_files},
            "brought": request.POST.getlist("in_pieces"),
            "files": form.stashed,
        }
    )


def _keep(form: AnswerForm) -> HalfAnswer:
    """Keep whatever is filled in; only a file that cannot be taken is left out."""
    form.full_clean()
    return keep_answer(
        form.arrival,
        version=_number(form.data.get("version")),
        base=_number(form.data.get("base")),
        data=form.filled(),
        files=form.answer_files,
        by=form.actor,
    )


def _number(text: str | None) -> int:
    """Read a count the page carries; nonsense is the one that fits nothing."""
    return int(text[:6]) if text and text.isdecimal() else 0


def _kept_text(kept: HalfAnswer) -> str:
    return f"เก็บไว้แล้ว {short_time(kept.saved_at)}"


def _show_both(request: PortalRequest, form: AnswerForm, current: HalfAnswer) -> HttpResponse:
    """Show what was filled in here beside what a colleague kept; the files of both stay."""
    filled = form.filled()
    differs = [
        Difference(name, str(form.fields[name].label), mine, current.data.get(name, ""))
        for name, mine in filled.items()
        if mine != current.data.get(name, "")
    ]
    typed = [(name, text) for name, text in typed_in(request.POST) if name not in FILE_WORDS]
    return render_page(
        request,
        "documents/half_both.html",
        {
            "arrival": form.arrival,
            "current": current,
            "differs": differs,
            "typed": [*typed, *(("stash", row["token"]) for row in form.files_with(current))],
        },
        status=409,
    )
