"""Write an announcement: its words, its recipients, its files."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from members.forms import AudienceForm, chosen_meanwhile
from members.models import UnitKind
from members.services import Actor, act_at, count_audience, describe_audience, units_of
from portal.announcements.forms import DraftForm, NewAnnouncementForm
from portal.announcements.models import Announcement
from portal.announcements.policies import can_choose_audience
from portal.announcements.querysets import ANNOUNCING_ROLES
from portal.announcements.services import (
    ATTACHMENT,
    AUDIENCE,
    Outrun,
    attach_file,
    create_announcement,
    discard_draft,
    missing_for_publishing,
    remove_file,
    restore_draft,
    save_draft,
    set_audience,
)
from portal.announcements.views.fetching import draft_of, manager_of
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs
from portal.files.services import ENCLOSURES, files_of, store_upload
from portal.richtext.domain import plain_text


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Write the first words of an announcement; then choose for whom it is."""
    units = units_of(request.actor, ANNOUNCING_ROLES)
    require(bool(units))
    data = request.POST if request.method == "POST" else None
    form = NewAnnouncementForm(data, units=units)
    if form.is_valid():
        said = form.cleaned_data
        unit = said.pop("unit")
        try:
            actor = act_at(request.actor, [unit.pk], ANNOUNCING_ROLES)
            made = create_announcement(unit, by=actor, **said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกร่างแล้ว")
            goes_to_chosen = can_choose_audience(actor, made) and not made.is_public
            page = "announcements:audience" if goes_to_chosen else "announcements:edit"
            return redirect(page, pk=made.pk)
    return render_page(
        request,
        "announcements/new.html",
        {
            "form": form,
            "unit": units[0],
            "is_choice": len(units) > 1,
            "may_choose": any(unit.kind != UnitKind.SCHOOL for unit in units),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a draft; keep what was typed and go where the button says."""
    found, actor = draft_of(request, pk)
    if not found.is_draft:
        return redirect(found)
    if request.method == "GET":
        return show_draft(request, found)
    kept = keep(request, found, actor)
    if isinstance(kept, DraftForm):
        return show_draft(request, found, form=kept)
    if request.POST.get("action") == "audience":
        return redirect("announcements:audience", pk=found.pk)
    messages.success(request, "บันทึกร่างแล้ว")
    return redirect("announcements:edit", pk=found.pk)


def keep(request: PortalRequest, found: Announcement, actor: Actor) -> Announcement | DraftForm:
    """Save what was typed on the draft's page; return the form when it cannot be saved."""
    form = DraftForm(request.POST, units=[found.unit])
    if not form.is_valid():
        return form
    try:
        return save_draft(found, by=actor, **form.cleaned_data)
    except Outrun as error:
        current = Announcement.objects.get(pk=found.pk)
        other = what_they_wrote(form, current)
        data = {**request.POST.dict(), "version": str(current.version)}
        form = DraftForm(data, units=[found.unit])
        form.add_error(None, str(error))
        form.theirs = other
        return form


def what_they_wrote(form: DraftForm, current: Announcement) -> list[Theirs]:
    """Return what the draft says now where something else was typed, as plain text."""
    return [
        replace(one, text=plain_text(one.text)) if one.label == form["text"].label else one
        for one in theirs(form, DraftForm.initial_of(current))
    ]


def show_draft(
    request: PortalRequest,
    found: Announcement,
    *,
    form: DraftForm | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    """Render the draft's page with what it still lacks."""
    form = form or DraftForm(units=[found.unit], initial=DraftForm.initial_of(found))
    rule = found.audience_rule
    return render_page(
        request,
        "announcements/edit.html",
        {
            "announcement": found,
            "form": form,
            "problems": problems or [],
            "files": files_of(found, ATTACHMENT),
            "take": ENCLOSURES.accept,
            "headcount": count_audience(rule, office=found.office) if rule else None,
            "audience": describe_audience(rule, found.office) if rule else "",
            "may_choose": can_choose_audience(manager_of(request, found), found),
            "missing": missing_for_publishing(found),
        },
        status=409 if form.theirs else 422 if form.errors or problems else 200,
    )


@require_http_methods(["GET", "POST"])
def audience(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose for whom the draft is."""
    found, actor = draft_of(request, pk)
    require(can_choose_audience(actor, found))
    if not found.is_draft:
        return redirect(found)
    data = request.POST if request.method == "POST" else None
    form = AudienceForm(
        data, office=found.office, rule=found.audience_rule, is_required=not found.is_public
    )
    seen = seen_before(data, found, AUDIENCE)
    other: list[Theirs] = []
    if form.is_bound and not form.is_looking and form.is_valid():
        try:
            set_audience(found, rule=form.rule, seen=seen, by=actor)
        except Overtaken as moved:
            seen, other = seen_as(moved.row, AUDIENCE), chosen_meanwhile(moved.row)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกผู้รับแล้ว")
            return redirect(f"{reverse('announcements:edit', args=[pk])}#recipients")
    refused = bool(form.errors) and not form.is_looking
    return render_page(
        request,
        "announcements/audience.html",
        {"announcement": found, "audience": form, "seen": seen, "theirs": other},
        status=409 if other else 422 if refused else 200,
    )


@require_POST
def upload(request: PortalRequest, pk: int) -> HttpResponse:
    """Attach the files that were chosen; what was typed on the page is kept as well."""
    found, actor = draft_of(request, pk)
    if not found.is_draft:
        return redirect(found)
    kept = keep(request, found, actor)
    if isinstance(kept, DraftForm):
        return show_draft(request, found, form=kept)
    problems = []
    for given in request.FILES.getlist("attachment"):
        name = given.name or "ไฟล์"
        try:
            attach_file(
                found, stored=store_upload(given, by=actor, kinds=ENCLOSURES), name=name, by=actor
            )
        except DomainError as error:
            problems.append(f"{name}: {error}")
    if not request.FILES:
        problems.append("เลือกไฟล์ก่อน แล้วจึงกดแนบ")
    if problems:
        return show_draft(request, kept, problems=problems)
    return redirect(f"{reverse('announcements:edit', args=[pk])}#files")


@require_POST
def remove(request: PortalRequest, pk: int, public_id: UUID) -> HttpResponse:
    """Take a file off the draft; what was typed on the page is kept as well."""
    found, actor = draft_of(request, pk)
    use = next((one for one in files_of(found) if one.public_id == public_id), None)
    if use is None:
        raise Http404
    kept = keep(request, found, actor)
    if isinstance(kept, DraftForm):
        return show_draft(request, found, form=kept)
    remove_file(kept, use=use, by=actor)
    return redirect(f"{reverse('announcements:edit', args=[pk])}#files")


@require_POST
def discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Throw the draft away; the message offers to take it back."""
    found, actor = draft_of(request, pk)
    discard_draft(found, by=actor)
    words = render_to_string("announcements/undo.html", {"announcement": found}, request=request)
    messages.success(request, words)
    return redirect(f"{reverse('announcements:index')}?tab=own")


@require_POST
def restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Take back a draft that was thrown away."""
    found, actor = draft_of(request, pk)
    restore_draft(found, by=actor)
    messages.success(request, "เอาร่างกลับมาแล้ว")
    return redirect("announcements:edit", pk=pk)
