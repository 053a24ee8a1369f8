"""The one-page note: the page that keeps itself, its gauge, its PDF, and what was shared."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.domain.notes import BOX_ICONS, BOX_WORDS, BOXES, PART_NAMES, Gauge
from meetings.forms.notes import NoteForm, differences, merge
from meetings.models import Meeting, Note
from meetings.policies import can_take_notes
from meetings.services.noting import (
    NoteConflict,
    TooLong,
    as_read_by,
    as_typed,
    held,
    note_gauge,
    note_of,
    print_note,
    questions_of_the_room,
    save_note,
    share_note,
    unshare_note,
)
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import file_response, render_page
from portal.core.thaidates import short_time
from portal.files.domain.kinds import PDF


def meeting_of(request: PortalRequest, pk: int) -> Meeting:
    """Return the meeting when this member may see it; anything else does not exist."""
    seen = Meeting.objects.visible_to(request.user).select_related("unit__office")
    return get_object_or_404(seen, pk=pk)


# Keeping what is typed --------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A note after a save: how it stands, the form, and where two versions differ."""

    note: Note
    form: NoteForm
    differs: list[dict[str, str]] = field(default_factory=list)


def keep(data: QueryDict, meeting: Meeting, request: PortalRequest) -> Kept:
    """Save whatever of the page is valid; when another page was faster, say where they differ."""
    note = note_of(meeting, request.actor)
    form = NoteForm(data, note=note, more_rows=data.get("action") == "row")
    form.is_valid()
    changes, version = form.changes(), form.base_version
    if data.get("keep") == "both":
        changes = merge(note, changes)
    try:
        saved = save_note(meeting, version=version, changes=changes, by=request.actor)
    except NoteConflict as conflict:
        if differs := differences(conflict.current, changes):
            return Kept(conflict.current, form, differs)
        saved = conflict.current
    form.note = saved
    return Kept(saved, form)


def saved_text(note: Note) -> str:
    return f"บันทึกแล้ว {short_time(note.saved_at)}" if note.version else ""


def gauge_data(gauge: Gauge) -> dict[str, Any]:
    """The gauge for the page's script."""
    return {
        "percent": gauge.percent,
        "words": gauge.words,
        "tone": gauge.tone,
        "fits": gauge.fits,
        "parts": {name: asdict(part) for name, part in gauge.parts.items()},
    }


# The page ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def note(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the writer's own note; keep what was typed. Who only reads goes to the shared notes."""
    meeting = meeting_of(request, pk)
    if request.method == "GET":
        if not can_take_notes(request.actor, meeting):
            return redirect("meetings:notes", pk=pk)
        return show_note(request, note_of(meeting, request.actor))
    require(can_take_notes(request.actor, meeting))
    kept = keep(request.POST, meeting, request)
    if kept.differs:
        return show_both(request, kept)
    if kept.form.errors:
        return show_note(request, kept.note, form=kept.form, status=422)
    if request.POST.get("action") == "row":
        return show_note(request, kept.note, form=NoteForm(note=kept.note, more_rows=True))
    messages.success(request, saved_text(kept.note))
    return redirect("meetings:note", pk=pk)


