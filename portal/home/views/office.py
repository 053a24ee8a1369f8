"""What is set up and what is missing: the page of the office's administrator, and its deeds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.imports import OPTIONAL, REQUIRED, SchoolFile, read_list
from members.models import Unit
from members.services import Actor, act_for_office, garuda_of, import_schools, set_garuda
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page
from portal.home.forms import GarudaForm, SchoolsForm
from portal.home.policies import can_keep_office
from portal.home.services import MailFailed, checklist, mail_settings, send_test_mail

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 3_000
MOST_BAD = 200


def kept_office(request: PortalRequest) -> tuple[Unit, Actor]:
    """Return the office whose settings this person keeps, and the person in the post that may.

    The office of the acting post comes first; the owner of several offices names one in
    `?office=`. Everybody else gets 403.
    """
    offices = {unit.pk: unit for unit in Unit.objects.administered_by(request.user).order_by("pk")}
    named = request.GET.get("office", "")
    acting = request.actor.holding.post.unit.office_id if request.actor.holding else None
    pk = int(named) if named.isdecimal() and len(named) < 10 else acting
    office = offices.get(pk) if pk else None
    office = office or next(iter(offices.values()), None)
    by: Actor = act_for_office(request.actor, office)
    require(office is not None and can_keep_office(by, office))
    assert office is not None
    return office, by


def _address(name: str, office: Unit) -> str:
    return f"{reverse(name)}?office={office.pk}"


@require_GET
def office_setup(request: PortalRequest) -> HttpResponse:
    """Show what of the office is set up, what is missing, and where it is done."""
    office, _ = kept_office(request)
    return _office_page(request, office)


def _office_page(
    request: PortalRequest, office: Unit, *, form: GarudaForm | None = None, problem: str = ""
) -> HttpResponse:
    steps = checklist(office)
    context = {
        "kept": office,
        "steps": steps,
        "missing": sum(step.is_needed and not step.is_done for step in steps),
        "form": form or GarudaForm(),
        "garuda": garuda_of(office),
        "mail": mail_settings(),
        "problem": problem,
    }
    status = 422 if form or problem else 200
    return render_page(request, "home/office.html", context, status=status)


@require_POST
def office_garuda(request: PortalRequest) -> HttpResponse:
    """Put the office's garuda onto the letters it types from now on."""
    office, by = kept_office(request)
    form = GarudaForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_garuda(office, form.cleaned_data["picture"], by=by)
        except DomainError as error:
            form.add_error("picture", str(error))
        else:
            messages.success(request, "เปลี่ยนภาพตราครุฑแล้ว หนังสือที่พิมพ์ต่อจากนี้ใช้ภาพนี้")
            return redirect(_address("office-setup", office))
    return _office_page(request, office, form=form)


@require_POST
def office_mail(request: PortalRequest) -> HttpResponse:
    """Send a mail to the person's own address and say what the server answered."""
    office, by = kept_office(request)
    try:
        found = send_test_mail(office, to=request.user.email, by=by)
    except MailFailed as error:
        return _office_page(request, office, problem=str(error))
    text = f"ส่งอีเมลทดสอบถึง {request.user.email} แล้ว เปิดกล่องจดหมายดูว่าได้รับ"
    if not found.leaves_the_house:
        text = "ยังไม่ได้ตั้ง EMAIL_URL อีเมลทดสอบจึงเป็นไฟล์ในเครื่องแม่ข่าย"
    messages.success(request, text)
    return redirect(_address("office-setup", office))


@require_http_methods(["GET", "POST"])
def office_schools(request: PortalRequest) -> HttpResponse:
    """Look at a list of schools, or bring it in; the same list twice changes nothing."""
    office, by = kept_office(request)
    is_post = request.method == "POST"
    form = SchoolsForm(request.POST, request.FILES) if is_post else SchoolsForm()
    context = {"kept": office, "form": form, "required": REQUIRED, "optional": OPTIONAL}
    if is_post and form.is_valid():
        is_look = request.POST.get("action") != "import"
        try:
            found = _read(form)
            report = import_schools(
                found.rows,
                office=office,
                by=by,
                source=form.cleaned_data["file"].name,
                dry_run=is_look,
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            bad = sorted(found.bad + report.bad)
            context |= {"report": report, "is_look": is_look, "bad": bad[:MOST_BAD]}
            context["bad_count"] = len(bad)
    status = 422 if form.errors else 200
    return render_page(request, "home/office_schools.html", context, status=status)


def _read(form: SchoolsForm) -> SchoolFile:
    """Return the rows of the file; a list of the whole country is for the command."""
    file = form.cleaned_data["file"]
    found = read_list(file.file, name=file.name, most=MOST_BYTES)
    if len(found.rows) > MOST_ROWS:
        raise DomainError(f"ไฟล์นี้มีมากกว่า {MOST_ROWS:,} โรงเรียน ใช้คำสั่ง import_schools ที่เครื่องแม่ข่ายแทน")
    return found
