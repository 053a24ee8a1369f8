"""Numbers by hand: orders, announcements, certificates, runs for awards, and reservations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from documents.domain import numbers_text
from documents.forms.issuing import AwardForm, IssueForm, PaperFields, ReserveForm, UnitForm
from documents.models import RegisterEntry, Series
from documents.services.issuing import file_paper, issue_awards, issue_number
from documents.services.reserving import reserve_number
from documents.views.registers import issuing, reserving
from members.services import Actor
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.formfields import rows_field
from portal.core.rendering import render_page
from portal.files.models import StoredFile
from portal.files.services import PDF_ONLY, store_upload


def actor_for(request: PortalRequest, form: UnitForm) -> Actor:
    """Return this person in the post that keeps the chosen unit's registers."""
    chosen = form.cleaned_data["unit"]
    return next(actor for unit, actor in issuing(request) if unit.pk == chosen.pk)


def show(request: PortalRequest, template: str, form: UnitForm) -> HttpResponse:
    units = list(rows_field(form, "unit").queryset or ())
    only = units[0] if len(units) == 1 else None
    status = 422 if form.errors else 200
    return render_page(request, template, {"form": form, "only_unit": only}, status=status)


def paper_of(form: PaperFields, actor: Actor) -> StoredFile | None:
    """Take the signed paper in before any number is taken; DomainError says what is wrong."""
    upload = form.cleaned_data["paper"]
    return store_upload(upload, by=actor, kinds=PDF_ONLY) if upload else None


def file_on(entry: RegisterEntry, form: PaperFields, stored: StoredFile | None, by: Actor) -> None:
    if stored is not None:
        file_paper(entry, stored=stored, name=form.cleaned_data["paper"].name, by=by)


def sent(request: PortalRequest) -> tuple[Any, Any]:
    """Return what was typed and uploaded; a page that is only opened sent nothing."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@require_http_methods(["GET", "POST"])
def issue(request: PortalRequest) -> HttpResponse:
    """Issue the number of an order, an announcement or a certificate."""
    units = [unit for unit, _ in issuing(request)]
    require(bool(units))
    series = request.GET.get("series") or Series.ORDER
    form = IssueForm(*sent(request), units=units, initial={"series": series})
    if form.is_valid():
        actor = actor_for(request, form)
        given = form.cleaned_data
        try:
            stored = paper_of(form, actor)
            entry = issue_number(
                given["unit"], given["series"], issue=form.issue(), key=given["key"], by=actor
            )
            file_on(entry, form, stored, actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ออกเลขแล้ว ที่ {entry.letter_number}")
            return redirect("documents:register-entry", pk=entry.pk)
    return show(request, "documents/register_issue.html", form)


@require_http_methods(["GET", "POST"])
def awards(request: PortalRequest) -> HttpResponse:
    """Issue a run of numbers for the certificates of one event."""
    units = [unit for unit, _ in issuing(request)]
    require(bool(units))
    form = AwardForm(*sent(request), units=units)
    if form.is_valid():
        actor = actor_for(request, form)
        given = form.cleaned_data
        try:
            stored = paper_of(form, actor)
            head = issue_awards(
                given["unit"],
                issue=form.issue(),
                names=given["names"],
                count=given["count"] or 0,
                key=given["key"],
                by=actor,
            )
            file_on(head, form, stored, actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            last = head.run_end or head.number
            numbers = numbers_text(head.number, last, head.book.be_year)
            messages.success(request, f"ออกเลขแล้ว {numbers}")
            return redirect("documents:register-entry", pk=head.pk)
    return show(request, "documents/register_awards.html", form)


@require_http_methods(["GET", "POST"])
def reserve(request: PortalRequest) -> HttpResponse:
    """Take a number today for a letter that is still to come."""
    units = [unit for unit, _ in reserving(request)]
    require(bool(units))
    by_hand = [unit for unit, _ in issuing(request)]
    form = ReserveForm(*sent(request), units=units, issuing=by_hand)
    if form.is_valid():
        given = form.cleaned_data
        posts = reserving(request, given["series"])
        actor = next(actor for unit, actor in posts if unit.pk == given["unit"].pk)
        try:
            entry = reserve_number(
                given["unit"],
                given["series"],
                purpose=given["purpose"],
                expires_on=given["expires_on"],
                key=given["key"],
                by=actor,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"จองเลข {entry.number} แล้ว")
            return redirect("documents:register-entry", pk=entry.pk)
    return show(request, "documents/register_reserve.html", form)
