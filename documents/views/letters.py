"""One letter as its recipients see it: pages, receiving, stamp, refusing, assigning, answering."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.forms.receiving import AssignForm, RefuseForm, StampForm, people_offered
from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    AssignmentPurpose,
    Letter,
    LetterOrigin,
    LetterReference,
    Matter,
    ResponseState,
)
from documents.policies import ASSIGNING_ROLES, RECEIVING_ROLES, can_follow, can_write_back
from documents.querysets import HELD_STATES, READING_DESK_ROLES
from documents.services.answering import why_not_answerable
from documents.services.assigning import acknowledge_assignment, assign_arrival
from documents.services.reading import LETTER_PARTS, answers_of, arrivals_seen_by, assignments_of
from documents.services.receiving import log_opening, move_stamp, refuse_arrival
from documents.services.replying import replies_to
from documents.services.stamping import stamp_data, stamped_copy
from documents.views import recalling, sending
from documents.views.letter_parts import answer_form_for, answering_alike, questions_about
from members.models import OFFICE_ROLES
from members.services import Actor, may_do, units_of
from portal.core.actors import PortalRequest
from portal.core.clock import bangkok, now_here
from portal.core.errors import DomainError
from portal.core.once import fresh_key
from portal.core.remembering import blank
from portal.core.rendering import render_page
from portal.core.thaidates import near
from portal.files.services import files_of

# As for every PDF the portal opens: Safari shows nothing under `sandbox`, viewers bring own styles.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def holds_role(actor: Actor, arrival: Arrival, roles: frozenset[str]) -> bool:
    """Answer whether one of the reader's posts has such a role in the arrival's unit."""
    return any(
        held.post.unit_id == arrival.unit_id and held.post.role in roles
        for held in actor.holdings or ()
    )


def opens(actor: Actor, arrival: Arrival) -> bool:
    """Answer whether this reader receives and answers this arrival."""
    if arrival.member_id is not None:
        return arrival.member_id == actor.member.pk
    return holds_role(actor, arrival, RECEIVING_ROLES)


def choose(arrivals: list[Arrival], wanted: str | None) -> Arrival:
    """Return the arrival to answer: the one asked for, else the first that awaits something."""
    for arrival in arrivals:
        if str(arrival.pk) == wanted:
            return arrival
    waiting = [
        arrival
        for arrival in arrivals
        if arrival.state == ArrivalState.RECEIVED and arrival.awaits_answer
    ]
    received = [arrival for arrival in arrivals if arrival.state == ArrivalState.RECEIVED]
    return next(iter([*waiting, *received, *arrivals]))


def due_state(arrival: Arrival, now: datetime) -> str:
    """Return the kind of the deadline's state, for its colour and icon."""
    if arrival.due_at is None:
        return ""
    if not arrival.is_open:
        return "due"
    if arrival.due_at < now:
        return "overdue"
    days = (bangkok(arrival.due_at).date() - bangkok(now).date()).days
    return "soon" if days <= 1 else "due"


