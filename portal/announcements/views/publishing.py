"""Publish an announcement to its recipients, and withdraw it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from members.models import AudienceSnapshot
from members.services import Actor
from portal.announcements.forms import DraftForm, PublishForm, WithdrawForm
from portal.announcements.models import Announcement
from portal.announcements.services import (
    ATTACHMENT,
    people_among,
    prepare_publishing,
    publish_announcement,
    withdraw_announcement,
)
from portal.announcements.views.fetching import draft_of
from portal.announcements.views.reading import counts_of
from portal.announcements.views.writing import keep, show_draft
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.once import fresh_key
from portal.core.rendering import render_page
from portal.files.services import files_of


@require_http_methods(["GET", "POST"])
def confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """Save what was typed, freeze the recipients and ask once more; a GET shows the draft."""
    found, actor = draft_of(request, pk)
    if request.method == "GET" or not found.is_draft:
        return redirect(found)
    kept = keep(request, found, actor)
    if isinstance(kept, DraftForm):
        return show_draft(request, found, form=kept)
    return ask(request, kept, actor)


def ask(
    request: PortalRequest, found: Announcement, actor: Actor, *, problem: str = ""
) -> HttpResponse:
    """Show to how many people it will go; what is missing is said on the draft's page."""
    try:
        snapshot = prepare_publishing(found, by=actor)
    except DomainError as error:
        return show_draft(request, found, problems=[str(error)])
    return render_page(
        request,
        "announcements/confirm.html",
        {
            "announcement": found,
            "snapshot": snapshot,
            "people": people_among(snapshot.recipients).count(),
            "files": files_of(found, ATTACHMENT),
            "key": fresh_key(),
            "problem": problem,
        },
        status=409 if problem else 200,
    )


@require_POST
def publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Publish to the recipients of the page that asked."""
    found, actor = draft_of(request, pk)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return redirect(found)
    snapshot = get_object_or_404(
        AudienceSnapshot.objects.filter(office=found.office), pk=form.cleaned_data["snapshot"]
    )
    try:
        publish_announcement(found, snapshot=snapshot, key=form.cleaned_data["key"], by=actor)
    except DomainError as error:
        if found.is_draft:
            return ask(request, found, actor, problem=str(error))
        messages.info(request, "ประกาศนี้เผยแพร่ไปแล้ว จึงไม่ได้เผยแพร่ซ้ำ")
        return redirect(found)
    messages.success(request, "เผยแพร่แล้ว ผู้รับได้รับแจ้งเตือน")
    return redirect(found)


@require_http_methods(["GET", "POST"])
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an announcement away from its recipients, with a reason."""
    found, actor = draft_of(request, pk)
    if not found.is_published:
        return redirect(found)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw_announcement(found, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "ถอนประกาศแล้ว ผู้รับไม่เห็นอีก")
            return redirect(found)
    context = {"announcement": found, "form": form, "counts": counts_of(found)}
    return render_page(
        request, "announcements/withdraw.html", context, status=422 if form.errors else 200
    )
