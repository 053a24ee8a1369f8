"""The doors of the office's first day: a code, one page, and 404 for ever after."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.rendering import render_page
from portal.home.forms import CodeForm, FirstDayForm
from portal.home.services import (
    AlreadyFounded,
    found_office,
    helpers,
    is_current_code,
    is_founded,
    mail_settings,
)

OPENED = "setup_until"
OPEN_SECONDS = 2 * 60 * 60
WRONG_CODE = "รหัสนี้ไม่ถูกหรือหมดอายุแล้ว ขอรหัสใหม่ที่เครื่องแม่ข่าย"


@login_not_required
@never_cache
@sensitive_post_parameters("code", "password", "password_again")
@require_http_methods(["GET", "POST"])
def setup(request: PortalRequest) -> HttpResponse:
    """Ask for the server's code, then for all that an office needs to begin.

    There is no such page as soon as there is an office; who has just founded it goes on.
    """
    if is_founded():
        return _over(request)
    if request.method == "GET":
        return _form_page(request, FirstDayForm()) if _is_open(request) else _code_page(request)
    if "name" in request.POST:
        return _found(request)
    code = CodeForm(request.POST)
    if not _opens(request, code):
        return _code_page(request, code)
    return redirect("setup")


def _over(request: PortalRequest) -> HttpResponse:
    if OPENED not in request.session:
        raise Http404
    return redirect("office-setup")


def _is_open(request: PortalRequest) -> bool:
    """Answer whether this browser gave the right code, at most two hours ago."""
    return float(request.session.get(OPENED, 0)) > db_now().timestamp()


def _opens(request: PortalRequest, code: CodeForm) -> bool:
    """Answer whether the code is right, and remember that it was."""
    if not code.is_valid():
        return False
    if not is_current_code(code.cleaned_data["code"]):
        code.add_error("code", WRONG_CODE)
        return False
    request.session.cycle_key()
    request.session[OPENED] = db_now().timestamp() + OPEN_SECONDS
    return True


def _found(request: PortalRequest) -> HttpResponse:
    """Found the office; where anything is wrong, the page comes back with what was typed."""
    code = None if _is_open(request) else CodeForm(request.POST)
    form = FirstDayForm(request.POST, request.FILES)
    is_sound = form.is_valid()
    if code is not None and not _opens(request, code):
        return _form_page(request, form, code=code)
    if is_sound:
        try:
            office = found_office(form.first_day(), way="page")
        except AlreadyFounded:
            return _over(request)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ตั้ง{office.name}แล้ว ลงชื่อเข้าใช้ด้วยบัญชีที่เพิ่งตั้ง")
            return redirect("office-setup")
    return _form_page(request, form)


def _code_page(request: PortalRequest, form: CodeForm | None = None) -> HttpResponse:
    context = {"form": form or CodeForm()}
    return render_page(request, "home/setup_code.html", context, status=422 if form else 200)


def _form_page(
    request: PortalRequest, form: FirstDayForm, *, code: CodeForm | None = None
) -> HttpResponse:
    """Show the page; what the environment says of mail and help only to who has the code."""
    known = {} if code else {"mail": mail_settings(), "helpers": helpers()}
    context = {"form": form, "code": code, **known}
    status = 422 if form.is_bound else 200
    return render_page(request, "home/setup.html", context, status=status)