def show_note(
    request: PortalRequest,
    note: Note,
    *,
    form: NoteForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of the note, as it was typed when `form` carries what was typed."""
    form = form or NoteForm(note=note)
    typed = as_typed(note, form.changes()) if form.is_bound else note
    gauge = note_gauge(typed)
    boxes = [
        {
            "name": name,
            "letter": PART_NAMES[name],
            "word": BOX_WORDS[name],
            "icon": BOX_ICONS[name],
            "field": form[name],
            "gauge": gauge.parts[name],
        }
        for name in BOXES
    ]
    return render_page(
        request,
        "meetings/note.html",
        {
            "meeting": note.meeting,
            "held": held(note.meeting),
            "note": note,
            "form": form,
            "boxes": boxes,
            "gauge": gauge,
            "problem": problem,
            "saved_text": saved_text(note),
        },
        status=status,
    )


def show_both(request: PortalRequest, kept: Kept) -> HttpResponse:
    """Answer with what was typed beside what was saved meanwhile; the writer chooses."""
    skipped = {"csrfmiddlewaretoken", "version", "action", "keep"}
    typed = [(name, text) for name, text in kept.form.data.items() if name not in skipped]
    context = {
        "meeting": kept.note.meeting,
        "note": kept.note,
        "differs": kept.differs,
        "typed": typed,
    }
    return render_page(request, "meetings/note_both.html", context, status=409)


@require_POST
def note_save(request: PortalRequest, pk: int) -> HttpResponse:
    """Save the note while it is typed; the answer is for the page's script."""
    meeting = meeting_of(request, pk)
    require(can_take_notes(request.actor, meeting))
    kept = keep(request.POST, meeting, request)
    if kept.differs:
        said = "โน้ตนี้บันทึกจากอีกหน้าหนึ่งแล้ว"
        return JsonResponse({"problem": said, "differs": True}, status=409)
    return JsonResponse(
        {
            "version": kept.note.version,
            "saved_text": saved_text(kept.note),
            "errors": kept.form.sentences,
            "gauge": gauge_data(note_gauge(kept.note)),
        }
    )


@require_POST
def note_fill(request: PortalRequest, pk: int) -> HttpResponse:
    """Measure what is typed; nothing is saved."""
    meeting = meeting_of(request, pk)
    require(can_take_notes(request.actor, meeting))
    note = note_of(meeting, request.actor)
    form = NoteForm(request.POST, note=note)
    form.is_valid()
    return JsonResponse(gauge_data(note_gauge(as_typed(note, form.changes()))))


@require_GET
def note_pdf(request: PortalRequest, pk: int) -> HttpResponse:
    """Return the writer's note on one page of A4, or say which box is too long."""
    meeting = meeting_of(request, pk)
    require(can_take_notes(request.actor, meeting))
    note = note_of(meeting, request.actor)
    try:
        pdf = print_note(note)
    except DomainError as error:
        said = f"{error} ยังพิมพ์ไม่ได้ ข้อความทั้งหมดยังอยู่"
        return show_note(request, note, problem=said, status=error.status)
    return pdf_response(pdf, f"note-{meeting.pk}.pdf")


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    response = file_response(pdf, PDF, name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# Sharing ----------------------------------------------------------------------------------------


def keep_first(request: PortalRequest, meeting: Meeting) -> HttpResponse | None:
    """Save what the page carries before its button does more; answer when that stands in the way.

    A bare button carries nothing.
    """
    if "version" not in request.POST:
        return None
    kept = keep(request.POST, meeting, request)
    if kept.differs:
        return show_both(request, kept)
    if kept.form.errors:
        return show_note(request, kept.note, form=kept.form, status=422)
    return None


@require_POST
def note_share(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep what was typed, and let those who see the meeting read it."""
    meeting = meeting_of(request, pk)
    require(can_take_notes(request.actor, meeting))
    if answer := keep_first(request, meeting):
        return answer
    try:
        share_note(meeting, by=request.actor)
    except DomainError as error:
        own = note_of(meeting, request.actor)
        return show_note(request, own, problem=str(error), status=error.status)
    messages.success(request, "แบ่งปันแล้ว ผู้ที่เปิดการประชุมนี้ได้อ่านโน้ตของท่านได้")
    return redirect("meetings:note", pk=pk)


@require_POST
def note_unshare(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep what was typed, and take the note back: only its writer reads it again."""
    meeting = meeting_of(request, pk)
    require(can_take_notes(request.actor, meeting))
    if answer := keep_first(request, meeting):
        return answer
    unshare_note(meeting, by=request.actor)
    messages.success(request, "เลิกแบ่งปันแล้ว โน้ตนี้เห็นได้คนเดียว")
    return redirect("meetings:note", pk=pk)


@require_GET
def notes(request: PortalRequest, pk: int) -> HttpResponse:
    """List the notes of the meeting that were shared."""
    meeting = meeting_of(request, pk)
    shared = list(meeting.notes.shared().select_related("writer"))
    context = {
        "meeting": meeting,
        "held": held(meeting),
        "notes": shared,
        "question_count": sum(len(one.questions) for one in shared),
        "may_write": can_take_notes(request.actor, meeting),
    }
    return render_page(request, "meetings/note_list.html", context)


def shared_note_of(request: PortalRequest, meeting: Meeting, note_pk: int) -> Note:
    seen = Note.objects.visible_to(request.user).filter(meeting=meeting)
    found = get_object_or_404(seen.select_related("writer"), pk=note_pk)
    found.meeting = meeting
    return found


@require_GET
def note_shared(request: PortalRequest, pk: int, note_pk: int) -> HttpResponse:
    """Show one note to read."""
    meeting = meeting_of(request, pk)
    found = shared_note_of(request, meeting, note_pk)
    shown = as_read_by(request.user, found)
    boxes = [
        {
            "letter": PART_NAMES[name],
            "word": BOX_WORDS[name],
            "icon": BOX_ICONS[name],
            "text": getattr(shown, name),
            "is_nameless": name == "asked" and found.asked != shown.asked,
        }
        for name in BOXES
    ]
    context = {"meeting": meeting, "held": held(meeting), "note": found, "boxes": boxes}
    return render_page(request, "meetings/note_shared.html", context)


@require_GET
def note_shared_pdf(request: PortalRequest, pk: int, note_pk: int) -> HttpResponse:
    """Return a shared note on one page; one that does not fit is shown to be read instead."""
    meeting = meeting_of(request, pk)
    found = shared_note_of(request, meeting, note_pk)
    try:
        pdf = print_note(as_read_by(request.user, found))
    except TooLong as error:
        messages.error(request, f"{error} ผู้เขียนต้องย่อก่อนจึงพิมพ์ได้")
        return redirect(reverse("meetings:note-shared", args=[pk, note_pk]))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(reverse("meetings:note-shared", args=[pk, note_pk]))
    return pdf_response(pdf, f"note-{meeting.pk}-{found.pk}.pdf")


@require_GET
def questions(request: PortalRequest, pk: int) -> HttpResponse:
    """Gather the questions of all shared notes."""
    meeting = meeting_of(request, pk)
    context = {
        "meeting": meeting,
        "held": held(meeting),
        "questions": questions_of_the_room(meeting),
        "may_write": can_take_notes(request.actor, meeting),
    }
    return render_page(request, "meetings/note_questions.html", context)
