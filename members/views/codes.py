"""A code for a forgotten password: given by a colleague, used by whoever forgot."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from members.forms.codes import UseCodeForm
from members.models import Member
from members.policies import can_give_code
from members.services import act_where, give_code
from members.services import use_code as set_by_code
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.rendering import render_page


@never_cache
@require_http_methods(["GET", "POST"])
def code_give(request: PortalRequest, pk: int) -> HttpResponse:
    """Give the person a code; it is shown once, in the answer itself."""
    person = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    actor = act_where(request.actor, can_give_code, person)
    context = {"person": person, "code": "", "problem": ""}
    if request.method == "POST":
        try:
            context["code"] = give_code(person, by=actor)
        except DomainError as error:
            context["problem"] = str(error)
    status = 422 if context["problem"] else 200
    return render_page(request, "members/code_give.html", context, status=status)


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def use_code(request: PortalRequest) -> HttpResponse:
    """Set a new password with a code; whoever it is signs in with it afterwards."""
    form = UseCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            set_by_code(**form.cleaned_data, address=get_adapter().get_client_ip(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "ตั้งรหัสผ่านใหม่แล้ว ลงชื่อเข้าใช้ด้วยรหัสผ่านนี้")
            return redirect("account_login")
    status = 422 if form.errors else 200
    return render_page(request, "members/use_code.html", {"form": form}, status=status)
