"""Giving an answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from documents.forms.answering import AnswerForm
from documents.models import Response
from documents.services.answering import InvalidAnswer, submit_response
from documents.views.letters import own_arrival, show_again
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.thaidates import short_datetime, short_time


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
            return redirect(f"{arrival.get_absolute_url()}?as={arrival.pk}")
    return show_again(request, arrival, answer_form=form)


def _done(response: Response) -> str:
    """Say when it went and until when it can be changed."""
    sentence = f"ส่งคำตอบแล้ว {short_time(response.submitted_at)}"
    due_at = response.arrival.due_at
    if response.is_late:
        return f"{sentence} หลังกำหนด"
    return f"{sentence} แก้ได้ถึง {short_datetime(due_at)}" if due_at else sentence
