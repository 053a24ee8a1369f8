"""What a form brought, for the pages that have to give it back: nothing that was typed is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

# Sign-in, passwords, second factor: nothing of these forms is ever written into a page.
SECRET_VIEWS = (
    "account_",
    "mfa_",
    "socialaccount_",
    "usersessions_",
    "admin:login",
    "members:use-code",
)
SECRET_WORDS = ("password", "passphrase", "otp", "recovery")
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field
KEY = re.compile(r"[0-9a-f-]{36}")
WORTH_COPYING = 20


@dataclass(frozen=True)
class Sent:
    """The fields of a form and the names of its files; empty when there was none to give back."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.files)

    @property
    def file_fields(self) -> dict[str, list[str]]:
        """The names of the files by the field they were chosen in."""
        found: dict[str, list[str]] = {}
        for field, name in self.files:
            found.setdefault(field, []).append(name)
        return found

    @property
    def texts(self) -> list[str]:
        """What was typed at some length, for copying."""
        return [
            text
            for name, text in self.fields
            if name != TOKEN and len(text.strip()) >= WORTH_COPYING and not KEY.fullmatch(text)
        ]


class NamesOnly(FileUploadHandler):
    """Takes no file in, and remembers which there were."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.names: list[tuple[str, str]] = []

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        self.names.append((field_name, file_name))
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def what_was_sent(request: HttpRequest, *, longest: int | None = None) -> Sent:
    """Return the form of a POST, of which no file is taken in that was not read already.

    Nothing of a form that asks for a password, of one that cannot be read, or of one that is
    longer than `longest` (the longest body the portal takes).
    """
    if request.method != "POST" or _is_secret(request):
        return Sent()
    handler = NamesOnly(request)
    if not hasattr(request, "_files"):
        if _length(request) > (longest or settings.FILES_MAX_BODY_BYTES):
            return Sent()
        request.upload_handlers = [handler]
    try:
        fields = tuple(
            (name, str(text)) for name, all_of in request.POST.lists() for text in all_of
        )
        taken = [
            (name, str(file.name)) for name, all_of in request.FILES.lists() for file in all_of
        ]
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError, OSError):
        return Sent()
    if any(word in name.lower() for name, _ in fields for word in SECRET_WORDS):
        return Sent()
    return Sent(fields, tuple(taken or handler.names))


def _is_secret(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name.startswith(SECRET_VIEWS)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.headers.get("content-length") or 0)
    except ValueError:
        return 0
