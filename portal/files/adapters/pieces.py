"""A form that names files which came in pieces gets them as if they had come with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from portal.core.errors import DomainError
from portal.core.rendering import render_problem
from portal.files.services.pieces import FILES_AT_ONCE, brought_files

FIELD = "in_pieces"


class FilesInPieces:
    """Put the files that `in_pieces` names (`field:id`, once for each) into `request.FILES`.

    A form knows no difference: its field, its limits and the look into the file are the same.
    Stands after the check of the form's token, and after the member and the acting post are known.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or not request.user.is_authenticated:
            return None
        lines = request.POST.getlist(FIELD)[:FILES_AT_ONCE]
        named = [read for line in lines if (read := _read(line))]
        if not named:
            return None
        try:
            brought = brought_files([public_id for _, public_id in named], by=request.actor)
        except DomainError as error:
            return render_problem(request, str(error), error.status)
        for field, public_id in named:
            if public_id in brought:
                request.FILES.appendlist(field, brought[public_id])
        return None


def _read(line: str) -> tuple[str, UUID] | None:
    """Return the field and the file that a line names; None for anything else."""
    field, _, word = line.rpartition(":")
    try:
        return (field, UUID(word)) if field else None
    except ValueError:
        return None
