"""The doors to files: every answer asks the gate of what the file hangs on."""

from __future__ import annotations

import logging
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
    UnreadablePostError,
)
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.actors import PortalRequest, reader_of
from portal.core.errors import DomainError
from portal.core.resources import is_secret, may_open
from portal.files.domain.headers import NoSuchRange, asked_part, disposition
from portal.files.domain.kinds import PNG
from portal.files.middleware import is_disk_low
from portal.files.models import FileUse, IncomingFile
from portal.files.services import ask_for_pages, open_file
from portal.files.services.blobs import picture_name
from portal.files.services.pieces import (
    LARGEST_PIECE,
    WrongPlace,
    add_piece,
    begin_file,
    drop_file,
)
from portal.files.services.storing import StorageFull

logger = logging.getLogger("portal.files")

CHUNK = 64 * 1024
# Safari shows an empty window for a PDF that is opened under `sandbox`; the viewers need their own
# inline style. A PDF with commands inside is never opened, only saved.
OPEN_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
SAVE_POLICY = f"{OPEN_POLICY}; sandbox"


class FileMissing(DomainError):
    """The row is there and the bytes are not: somebody must look after the storage."""

    status = 503


def readable_use(request: PortalRequest, public_id: UUID) -> FileUse:
    """Return the use whose owner the member may open now; everything else does not exist."""
    use = get_object_or_404(FileUse.objects.live().select_related("stored"), public_id=public_id)
    reader = reader_of(request)
    if not may_open(use.owner_type, use.owner_id, reader):
        raise Http404
    return use


@require_safe
@login_not_required
def download(request: PortalRequest, public_id: UUID) -> HttpResponseBase:
    """Give the bytes under their name, to save; a PDF opens in the browser if asked for.

    A visitor gets what hangs on something public, and is asked to sign in for all the rest.
    """
    try:
        use = readable_use(request, public_id)
    except Http404:
        if request.user.is_authenticated:
            raise
        return redirect_to_login(request.get_full_path())
    etag = f'"{use.stored.sha256}"'
    if unchanged := _unchanged(request, use, etag):
        return unchanged
    opens = use.can_be_opened and request.GET.get("inline") == "1"
    response = _guarded(_bytes(request, use, etag), use, etag)
    response["Content-Disposition"] = disposition(use.name, inline=opens)
    if opens:
        response["Content-Security-Policy"] = OPEN_POLICY
    return response


def _bytes(request: PortalRequest, use: FileUse, etag: str) -> HttpResponseBase:
    """Return the whole file, or the one part that is asked for."""
    size, media_type = use.stored.size, use.stored.media_type
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        header = ""
    try:
        part = asked_part(header, size)
    except NoSuchRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part or (0, size - 1)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=media_type)
    file = _open(use)
    if part is None:
        return FileResponse(file, headers=headers, content_type=media_type)
    return StreamingHttpResponse(
        _slice(file, first, last), status=status, headers=headers, content_type=media_type
    )


def _open(use: FileUse) -> IO[Any]:
    try:
        return open_file(use.stored)
    except FileNotFoundError as error:
        logger.exception("files.blob_missing stored=%s", use.stored_id)
        raise FileMissing("ไม่พบไฟล์นี้ในที่เก็บ เรื่องนี้ยังอยู่ครบ แจ้งผู้ดูแลระบบให้กู้ไฟล์คืนจากชุดสำรอง") from error


