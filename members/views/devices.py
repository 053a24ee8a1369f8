"""Where a member is signed in, and signing out there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from members.services import devices_of, end_device, end_sessions
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.rendering import render_page


@require_GET
def devices(request: PortalRequest) -> HttpResponse:
    """Show the browsers in which the member is signed in."""
    found = devices_of(request.user, current=request.session.session_key)
    context = {"devices": found, "has_others": any(not device.is_current for device in found)}
    return render_page(request, "members/devices.html", context)


@require_POST
def device_end(request: PortalRequest, name: str) -> HttpResponse:
    """Sign out in one of the browsers."""
    try:
        end_device(request.user, name, by=request.actor)
    except DomainError as error:
        raise Http404 from error
    messages.success(request, "ออกจากระบบที่เครื่องนั้นแล้ว")
    return redirect("members:devices")


@require_POST
def devices_end_others(request: PortalRequest) -> HttpResponse:
    """Sign out in every browser but this one."""
    here = request.session.session_key
    end_sessions(request.user, keep=here, why="by oneself", by=request.actor)
    messages.success(request, "ออกจากระบบทุกเครื่องแล้ว ยกเว้นเครื่องนี้")
    return redirect("members:devices")
