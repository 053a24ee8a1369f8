"""Answer with a page, a partial of it for htmx, or a file; and say what went wrong."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from portal.core.actors import PortalRequest
from portal.core.sent import Sent, what_was_sent

DATABASE_AWAY = (OperationalError, InterfaceError)
NOTHING: Mapping[str, bytes] = {}
PLACE = secrets.token_hex(8)  # nobody writes it into a text of theirs
RETRY_AFTER = 15
AWAY = f"ระบบพักชั่วครู่ ครั้งนี้ยังไม่ได้บันทึก รอ {RETRY_AFTER} วินาที แล้วทำอีกครั้ง"
BROKEN = "ระบบขัดข้อง ครั้งนี้อาจยังไม่ได้บันทึก โหลดหน้านี้ใหม่ แล้วดูก่อนทำอีกครั้ง"
FULL = "ที่เก็บไฟล์เต็ม ครั้งนี้ยังไม่ได้เก็บ สิ่งที่บันทึกไว้แล้วยังอยู่ครบ แจ้งผู้ดูแลระบบ"
# What has a page of its own; every other rule that stands in the way shares problem.html.
OWN_PAGES = {409: "409.html", 413: "413.html"}


def render_page(
    request: PortalRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str = "",
    status: int = 200,
    ready: Mapping[str, bytes] = NOTHING,
) -> HttpResponse:
    """Render `template`, or only its `partial` when htmx asks for it; the answer varies by that.

    What is `ready` is HTML in bytes, which the template shows by its name like a value: a long
    piece is not copied from template to template and encoded, but put into the page at the end.
    """
    is_fragment = bool(partial) and bool(request.htmx) and not request.htmx.boosted
    name = f"{template}#{partial}" if is_fragment else template
    places = {key: SafeString(f"<!--{PLACE} {key}-->") for key in ready}
    response = render(request, name, {**(context or {}), **places}, status=status)
    for key, piece in ready.items():
        response.content = response.content.replace(places[key].encode(), piece)
    patch_vary_headers(response, ["HX-Request"])
    return response


def file_response(
    content: bytes, media_type: str, name: str, *, is_saved: bool = False
) -> HttpResponse:
    """Answer with a file made for this one reader: opened in the browser, or saved."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = str(content_disposition_header(is_saved, name))
    response["Cache-Control"] = "private, no-store"
    return response


def render_problem(
    request: HttpRequest, text: str, status: int, *, sent: Sent | None = None
) -> HttpResponse:
    """Say the sentence on a page that gives back what was typed; to htmx above the content."""
    if _is_fragment(request):
        response = _message(text, 422)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
        return response
    sent = what_was_sent(request) if sent is None else sent
    page = OWN_PAGES.get(status, "problem.html")
    return render(request, page, {"problem": text, "sent": sent}, status=status)


def is_database_away(error: BaseException | None) -> bool:
    """Answer whether the database did not answer, or ended the conversation.

    A driver that is cut off in mid-answer says only DatabaseError; one of Django's own (a row
    that was not there to be saved) has no cause.
    """
    if isinstance(error, DATABASE_AWAY):
        return True
    return type(error) is DatabaseError and error.__cause__ is not None


def render_database_away(request: HttpRequest) -> HttpResponse:
    """Say that nothing was lost and when to come back; a form that was sent can be sent again.

    The page asks the database for nothing. It carries the fields of the form with their key, so
    that sending it again is still the same deed; files have to be chosen once more.
    """
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    if _is_fragment(request):
        return _message(AWAY, 503, headers)
    context = {"address": request.get_full_path(), "sent": what_was_sent(request)}
    return HttpResponse(render_alone("503.html", context), status=503, headers=headers)


def render_broken(request: HttpRequest) -> HttpResponse:
    """Say that this is our mistake and what to do; asks the database for nothing."""
    headers = {"Cache-Control": "no-store"}
    if _is_fragment(request):
        return _message(BROKEN, 500, headers)
    return HttpResponse(render_alone("500.html", {}), status=500, headers=headers)


def render_disk_full(request: HttpRequest) -> HttpResponse:
    """Say that there is no room, and give back what was typed; asks the database for nothing."""
    headers = {"Cache-Control": "no-store"}
    if _is_fragment(request):
        return _message(FULL, 507, headers)
    page = render_alone("507.html", {"sent": what_was_sent(request)})
    return HttpResponse(page, status=507, headers=headers)


def render_alone(template: str, context: dict[str, Any]) -> str:
    """Render a page that nobody helps: no session, no office, only what stands in the settings."""
    alone = {
        "phone": settings.HELP_PHONE,
        "email": settings.HELP_EMAIL,
        "retry_after": RETRY_AFTER,
    }
    return render_to_string(template, alone | context)


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def _message(text: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    message = render_to_string("components/message.html", {"text": text, "kind": "error"})
    return HttpResponse(message, status=status, headers=headers)