def _slice(file: IO[Any], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _unchanged(request: PortalRequest, use: FileUse, etag: str) -> HttpResponseBase | None:
    """Return 304 when the browser has these very bytes; the gate was asked before."""
    answer = get_conditional_response(request, etag=etag)
    return _guarded(answer, use, etag) if answer is not None else None


def _guarded(response: HttpResponseBase, use: FileUse, etag: str) -> HttpResponseBase:
    """Keep the answer private to this reader, asked for again each time, and without any rights.

    What belongs to a secret matter is not kept at all.
    """
    response["ETag"] = etag
    is_kept = not is_secret(use.owner_type, use.owner_id)
    response["Cache-Control"] = "private, no-cache" if is_kept else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SAVE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_safe
def page(request: PortalRequest, public_id: UUID, number: int) -> HttpResponseBase:
    """Give the picture of a page, or a paper that says it is being made (202)."""
    use = readable_use(request, public_id)
    if not 1 <= number <= (use.stored.page_count or 0):
        raise Http404
    name = picture_name(use.stored.sha256, number)
    if number > use.stored.pages_ready or not default_storage.exists(name):
        return _placeholder(use, number)
    etag = f'"{use.stored.sha256}-{number}"'
    if unchanged := _unchanged(request, use, etag):
        return unchanged
    picture = FileResponse(default_storage.open(name, "rb"), content_type=PNG)
    picture["Content-Disposition"] = "inline"
    return _guarded(picture, use, etag)


def _placeholder(use: FileUse, number: int) -> HttpResponse:
    width, height = use.stored.picture_size(number)
    drawn = render_to_string(
        "files/placeholder.svg",
        {"width": width, "height": height, "is_waiting": use.stored.is_waiting_for_pages},
    )
    response = HttpResponse(drawn, content_type="image/svg+xml", status=202)
    response["Content-Security-Policy"] = SAVE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def pages(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Answer a page that waits for pictures: nothing yet (204), or the pictures."""
    use = readable_use(request, public_id)
    if use.stored.is_waiting_for_pages:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    return render(request, "files/pages_made.html", {"use": use})


@require_POST
def more_pages(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Order the pictures of the next pages, and show the places where they will stand."""
    use = readable_use(request, public_id)
    shown = len(use.pictures)
    use.stored = ask_for_pages(use.stored, by=request.actor)
    if request.htmx:
        return render(request, "files/more_pages.html", {"use": use, "shown": shown})
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(came_from if is_ours else use.inline_url)


# Files that come in pieces, as tus 1.0 does it (docs/decisions/0009-poor-lines.md) ----------------

TUS = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
SPELLED_HASH = 64


@require_POST
def incoming_files(request: PortalRequest) -> HttpResponse:
    """Give a file that is to come a place, the same one for the same key; say how far it is."""
    told = metadata(request.headers.get("Upload-Metadata", ""))
    length = request.headers.get("Upload-Length", "")
    key, sha256 = told.get("key", ""), told.get("sha256", "")
    if not length.isdecimal() or not 8 <= len(key) <= SPELLED_HASH or len(sha256) > SPELLED_HASH:
        return HttpResponse(status=400)
    if is_disk_low():
        return _refused(StorageFull("ที่เก็บไฟล์ใกล้เต็ม จึงยังรับไฟล์ไม่ได้ แจ้งผู้ดูแลระบบ"))
    try:
        file = begin_file(
            name=told.get("filename", ""),
            size=int(length[:15]),
            key=key,
            sha256=sha256,
            by=request.actor,
        )
    except DomainError as error:
        return _refused(error)
    response = _place(file, status=201)
    response["Location"] = reverse("files:incoming", args=[file.public_id])
    return response


@require_http_methods(["HEAD", "PATCH", "DELETE"])
def incoming_file(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Say how far a file has come, add the next piece, or take it back. Nobody else's is there."""
    file = get_object_or_404(IncomingFile.objects.sent_by(request.actor), public_id=public_id)
    if request.method == "HEAD":
        return _place(file, status=200)
    if request.method == "DELETE":
        drop_file(file, by=request.actor)
        return HttpResponse(status=204)
    data = _piece(request)
    offset = request.headers.get("Upload-Offset", "")
    if data is None or not offset.isdecimal():
        return HttpResponse(status=400)
    if is_disk_low():
        return _refused(StorageFull("ที่เก็บไฟล์ใกล้เต็ม จึงยังรับไฟล์ไม่ได้ แจ้งผู้ดูแลระบบ"))
    try:
        return _place(
            add_piece(file, offset=int(offset[:15]), data=data, by=request.actor), status=204
        )
    except WrongPlace as error:
        response = _refused(error)
        response["Upload-Offset"] = str(error.received)
        return response
    except DomainError as error:
        return _refused(error)


def metadata(header: str) -> dict[str, str]:
    """Read `name base64,name base64`; what cannot be read is left out."""
    told = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = b64decode(value, validate=True).decode()
        except (NotBase64, UnicodeDecodeError):
            continue
    return told


def _piece(request: PortalRequest) -> bytes | None:
    """Return the bytes of the piece; None when they did not all come, or are no piece."""
    length = int(request.headers.get("Content-Length") or 0)
    if request.content_type != PIECE_TYPE or not 0 < length <= LARGEST_PIECE:
        return None
    try:
        data = request.body
    except UnreadablePostError:  # the line broke: the piece comes again
        return None
    return data if len(data) == length else None


def _place(file: IncomingFile, *, status: int) -> HttpResponse:
    return HttpResponse(
        status=status,
        headers={
            "Tus-Resumable": TUS,
            "Upload-Offset": str(file.received),
            "Upload-Length": str(file.size),
            "Cache-Control": "no-store",
        },
    )


def _refused(error: DomainError) -> HttpResponse:
    return JsonResponse({"problem": str(error)}, status=error.status)
