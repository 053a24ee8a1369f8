"""The board of a letter: who has it, who answered; as a page, a line, a spreadsheet."""

from __future__ import annotations

from typing import Any, TypeVar

from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_GET, require_POST

from documents.exports import board_workbook
from documents.forms.board import BoardForm
from documents.models import Letter, LetterState
from documents.policies import can_follow
from documents.services.archiving import answers_of, begin_archive
from documents.services.board_sheet import sheet_head, sheet_rows
from documents.services.followed import as_followed, letter_sent_from
from documents.services.following import board_of
from documents.services.replying import replies_to
from documents.services.sending import file_stem
from documents.services.standing import Asked, Standing, filters_for
from documents.services.wording import deadline_of
from documents.views.board_rows import draw_rows, heads_of
from documents.views.recalling import way_of
from members.services import act_where
from portal.core.actors import PortalRequest
from portal.core.clock import bangkok, db_now, now_here
from portal.core.pages import Address
from portal.core.rendering import render_page
from portal.core.sheets import XLSX
from portal.core.templatetags.portal import STATES
from portal.core.thaidates import short_datetime
from portal.files.domain.zipping import zip_stream

BOARD = "documents:letter-board"
SHOWN_COLUMNS = 4
MOST_DISTRICTS = 24
STOP_POLLING = 286  # htmx: take this answer and ask no more
Saved = TypeVar("Saved", bound=HttpResponseBase)


def followed(request: PortalRequest, pk: int) -> Letter:
    """Return a letter that this member follows; 404 when unseen, 403 when seen by a school."""
    letter = letter_sent_from(request.user, pk)
    if letter is None:
        letter = get_object_or_404(
            as_followed(Letter.objects.visible_to(request.user)).select_related("owner_unit"), pk=pk
        )
    act_where(request.actor, can_follow, letter)
    return letter


def has_board(letter: Letter) -> bool:
    """Answer whether the letter has recipients to follow.

    One of a school to its office alone is followed on its own page; what stays inside a school is
    circulated there, and what is only published has nobody to follow.
    """
    is_published = letter.is_decree and not letter.audience_rule
    stays = letter.is_internal and letter.state == LetterState.SENT
    was_sent = letter.is_sent or letter.is_recalled
    return was_sent and not (letter.is_to_office_only or stays or is_published)


@require_GET
def board(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the board: figures, waterlines, and one row for each recipient."""
    letter = followed(request, pk)
    if not has_board(letter):
        return redirect(letter)
    now = now_here()
    asked = asked_of(request, letter)
    found = board_of(letter, asked, now)
    standing = found.standing
    due_kind, due_text = deadline_of(letter, is_open=bool(standing.counts["overdue"]), now=now)
    columns = found.columns[:SHOWN_COLUMNS]
    here = address_of(letter, asked)
    return render_page(
        request,
        "documents/board.html",
        {
            "letter": letter,
            "replies": list(replies_to(letter, request.user))
            if letter.is_numbered_by_owner
            else [],
            "asked": asked,
            "standing": standing,
            "rows": found.recipients,
            "heads": heads_of(columns, found.sums),
            "sums": found.sums,
            "matching": found.matching,
            "hidden_columns": max(0, len(found.columns) - SHOWN_COLUMNS),
            "board_url": Address(BOARD, pk).url(),
            "districts": standing.districts[:MOST_DISTRICTS],
            "few_districts": len(standing.districts) <= MOST_DISTRICTS,
            "due_kind": due_kind,
            "due_text": due_text,
            "is_sending": letter.state == LetterState.REGISTERED,
            "links": links(here, letter, asked, standing),
            "next_url": here.after(found.next_cursor),
            "xlsx_url": address_of(letter, asked, name="documents:letter-board-xlsx").url(),
            **way_of(request, letter, is_held=bool(standing.received)),
        },
        partial="rows",
        ready={"drawn": draw_rows(found.recipients, letter, columns, now)},
    )


def asked_of(request: PortalRequest, letter: Letter) -> Asked:
    """Return what of the board the reader wants to see; most want all of it."""
    return BoardForm(request.GET).asked(letter) if request.GET else Asked()


def links(here: Address, letter: Letter, asked: Asked, standing: Standing) -> list[dict[str, Any]]:
    """Return the filters with their counts; those that name nobody are left out."""
    return [
        {
            "url": here.url(state=in_address(key)),
            "label": label,
            "count": standing.counts[key],
            "current": key == asked.state,
        }
        for key, label in filters_for(letter).items()
        if key in {"all", "waiting", asked.state} or standing.counts[key]
    ]


def address_of(letter: Letter, asked: Asked, *, name: str = BOARD) -> Address:
    """Return the board's address with these filters, from its first row."""
    return Address(
        name,
        letter.pk,
        state=in_address(asked.state),
        district=asked.district,
        cluster=asked.cluster,
        q=asked.search,
    )


def in_address(state: str) -> str:
    return "" if state == "all" else state


@require_GET
def progress(request: PortalRequest, pk: int) -> HttpResponse:
    """Return how many arrivals exist, in a fragment for the page that waits; 304 when unchanged."""
    letter = followed(request, pk)
    is_sending = letter.state == LetterState.REGISTERED
    made, to_make = getattr(letter, "made", None) or 0, getattr(letter, "to_make", None) or 0
    etag = quote_etag(f"{letter.pk}-{letter.state}-{made}")
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render_page(
            request,
            "documents/board_progress.html",
            {"made": made, "to_make": to_make, "is_sending": is_sending},
            status=200 if is_sending or not request.htmx else STOP_POLLING,
        )
        if not is_sending:
            response["HX-Refresh"] = "true"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_GET
def board_xlsx(request: PortalRequest, pk: int) -> HttpResponse:
    """Return every recipient asked for as a spreadsheet."""
    letter = followed(request, pk)
    if not has_board(letter):
        return redirect(letter)
    asked = asked_of(request, letter)
    response = HttpResponse(sheet_of(request, letter, asked), content_type=XLSX)
    return as_saved(response, f"{file_stem(letter)}.xlsx")


@require_POST
def answers_zip(request: PortalRequest, pk: int) -> HttpResponseBase:
    """Send all answers with their files as one archive, made while it is sent."""
    letter = followed(request, pk)
    by = act_where(request.actor, can_follow, letter)
    if not has_board(letter):
        return redirect(letter)
    begin_archive(letter, by=by)
    entries = answers_of(letter, sheet=sheet_of(request, letter, Asked()))
    archive = zip_stream(entries, at=bangkok(db_now()))
    response = StreamingHttpResponse(archive, content_type="application/zip")
    return as_saved(response, f"{file_stem(letter)} คำตอบ.zip")


def as_saved(response: Saved, name: str) -> Saved:
    """Let the browser save the answer under this name, and keep it nowhere else."""
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


def sheet_of(request: PortalRequest, letter: Letter, asked: Asked) -> bytes:
    """Return the spreadsheet of the recipients asked for."""
    now = db_now()
    words = {kind: word for kind, (_, _, word) in STATES.items()}
    lines = [
        letter.office.name,
        f"{letter.owner_unit.name} · ที่ {letter.number_text} · {letter.subject}",
        f"{filters_for(letter)[asked.state]} · {short_datetime(now)} โดย {request.actor.member}",
    ]
    return board_workbook("ติดตาม", lines, sheet_head(letter), sheet_rows(letter, asked, now, words))
