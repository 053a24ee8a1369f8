"""Refuse bodies that are too long, or for which there is no room, before they are read."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.core.rendering import render_problem
from portal.core.sent import Sent, what_was_sent
from portal.files.domain.names import readable_size

logger = logging.getLogger("portal.files")

CHUNK = 1024 * 1024
MOST_TO_DRAIN = 512 * 1024 * 1024


class GuardUploads:
    """Answer 413 to a form that is too long and 507 when the disk is nearly full.

    Stands before the CSRF check, which is the first to read a form's body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not (request.content_type or "").startswith("multipart/"):
            return None
        limit = body_limit(request)
        if body_length(request) > limit:
            logger.info("files.body_too_long length=%s", body_length(request))
            return refusal(
                request,
                f"ไฟล์ที่ส่งมารวมกันใหญ่เกิน {readable_size(limit)} จึงยังไม่ได้รับ "
                "กลับไปหน้าเดิม แล้วแนบทีละน้อยหรือลดขนาดไฟล์",
                413,
            )
        if body_length(request) > CHUNK and is_disk_low():
            logger.error("files.disk_low")
            return refusal(
                request,
                "ที่เก็บไฟล์ใกล้เต็ม จึงยังรับไฟล์ไม่ได้ สิ่งที่บันทึกไว้แล้วยังอยู่ครบ แจ้งผู้ดูแลระบบ",
                507,
            )
        return None


def body_length(request: HttpRequest) -> int:
    """Return the length the request announces; without one its body is empty."""
    try:
        return int(request.headers.get("content-length") or 0)
    except ValueError:
        return 0


def body_limit(request: HttpRequest) -> int:
    """Return how long a body may be; who is not signed in has nothing to upload."""
    if request.user.is_authenticated:
        return int(settings.FILES_MAX_BODY_BYTES)
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def is_disk_low() -> bool:
    """Answer whether less is free than the house keeps for its own work."""
    disk = shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR)
    kept = max(settings.FILES_MIN_FREE_BYTES, disk.total * settings.FILES_MIN_FREE_PERCENT // 100)
    return bool(disk.free < kept)


def refusal(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """Say why, and give back what was typed.

    The body is read to its end and its files thrown away, or the browser would show a broken line.
    """
    sent = Sent()
    if request.user.is_authenticated:
        sent = what_was_sent(request, longest=MOST_TO_DRAIN)
    if not hasattr(request, "_files"):
        left = min(body_length(request), MOST_TO_DRAIN)
        while left > 0 and (chunk := request.read(min(CHUNK, left))):
            left -= len(chunk)
    return render_problem(request, text, status, sent=sent)
