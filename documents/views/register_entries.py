"""One line of a register: what it says and said, and the deeds on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.forms.registers import CorrectForm, PaperForm, VoidForm
from documents.models import EntryState, RegisterEntry
from documents.policies import can_issue, can_keep_register, can_reserve
from documents.services.correcting import (
    CorrectedMeanwhile,
    columns_of,
    correct_entry,
    corrections_of,
    shown,
    value_of,
)
from documents.services.issuing import PAPER, can_be_filed, file_paper, give_up_run, in_force_of
from documents.services.lines import lines_of, with_parts
from documents.services.reserving import give_up_number
from members.services import Actor, act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page
from portal.files.services import PDF_ONLY, files_of, store_upload


def entry_of(request: PortalRequest, pk: int) -> RegisterEntry:
    """Return a line of a book that this person may read; 404 otherwise."""
    rows = with_parts(RegisterEntry.objects.visible_to(request.user))
    return get_object_or_404(
        rows.select_related(
            "book__unit",
            "letter",
            "reservation__holder",
            "registered_by",
            "voided_by",
            "run_head",
        ),
        pk=pk,
    )


@require_GET
def entry(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a line: every column with its earlier words, what was done to it, and its deeds."""
    return show_entry(request, entry_of(request, pk))


def show_entry(
    request: PortalRequest,
    found: RegisterEntry,
    *,
    void_form: VoidForm | None = None,
    run_form: VoidForm | None = None,
    paper_form: PaperForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of a line."""
    book = found.book
    (line,) = lines_of(book, [found])
    may_keep = may_do(request.actor, can_keep_register, book.unit)
    may_issue = may_do(request.actor, can_issue, book.unit)
    may_give_up = may_do(request.actor, may_return, found)
    is_used, is_void = found.state == EntryState.USED, found.state == EntryState.VOID
    corrected = corrections_of([found]).get(found.pk, [])
    return render_page(
        request,
        "documents/register_entry.html",
        {
            "entry": found,
            "book": book,
            "line": line,
            "may_correct": columns_of(found) if may_keep and is_used and not book.closed_at else {},
            "may_void": may_give_up and not is_void and found.letter_id is None,
            "may_file": may_issue and not is_void and can_be_filed(found),
            "corrections": [
                (columns_of(found).get(one.column, one.column), note, *both(one.column, note))
                for one in corrected
                for note in one.notes
            ],
            "papers": files_of(found, PAPER),
            "void_form": void_form or VoidForm(),
            "run_form": run_form or VoidForm(auto_id="id_run_%s"),
            "run_rest": in_force_of(head_of(found)).count() if may_issue and in_run(found) else 0,
            "paper_form": paper_form or PaperForm(),
        },
        status=status,
    )


def in_run(entry: RegisterEntry) -> bool:
    """Answer whether the number was taken together with others."""
    return entry.run_end is not None or entry.run_head_id is not None


def head_of(entry: RegisterEntry) -> RegisterEntry:
    """Return the first line of the run that the number was taken in."""
    return entry.run_head or entry


def may_return(actor: Actor, entry: RegisterEntry) -> bool:
    """Whoever may keep a number may return it; another is given up by who issues by hand."""
    book = entry.book
    if entry.state == EntryState.RESERVED:
        return can_reserve(actor, (book.unit, book.series))
    return can_issue(actor, book.unit)


def both(column: str, note: Any) -> tuple[str, str]:
    """Return the words before and after a correction, as people read them."""
    return shown(column, note.old_value), shown(column, note.new_value)


@require_http_methods(["GET", "POST"])
def correct(request: PortalRequest, pk: int, column: str) -> HttpResponse:
    """Put one column right; who was slower sees both texts and decides."""
    found = entry_of(request, pk)
    actor = act_where(request.actor, can_keep_register, found.book.unit)
    labels = columns_of(found)
    require(column in labels)
    now = value_of(found, column)
    if request.method == "GET":
        initial = {"seen": now, "value": getattr(found, column)}
        form = CorrectForm(column=column, label=labels[column], initial=initial)
        return show_correct(request, found, column, form)
    form = CorrectForm(request.POST, column=column, label=labels[column])
    if not form.is_valid():
        return show_correct(request, found, column, form, status=422)
    try:
        correct_entry(found, column=column, by=actor, **form.cleaned_data)
    except CorrectedMeanwhile as error:
        again = CorrectForm(
            column=column,
            label=labels[column],
            initial={
                "seen": error.value,
                "value": shown(column, form.cleaned_data["value"]),
                "reason": form.cleaned_data["reason"],
            },
        )
        theirs = shown(column, error.value) or "(ว่าง)"
        return show_correct(
            request, found, column, again, problem=str(error), theirs=theirs, status=409
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return show_correct(request, found, column, form, status=error.status)
    messages.success(request, f"แก้{labels[column]}ของเลข {found.number} แล้ว")
    return redirect("documents:register-entry", pk=pk)


def show_correct(
    request: PortalRequest,
    found: RegisterEntry,
    column: str,
    form: CorrectForm,
    *,
    problem: str = "",
    theirs: str = "",
    status: int = 200,
) -> HttpResponse:
    return render_page(
        request,
        "documents/register_correct.html",
        {
            "entry": found,
            "book": found.book,
            "column": column,
            "label": columns_of(found)[column],
            "now": shown(column, value_of(found, column)),
            "form": form,
            "problem": problem,
            "theirs": theirs,
        },
        status=status,
    )


@require_POST
def void(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a number up that was reserved or issued by hand, or all its run; the lines stay."""
    found = entry_of(request, pk)
    actor = act_where(request.actor, may_return, found)
    if request.POST.get("run") and in_run(found):
        return void_run(request, found, actor)
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            give_up_number(found, by=actor, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ยกเลิกเลข {found.number} แล้ว")
            return redirect("documents:register-entry", pk=pk)
    return show_entry(request, found, void_form=form, status=422)


def void_run(request: PortalRequest, found: RegisterEntry, actor: Actor) -> HttpResponse:
    """Give up what is left of the run, for one reason."""
    form = VoidForm(request.POST, auto_id="id_run_%s")
    if form.is_valid():
        try:
            count = give_up_run(head_of(found), by=actor, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ยกเลิกแล้ว {count:,} เลข")
            return redirect("documents:register-entry", pk=found.pk)
    return show_entry(request, found, run_form=form, status=422)


@require_POST
def paper(request: PortalRequest, pk: int) -> HttpResponse:
    """Hang the signed paper on the line."""
    found = entry_of(request, pk)
    actor = act_where(request.actor, can_issue, found.book.unit)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["paper"]
        try:
            stored = store_upload(upload, by=actor, kinds=PDF_ONLY)
            file_paper(found, stored=stored, name=upload.name or "เอกสาร.pdf", by=actor)
        except DomainError as error:
            form.add_error("paper", str(error))
        else:
            messages.success(request, "แนบไฟล์แล้ว")
            return redirect("documents:register-entry", pk=pk)
    return show_entry(request, found, paper_form=form, status=422)