@require_GET
def letter(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the letter to its recipient; whoever sent it goes to draft, review or board."""
    arrivals = arrivals_seen_by(request.user, pk)
    if any(row.state in HELD_STATES for row in arrivals):  # which opens the letter, too
        found = arrivals[0].letter
    else:
        letters = Letter.objects.visible_to(request.user).select_related(*LETTER_PARTS)
        found, arrivals = letters.filter(pk=pk).first(), []
    if found is None:
        return recalling.show_trace(request, pk)
    if found.origin != LetterOrigin.OFFICE or found.is_memo:
        matter = Matter.objects.visible_to(request.user).filter(arrival__letter=found).first()
        elsewhere = [row for row in arrivals if matter is None or row.pk != matter.arrival_id]
        if matter is not None and not elsewhere and leads_to_matter(request, found):
            return redirect(matter)
        arrivals = elsewhere
    if not arrivals:
        return show_to_sender(request, found)
    log_opening(arrivals, by=request.user)  # first, so that the bell above the letter knows it
    return show(request, found, arrivals, choose(arrivals, request.GET.get("as")))


def leads_to_matter(request: PortalRequest, letter: Letter) -> bool:
    """Answer whether this reader follows the letter as a matter of the office.

    Who wrote a memo to several has the board instead, with the office as one of its rows.
    """
    if not letter.is_memo or letter.arrivals.count() == 1:
        return True
    return not any(
        unit.pk == letter.owner_unit_id for unit in units_of(request.actor, OFFICE_ROLES)
    )


def show_to_sender(request: PortalRequest, letter: Letter) -> HttpResponse:
    """Lead whoever sent the letter to its draft, review or board; others read what is published."""
    if not letter.is_sent:
        return sending.review(request, letter)
    if letter.is_to_office_only:
        return show_own(request, letter)
    if letter.is_decree and not letter.audience_rule:
        return show_published(request, letter)
    return redirect("documents:letter-board", pk=letter.pk)


def show_published(request: PortalRequest, letter: Letter) -> HttpResponse:
    """Render an order or announcement that was sent to nobody, for the people of the office."""
    return render_page(
        request,
        "documents/letter_published.html",
        {
            "letter": letter,
            "main": next(iter(files_of(letter, "main")), None),
            "enclosures": files_of(letter, "enclosure"),
            "references": seen_references(request, letter),
            **recalling.way_of(request, letter),
        },
    )


def show_own(request: PortalRequest, letter: Letter) -> HttpResponse:
    """Render a school's letter to its office alone as the school follows it.

    Whether it arrived, under which number, and the letters that answer it: nothing of what goes
    on inside the office.
    """
    return render_page(
        request,
        "documents/letter_own.html",
        {
            "letter": letter,
            "arrival": letter.arrivals.select_related("unit", "entry").first(),
            "replies": list(replies_to(letter, request.user)),
            "main": next(iter(files_of(letter, "main")), None),
            "enclosures": files_of(letter, "enclosure"),
            "references": seen_references(request, letter),
            **recalling.way_of(request, letter),
        },
    )


def seen_references(request: PortalRequest, letter: Letter) -> list[LetterReference]:
    """Return the references; those that this reader may open keep their letter, others do not."""
    references = list(letter.references.select_related("to_letter"))
    named = [reference.to_letter_id for reference in references if reference.to_letter_id]
    seen = (
        set(
            Letter.objects.visible_to(request.user)
            .filter(pk__in=named)
            .values_list("pk", flat=True)
        )
        if named
        else set()
    )
    for reference in references:
        if reference.to_letter_id not in seen:
            reference.to_letter = None
    return references


def show(
    request: PortalRequest,
    letter: Letter,
    arrivals: list[Any],
    chosen: Any,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """Render the letter's page; `forms` holds a bound form that was refused, under its name."""
    now = now_here()
    actor = request.actor
    uses = files_of(letter)
    versions = answers_of(chosen) if chosen.has_answers else []
    last = versions[0] if versions else None
    mine = opens(actor, chosen)
    own = [row for row in arrivals if opens(actor, row)]
    read = [row for row in arrivals if row in own or holds_role(actor, row, READING_DESK_ROLES)]
    locked = why_not_answerable(chosen, now)
    answer_form = forms.get("answer_form")
    if answer_form is None and mine and letter.expects_answer and not locked:
        like = request.GET.get("like")
        answer_form = answer_form_for(chosen, own, last=last, like=like, by=actor)
    assigning = holds_role(actor, chosen, ASSIGNING_ROLES)
    received = chosen.state == ArrivalState.RECEIVED
    assign_form = forms.get("assign_form")
    if assign_form is None and assigning and received and chosen.member_id is None:
        assign_form = blank(AssignForm, people=people_offered(chosen.unit_id))
    given = assignments_of(chosen) if chosen.has_assignments else []
    to_receive = [row for row in own if row.state == ArrivalState.WAITING]
    return render_page(
        request,
        "documents/letter.html",
        {
            "letter": letter,
            "arrivals": arrivals,
            "chosen": chosen,
            "now": now,
            "main": next((use for use in uses if use.role == "main"), None),
            "enclosures": [use for use in uses if use.role == "enclosure"],
            "references": seen_references(request, letter) if chosen.has_references else [],
            "due_kind": due_state(chosen, now),
            "deadline_words": near(chosen.due_at, now) if chosen.due_at else "",
            "to_receive": to_receive,
            "receive_ids": " ".join(str(row.pk) for row in to_receive),
            "key": fresh_key(),
            "stamp": stamp_data(chosen) if chosen.entry_id else None,
            "stamp_form": blank(StampForm, initial={"place": chosen.stamp_place})
            if chosen.entry_id and mine
            else None,
            "refuse_form": forms.get("refuse_form") or blank(RefuseForm),
            "refusing": "refuse_form" in forms,
            "answer_form": answer_form,
            "answer_locked": locked if letter.expects_answer and mine and received else "",
            "last": last,
            "versions": versions,
            "last_files": files_of(last) if last else [],
            "is_returned": chosen.response_state == ResponseState.RETURNED,
            "assign_form": assign_form,
            "assignments": [
                row for row in given if assigning and row.purpose == AssignmentPurpose.ACT
            ],
            "circulated": len(given),
            "known": sum(row.acknowledged_at is not None for row in given),
            "may_write_back": received and may_do(actor, can_write_back, chosen),
            "own_assignment": next(
                (row for row in given if row.assignee_id == request.user.pk), None
            ),
            "may_follow": can_follow(actor, letter),
            **recalling.way_of(request, letter),
            "is_mine": mine and not letter.is_internal,
            **answering_alike(chosen, own, last=last),
            **questions_about(
                chosen,
                read,
                asked=chosen.has_inquiries,
                may_ask=mine,
                now=now,
                form=forms.get("ask_form"),
            ),
        },
        status=status,
    )


def own_arrival(request: PortalRequest, pk: int) -> Arrival:
    """Return an arrival at a desk of this reader; anything else does not exist."""
    return get_object_or_404(
        Arrival.objects.at_desk_of(request.user).select_related(
            "letter__owner_unit", "letter__office", "letter__drafter", "unit", "entry"
        ),
        pk=pk,
    )


def show_again(request: PortalRequest, arrival: Arrival, **forms: Any) -> HttpResponse:
    """Show the letter's page with a refused form, keeping what was typed."""
    rows = arrivals_seen_by(request.user, arrival.letter_id)
    chosen = next(row for row in rows if row.pk == arrival.pk)
    if chosen.state == ArrivalState.RECALLED:  # it was taken back while the page was open
        messages.error(request, "ฉบับนี้ถูกดึงกลับแล้ว")
        return redirect(arrival)
    return show(request, chosen.letter, rows, chosen, status=422, **forms)


@require_http_methods(["GET", "POST"])
def refuse(request: PortalRequest, pk: int) -> HttpResponse:
    """Send a letter back that is not this recipient's."""
    arrival = own_arrival(request, pk)
    if request.method == "GET":
        return redirect(arrival)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            refuse_arrival(arrival, by=request.actor, **form.cleaned_data)
        except DomainError as error:  # a colleague was faster: there is no form to show any more
            messages.error(request, str(error))
            return redirect(f"{arrival.get_absolute_url()}?as={arrival.pk}")
        else:
            messages.success(request, f"ส่งคืนแล้ว {arrival.unit.label} เจ้าของเรื่องได้รับแจ้งเหตุผล")
            return redirect("documents:inbox")
    return show_again(request, arrival, refuse_form=form)


@require_http_methods(["GET", "POST"])
def assign(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a received letter to people of the unit."""
    arrival = own_arrival(request, pk)
    if request.method == "GET":
        return redirect(arrival)
    form = AssignForm(request.POST, people=people_offered(arrival.unit_id))
    if form.is_valid():
        try:
            made = assign_arrival(arrival, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            names = ", ".join(str(assignment.assignee) for assignment in made)
            messages.success(request, f"มอบหมายแล้ว: {names}")
            return redirect(f"{arrival.get_absolute_url()}?as={arrival.pk}")
    return show_again(request, arrival, assign_form=form)


@require_POST
def acknowledge(request: PortalRequest, pk: int) -> HttpResponse:
    """The assignee says that they know."""
    assignment = get_object_or_404(
        Assignment.objects.visible_to(request.user).select_related("arrival"), pk=pk
    )
    acknowledge_assignment(assignment, by=request.actor)
    messages.success(request, "รับทราบแล้ว")
    if request.POST.get("back") == "list":
        return redirect("documents:assigned")
    return redirect(assignment.arrival)


@require_POST
def stamp(request: PortalRequest, pk: int) -> HttpResponse:
    """Move the receipt stamp when its corner is occupied."""
    arrival = own_arrival(request, pk)
    try:
        move_stamp(arrival, place=request.POST.get("place", ""), by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "ย้ายตรารับแล้ว")
    return redirect(f"{arrival.get_absolute_url()}?as={arrival.pk}")


@require_GET
def stamped_pdf(request: PortalRequest, pk: int) -> HttpResponse:
    """Return the recipient's own copy with the receipt stamp; the gate is asked each time."""
    arrival = get_object_or_404(
        Arrival.objects.visible_to(request.user).select_related("letter", "unit", "entry"), pk=pk
    )
    main = next(iter(files_of(arrival.letter, "main")), None)
    if arrival.entry is None or main is None:
        raise Http404
    etag = quote_etag(f"{main.stored.sha256}-{arrival.entry_id}-{arrival.stamp_place}")
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(stamped_copy(arrival, main), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="receipt-{arrival.entry.number}.pdf"'
        response["Content-Security-Policy"] = PDF_POLICY
        response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
