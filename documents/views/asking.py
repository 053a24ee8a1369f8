"""Questions about letters: a recipient asks, the officer answers one or all."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.forms.inquiries import AnswerInquiryForm, AskForm, PublishForm
from documents.models import Inquiry, Letter
from documents.policies import can_answer_inquiry
from documents.services.inquiring import (
    answer_inquiry,
    ask_owner,
    publish_inquiry,
    withdraw_inquiry,
)
from documents.views.letters import own_arrival, show_again
from members.models import OFFICE_ROLES
from members.services import may_do, units_of
from portal.core.actors import PortalRequest
from portal.core.errors import Conflict, DomainError, require
from portal.core.formfields import is_id
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page

PAGE_SIZE = 40
TABS = {"open": "รอตอบ", "all": "ทั้งหมด"}
PARTS = ("arrival__letter__owner_unit", "arrival__unit", "asked_by", "answered_by")


@require_http_methods(["GET", "POST"])
def ask(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask the owner of a letter in the name of the unit at whose desk it lies."""
    arrival = own_arrival(request, pk)
    here = f"{arrival.get_absolute_url()}?as={arrival.pk}"
    if request.method == "GET":
        return redirect(f"{here}#questions")
    form = AskForm(request.POST)
    if not form.is_valid():
        return show_again(request, arrival, ask_form=form)
    try:
        ask_owner(arrival, by=request.actor, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"ส่งคำถามถึง{arrival.letter.drafter}แล้ว คำตอบจะขึ้นใต้หนังสือ")
    return redirect(f"{here}#questions")


@require_GET
def inquiries(request: PortalRequest) -> HttpResponse:
    """Show the questions about the letters of the member's office work, open ones first."""
    require(bool(units_of(request.actor, OFFICE_ROLES)))
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    asked = request.GET.get("letter", "")
    rows = Inquiry.objects.asked_of(request.user).filter(arrival__letter__origin="office")
    letter = None
    if is_id(asked):
        letter = Letter.objects.visible_to(request.user).filter(pk=asked).first()
        rows = rows.filter(arrival__letter=int(asked))
    rows = rows.annotate(
        is_done=Case(
            When(answered_at=None, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
    ).select_related(*PARTS)
    if tab == "open":
        rows = rows.open()
    order = ("asked_at", "pk") if tab == "open" else ("is_done", "-asked_at", "-pk")
    page = keyset_page(rows, order=order, cursor=request.GET.get("after"), size=PAGE_SIZE)
    here = Address("documents:inquiries", tab=tab, letter=letter.pk if letter else None)
    return render_page(
        request,
        "documents/inquiries.html",
        {
            "tab": tab,
            "letter": letter,
            "rows": page.items,
            "links": here.links("tab", TABS),
            "is_first": page.is_first,
            "next_url": here.after(page.next_cursor),
            "all_url": here.url(tab="all"),
        },
    )


def asked_inquiry(request: PortalRequest, pk: int) -> Inquiry:
    """Return a question about a letter of the reader's office work; others do not exist."""
    return get_object_or_404(
        Inquiry.objects.asked_of(request.user).select_related(
            *PARTS, "arrival__letter__office", "arrival__letter__drafter", "asked_by"
        ),
        pk=pk,
    )


@require_http_methods(["GET", "POST"])
def inquiry(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one question to the owner of the letter, and take the answer."""
    found = asked_inquiry(request, pk)
    if request.method == "GET":
        form = AnswerInquiryForm(initial={"published_text": found.text}) if found.is_open else None
        return _show(request, found, form)
    require(may_do(request.actor, can_answer_inquiry, found.arrival.letter))
    form = AnswerInquiryForm(request.POST)
    if form.is_valid():
        try:
            answer_inquiry(found, by=request.actor, **form.cleaned_data)
        except Conflict as error:
            messages.error(request, str(error))
            return redirect(found)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            whom = "ผู้รับทุกแห่ง" if form.cleaned_data["publish"] else found.arrival.unit.label
            messages.success(request, f"ตอบแล้ว {whom}อ่านคำตอบได้ใต้หนังสือ")
            return redirect("documents:inquiries")
    return _show(request, found, form, status=422)


@require_POST
def publication(request: PortalRequest, pk: int) -> HttpResponse:
    """Put question and answer under the letter for all, or take them away again."""
    found = asked_inquiry(request, pk)
    require(may_do(request.actor, can_answer_inquiry, found.arrival.letter))
    if request.POST.get("withdraw"):
        withdraw_inquiry(found, by=request.actor)
        messages.success(request, "เลิกเผยแพร่แล้ว ผู้ถามยังอ่านคำตอบได้")
        return redirect(found)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _show(request, found, None, publish_form=form, status=422)
    try:
        publish_inquiry(found, by=request.actor, **form.cleaned_data)
    except DomainError as error:
        form.add_error("published_text", str(error))
        return _show(request, found, None, publish_form=form, status=422)
    else:
        messages.success(request, "เผยแพร่แล้ว ผู้รับทุกแห่งอ่านได้ใต้หนังสือ")
    return redirect(found)


def _show(
    request: PortalRequest,
    found: Inquiry,
    form: AnswerInquiryForm | None,
    *,
    publish_form: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    letter = found.arrival.letter
    words = found.published_text or found.text
    return render_page(
        request,
        "documents/inquiry.html",
        {
            "inquiry": found,
            "letter": letter,
            "form": form,
            "publish_form": publish_form or PublishForm(initial={"published_text": words}),
            "may_answer": may_do(request.actor, can_answer_inquiry, letter),
        },
        status=status,
    )
