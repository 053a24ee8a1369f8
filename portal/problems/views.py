"""Report a problem; read and settle what was reported."""

from __future__ import annotations

import re

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.actors import PortalRequest, reader_of
from portal.core.errors import require
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.core.tracing import PATTERN
from portal.problems.forms import ReportForm, VisitorReportForm
from portal.problems.models import Problem
from portal.problems.policies import can_read_problems
from portal.problems.services import bare_address, fix_problem, reopen_problem, report_problem

TABS = {"": "ยังไม่แก้", "fixed": "แก้แล้ว"}
HOUR = 3_600
MOST_OF_MEMBER, MOST_OF_VISITOR, MOST_OF_VISITORS = 20, 5, 60
TOO_MANY = "แจ้งเข้ามาหลายครั้งแล้ว รอหนึ่งชั่วโมงแล้วลองใหม่ หรือโทรถามสำนักงาน ข้อความที่พิมพ์ยังอยู่"


@require_http_methods(["GET", "POST"])
@login_not_required
def report(request: PortalRequest) -> HttpResponse:
    """Take a report from a member or a visitor; both hear the same."""
    kind = ReportForm if reader_of(request) else VisitorReportForm
    form = kind(request.POST) if request.method == "POST" else kind(initial=_seen_on(request))
    status = 200
    if form.is_valid():
        if _is_within_limits(request):
            said = {"contact": "", **form.cleaned_data}
            report_problem(**said, by=request.actor if reader_of(request) else None)
            return redirect("problems:thanks")
        form.add_error(None, TOO_MANY)
        status = 429
    elif form.errors:
        status = 422
    return render_page(request, "problems/report.html", {"form": form}, status=status)


def _seen_on(request: PortalRequest) -> dict[str, str]:
    """Return where the reader comes from, and the name of the request that went wrong."""
    name = request.GET.get("ref", "")
    came_from = request.headers.get("referer", "")
    is_ours = came_from.startswith(f"{request.scheme}://{request.get_host()}/")
    page = bare_address(came_from) if is_ours else ""
    return {"page": page, "request_id": name if re.fullmatch(PATTERN, name) else ""}


def _is_within_limits(request: PortalRequest) -> bool:
    member = reader_of(request)
    if member:
        return _count(f"member:{member.pk}", MOST_OF_MEMBER)
    one = _count(f"visitor:{ratelimit.get_ip(request)}", MOST_OF_VISITOR)
    return one and _count("visitors", MOST_OF_VISITORS)


def _count(whose: str, most: int) -> bool:
    """Count one more of this hour; when the cache is away nobody is counted."""
    key = f"problems:{whose}"
    cache.add(key, 0, HOUR)
    try:
        count = cache.incr(key)
    except ValueError:  # forgotten between the two
        return True
    cache.touch(key, HOUR)
    return count <= most


@require_GET
@login_not_required
def thanks(request: PortalRequest) -> HttpResponse:
    """Say that the report is with the administrators."""
    return render_page(request, "problems/thanks.html")


@require_GET
def index(request: PortalRequest) -> HttpResponse:
    """List what was reported to the administrator's offices, the newest first."""
    require(can_read_problems(request.user))
    tab = "fixed" if request.GET.get("tab") == "fixed" else ""
    rows = Problem.objects.visible_to(request.user).filter(state=tab or "open")
    page = keyset_page(
        rows.select_related("member", "office", "fixed_by"),
        order=("-reported_at", "-pk"),
        cursor=request.GET.get("after"),
        size=30,
    )
    here = Address("problems:index", tab=tab)
    context = {
        "page": page,
        "tab": tab,
        "links": Address("problems:index", tab=tab).links("tab", TABS),
        "next_url": here.after(page.next_cursor),
    }
    return render_page(request, "problems/index.html", context)


def _problem_of(request: PortalRequest, pk: int) -> Problem:
    rows = Problem.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("member", "office", "fixed_by"), pk=pk)


@require_GET
def problem(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one report."""
    return render_page(request, "problems/problem.html", {"problem": _problem_of(request, pk)})


@require_POST
def fix(request: PortalRequest, pk: int) -> HttpResponse:
    """Say that it works again."""
    fix_problem(_problem_of(request, pk), by=request.actor)
    messages.success(request, "บันทึกว่าแก้แล้ว")
    return redirect("problems:index")


@require_POST
def reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """Say that it does not work yet after all."""
    reopened = reopen_problem(_problem_of(request, pk), by=request.actor)
    messages.success(request, "กลับไปอยู่ในรายการที่ยังไม่แก้")
    return redirect(reopened)
