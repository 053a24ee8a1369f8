"""Letters of the office: the list, and a draft from its first word to the registrar's desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.forms.drafting import CONTROLS, NewLetterForm, press
from documents.forms.sending import ReasonForm
from documents.models import Letter, MainSource
from documents.policies import can_edit, can_follow, can_register
from documents.querysets import WRITING_ROLES
from documents.services.drafting import (
    AUDIENCE,
    attach_enclosure,
    attach_main,
    create_letter,
    discard_letter,
    move_enclosure,
    remove_file,
    restore_letter,
    return_letter,
    set_audience,
    submit_letter,
)
from documents.services.typesetting import typeset_letter
from documents.views.draft_page import (
    deadlines,
    editor_of,
    keep,
    keep_with,
    letter_of,
    missing,
    saved_text,
    show_both,
    show_draft,
)
from documents.views.reaching import quiet_of
from documents.views.sending import show_review
from documents.views.sent_list import show_sent
from members.forms import AudienceForm, chosen_meanwhile
from members.services import Actor, act_at, act_where, units_of
from portal.core.actors import PortalRequest
from portal.core.drafts import keep_chosen
from portal.core.errors import DomainError, require
from portal.core.rendering import file_response, render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before
from portal.files.domain.kinds import PDF
from portal.files.services import ENCLOSURES, PDF_ONLY, files_of, store_upload

STAYS = ("q:", "ref:", "lines:", "due:", "file:")


@require_GET
def sent(request: PortalRequest) -> HttpResponse:
    """List the letters of the office work: drafts, waiting for a number, followed, all."""
    require(bool(units_of(request.actor, WRITING_ROLES)))
    return show_sent(request)


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Begin a draft: for which unit (when several are possible) and of which kind."""
    units = units_of(request.actor, WRITING_ROLES)
    require(bool(units))
    data = request.POST if request.method == "POST" else None
    form = NewLetterForm(data, units=units)
    if form.is_valid():
        unit = form.cleaned_data["owner_unit"]
        actor = act_at(request.actor, [unit.pk], WRITING_ROLES)
        try:
            letter = create_letter(
                unit, kind=form.cleaned_data["kind"], key=form.cleaned_data["key"], by=actor
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("documents:letter-edit", pk=letter.pk)
    return render_page(
        request,
        "documents/letter_new.html",
        {"form": form, "is_choice": len(units) > 1, "unit": units[0]},
        status=422 if form.errors else 200,
    )


# The draft's page -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the draft; keep what was typed and do what the button says.

    A letter that was sent can only be read here: its own address leads to the board.
    """
    letter = letter_of(request, pk)
    if letter.is_sent:
        act_where(request.actor, can_follow, letter)
        return show_review(request, letter)
    actor = editor_of(request, letter)
    if not letter.is_draft:
        return redirect(letter)
    if request.method == "GET":
        return show_draft(request, letter, actor, words=request.GET.get("ref_q", ""))
    data = request.POST.copy()
    keep_chosen(data, CONTROLS)
    action = request.POST.get("action", "save")
    press(data, action, letter=letter, actor=actor, deadlines=deadlines(letter))
    kept = keep(data, letter, actor)
    if kept.differs:
        return show_both(request, kept)
    if action.startswith("file:"):
        _, deed, public_id = f"{action}::".split(":")[:3]
        move_enclosure(kept.letter, public_id=public_id, step=1 if deed == "down" else -1, by=actor)
    if action.startswith(STAYS) or kept.form.errors:
        words = data.get("ref_q", "")
        return show_draft(request, kept.letter, actor, form=kept.form, words=words)
    if action == "audience":
        return redirect("documents:letter-audience", pk=letter.pk)
    messages.success(request, saved_text(kept.letter))
    return redirect("documents:letter-edit", pk=letter.pk)


@require_POST
def save(request: PortalRequest, pk: int) -> HttpResponse:
    """Save the draft while it is typed; the answer is for the page's script."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    try:
        kept = keep(request.POST.copy(), letter, actor)
    except DomainError as error:
        return JsonResponse({"problem": str(error)}, status=error.status)
    if kept.differs:
        said = "มีคนแก้หน้านี้พร้อมกัน เลือกเก็บของท่าน ของเขา หรือดูทั้งสอง"
        return JsonResponse({"problem": said, "differs": True}, status=409)
    return JsonResponse(
        {
            "version": kept.letter.version,
            "saved_text": saved_text(kept.letter),
            "errors": kept.form.sentences,
            "missing": missing(kept.letter),
            "proposal": kept.form.proposal,
        }
    )


@require_POST
def upload(request: PortalRequest, pk: int) -> HttpResponse:
    """Attach the letter's PDF and its enclosures; what was typed on the page is kept as well."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    kept = keep_with(request, letter, actor)
    if kept.differs:
        return show_both(request, kept)
    problems = attach_all(request, kept.letter, actor)
    if problems or kept.form.errors or request.htmx:
        return show_draft(request, kept.letter, actor, form=kept.form, file_problems=problems)
    return redirect(f"{reverse('documents:letter-edit', args=[pk])}#files")


def attach_all(request: PortalRequest, letter: Letter, actor: Actor) -> list[str]:
    """Take in every file that was sent; return a sentence for each that cannot be taken."""
    problems = []
    for name, kinds in (("main", PDF_ONLY), ("enclosure", ENCLOSURES)):
        for given in request.FILES.getlist(name):
            file_name = given.name or "ไฟล์"
            try:
                stored = store_upload(given, by=actor, kinds=kinds)
                attach = attach_main if name == "main" else attach_enclosure
                attach(letter, stored=stored, name=file_name, by=actor)
            except DomainError as error:
                problems.append(f"{file_name}: {error}")
    if not request.FILES:
        problems.append("เลือกไฟล์ก่อน แล้วจึงกดแนบ")
    return problems


@require_POST
def remove(request: PortalRequest, pk: int, public_id: str) -> HttpResponse:
    """Take a file off the draft."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    use = next((use for use in files_of(letter) if str(use.public_id) == str(public_id)), None)
    if use is None:
        raise Http404
    kept = keep_with(request, letter, actor)
    if kept.differs:
        return show_both(request, kept)
    try:
        remove_file(kept.letter, use=use, by=actor)
    except DomainError as error:
        return show_draft(request, kept.letter, actor, form=kept.form, problem=str(error))
    if request.htmx or kept.form.errors:
        return show_draft(request, kept.letter, actor, form=kept.form)
    return redirect(f"{reverse('documents:letter-edit', args=[pk])}#files")


@require_GET
def preview(request: PortalRequest, pk: int) -> HttpResponse:
    """Return the typed letter as PDF, as it was saved last; an uploaded one is that file."""
    letter = letter_of(request, pk)
    act_where(request.actor, can_follow, letter)
    if letter.main_source != MainSource.TYPED:
        raise Http404
    response = file_response(typeset_letter(letter), PDF, f"draft-{letter.pk}.pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_http_methods(["GET", "POST"])
def audience(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose for whom the draft is."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    if not letter.is_draft or letter.is_internal or letter.outside_party:
        return redirect(letter)
    data = request.POST if request.method == "POST" else None
    sender = letter.owner_unit if letter.is_numbered_by_owner else None
    form = AudienceForm(data, office=letter.office, rule=letter.audience_rule, sender=sender)
    seen = seen_before(data, letter, AUDIENCE)
    other: list[Theirs] = []
    if form.is_bound and not form.is_looking and form.is_valid():
        try:
            set_audience(letter, rule=form.rule, seen=seen, by=actor)
        except Overtaken as moved:
            seen, other = seen_as(moved.row, AUDIENCE), chosen_meanwhile(moved.row)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกผู้รับแล้ว")
            return redirect(f"{reverse('documents:letter-edit', args=[pk])}#recipients")
    refused = bool(form.errors) and not form.is_looking
    return render_page(
        request,
        "documents/letter_audience.html",
        {
            "letter": letter,
            "audience": form,
            "quiet": quiet_of(letter, form.shown_rule),
            "seen": seen,
            "theirs": other,
        },
        status=409 if other else 422 if refused else 200,
    )


# Handing in, giving back, throwing away ---------------------------------------------------------


@require_POST
def submit(request: PortalRequest, pk: int) -> HttpResponse:
    """Hand the draft in for its number."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    if not letter.is_draft:
        return redirect(letter)
    kept = keep_with(request, letter, actor)
    if kept.differs:
        return show_both(request, kept)
    if kept.form.errors:
        return show_draft(request, kept.letter, actor, form=kept.form)
    try:
        submit_letter(kept.letter, by=actor)
    except DomainError as error:
        return show_draft(request, kept.letter, actor, form=kept.form, problem=str(error))
    messages.success(request, "เสนอแล้ว สารบรรณได้รับแจ้งให้ออกเลข")
    return redirect(letter)


@require_POST
def give_back(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a submitted letter back to its drafter, or take one's own back, with a reason."""
    letter = letter_of(request, pk)
    actor = act_where(request.actor, may_return, letter)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            return_letter(letter, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "ส่งกลับให้แก้แล้ว ผู้ร่างได้รับแจ้งเหตุผล")
            return redirect("documents:sent")
    return show_review(request, letter, form=form)


def may_return(actor: Actor, letter: Letter) -> bool:
    return can_register(actor, letter) or can_edit(actor, letter)


@require_POST
def discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Throw the draft away; the message offers to take it back."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    try:
        discard_letter(letter, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(letter)
    words = render_to_string("documents/sent_undo.html", {"letter": letter}, request=request)
    messages.success(request, words)
    return redirect(f"{reverse('documents:sent')}?state=draft")


@require_POST
def restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a discarded draft back."""
    letter = letter_of(request, pk)
    actor = editor_of(request, letter)
    try:
        restore_letter(letter, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(letter)
    messages.success(request, "เอาร่างกลับมาแล้ว")
    return redirect("documents:letter-edit", pk=letter.pk)
