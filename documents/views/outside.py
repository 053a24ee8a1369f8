"""Registering a letter from outside: one form, one number."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from documents.forms.answering import stash_token, unstash
from documents.forms.outside import OutsideForm
from documents.models import Matter
from documents.policies import can_take_in
from documents.services.answering import AnswerFile
from documents.services.outside import (
    Paper,
    SeemsRegistered,
    earlier_senders,
    one_pdf,
    register_outside,
)
from members.models import Role, Unit
from members.services import Actor, act_where, units_of
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page
from portal.files.services import ENCLOSURES, PDF_ONLY, PICTURES, store_upload

KINDS = {"main": PDF_ONLY, "photos": PICTURES, "enclosures": ENCLOSURES}
MOST_KEPT = 60


def office_of_registrar(request: PortalRequest) -> Unit:
    """Return the office whose registry this member keeps; 403 when there is none."""
    mine = units_of(request.actor, [Role.CENTRAL_REGISTRAR])
    offices = [unit.office for unit in mine if unit.office]
    require(bool(offices))
    return offices[0]


@require_http_methods(["GET", "POST"])
def outside(request: PortalRequest) -> HttpResponse:
    """Register a letter that came on paper or by mail; it has its number at once."""
    office = office_of_registrar(request)
    actor = act_where(request.actor, can_take_in, office)
    if request.method == "GET":
        return show(request, office, OutsideForm(initial={"addressee": office_head(office)}))
    form = OutsideForm(request.POST, request.FILES)
    kept, problems = bring_in(request, actor)
    for name, problem in problems:
        form.add_error(name, problem)
    if form.is_valid() and not any(one.question in {"main", "photos"} for one in kept):
        form.add_error("main", "แนบไฟล์ PDF หรือภาพถ่ายของหนังสือ")
    if form.is_valid():
        try:
            matter = register(office, form, kept, actor)
        except SeemsRegistered as error:
            form.add_error(None, str(error))
            return show(request, office, form, kept=kept, earlier=error.earlier, status=409)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ลงรับแล้ว เลขรับ {matter.arrival.entry}")
            return redirect("documents:matter-propose", pk=matter.pk)
    return show(request, office, form, kept=kept, status=422)


def register(office: Unit, form: OutsideForm, kept: list[AnswerFile], actor: Actor) -> Matter:
    """Make one letter of what was typed and brought; photos without a PDF become one."""
    papers = {
        name: [Paper(one.stored, one.name) for one in kept if one.question == name]
        for name in KINDS
    }
    if papers["main"]:
        main, rest = papers["main"][0], [*papers["main"][1:], *papers["photos"]]
    else:
        main, rest = one_pdf(papers["photos"], by=actor), []
    return register_outside(
        office,
        envelope=form.envelope(),
        main=main,
        enclosures=[*rest, *papers["enclosures"]],
        again=form.cleaned_data["again"],
        key=form.cleaned_data["key"],
        by=actor,
    )


def bring_in(
    request: PortalRequest, actor: Actor
) -> tuple[list[AnswerFile], list[tuple[str, str]]]:
    """Store what was sent, beside what an earlier try brought; say what cannot be taken."""
    tokens = request.POST.getlist("stash")[:MOST_KEPT]
    found = [unstash(token, request.user.pk) for token in tokens]
    kept = [one for one in found if one is not None and one.question in KINDS]
    problems = []
    for name, kinds in KINDS.items():
        for upload in request.FILES.getlist(name)[:MOST_KEPT]:
            file_name = upload.name or "ไฟล์"
            try:
                stored = store_upload(upload, by=actor, kinds=kinds)
            except DomainError as error:
                problems.append((name, f"{file_name}: {error}"))
            else:
                kept.append(AnswerFile(stored, file_name, name))
    return kept, problems


def office_head(office: Unit) -> str:
    return f"ผู้อำนวยการ{office.name}"


def show(
    request: PortalRequest,
    office: Unit,
    form: OutsideForm,
    *,
    kept: list[AnswerFile] | None = None,
    earlier: Matter | None = None,
    status: int = 200,
) -> HttpResponse:
    files = [
        {
            "token": stash_token(one, request.user.pk),
            "name": one.name,
            "role": one.question,
        }
        for one in kept or []
    ]
    return render_page(
        request,
        "documents/outside.html",
        {
            "office": office,
            "form": form,
            "senders": earlier_senders(office),
            "kept": files,
            "earlier": earlier,
        },
        status=status,
    )
