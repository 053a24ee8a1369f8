"""The page of one draft: who may open it, what it shows, and keeping what was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from documents.domain import QUESTION_KINDS
from documents.forms.drafting import (
    DraftForm,
    as_typed,
    differences,
)
from documents.models import Letter, MainSource, ResponseKind
from documents.policies import can_edit, can_register
from documents.services.drafting import (
    ENCLOSURE,
    MAIN,
    DraftConflict,
    missing_for_sending,
    save_draft,
)
from documents.services.reusing import old_years
from members.services import (
    Actor,
    act_where,
    count_audience,
    describe_audience,
    may_do,
    office_holidays,
)
from portal.core.actors import PortalRequest
from portal.core.calendar import END_OF_DAY, add_working_days
from portal.core.clock import today
from portal.core.drafts import Difference, typed_in
from portal.core.rendering import render_page
from portal.core.thaidates import short_date, short_time
from portal.files.domain.kinds import FileKinds
from portal.files.services import files_of

PRESETS = {"today": "วันนี้", "tomorrow": "พรุ่งนี้", "week": "7 วันทำการ"}
MAX_FOUND = 8
OUTSIDE_WAY = "อยู่นอกระบบ ออกเลขแล้วส่งทางไปรษณีย์หรืออีเมลเอง"
PARTS = frozenset({"questions", "references", "found", "mainfile", "files", "lines"})
ANCHORS = {"main": "#main-document", "questions": "#questions", "due_at": "#id_due_on"}


def letter_of(request: PortalRequest, pk: int) -> Letter:
    """Return the letter when this member may see it; anything else does not exist."""
    return get_object_or_404(
        Letter.objects.visible_to(request.user).select_related("owner_unit", "office", "drafter"),
        pk=pk,
    )


def editor_of(request: PortalRequest, letter: Letter) -> Actor:
    return act_where(request.actor, can_edit, letter)


def deadlines(letter: Letter) -> dict[str, date]:
    """Return the days that the buttons beside the deadline stand for."""
    day = today()
    holidays = office_holidays(letter.office)
    return {
        "today": day,
        "tomorrow": date.fromordinal(day.toordinal() + 1),
        "week": add_working_days(day, 7, holidays),
    }


def find_letters(request: PortalRequest, words: str) -> list[Letter]:
    """Return letters with a number that this member may see, by number or words of the subject."""
    words = words.replace("\x00", "").strip()
    if not words:
        return []
    found = Letter.objects.visible_to(request.user).filter(number__isnull=False).matching(words)
    return list(found.select_related("office", "owner_unit").order_by("-pk")[:MAX_FOUND])


# Keeping what was typed -------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A draft after a save: how it stands, the form, and where two writers differ."""

    letter: Letter
    form: DraftForm
    differs: list[Difference] = field(default_factory=list)


def keep(data: QueryDict, letter: Letter, by: Actor) -> Kept:
    """Save whatever of the page is valid; when somebody else was faster, say where we differ."""
    form = DraftForm(data, letter=letter, actor=by)
    form.is_valid()
    try:
        saved = save_draft(
            letter,
            version=form.cleaned_data.get("version") or 0,
            changes=form.changes(),
            references=form.references(),
            by=by,
        )
    except DraftConflict as conflict:
        saved = conflict.current
        if differs := differences(form, saved):
            return Kept(saved, form, differs)
        if form.errors:  # what is wrong was not compared yet, so this page has not seen the draft
            form.letter = saved
            return Kept(saved, form)
    form.letter = saved
    data["version"] = str(saved.version)
    return Kept(saved, form)


def keep_with(request: PortalRequest, letter: Letter, by: Actor) -> Kept:
    """Save what the page carries before its button does more; a bare button saves nothing."""
    if "version" not in request.POST:
        return Kept(letter, draft_form(letter, by))
    return keep(request.POST.copy(), letter, by)


def draft_form(letter: Letter, actor: Actor) -> DraftForm:
    return DraftForm(letter=letter, actor=actor, initial=as_typed(letter))


# The page ---------------------------------------------------------------------------------------


def show_draft(
    request: PortalRequest,
    letter: Letter,
    actor: Actor,
    *,
    form: DraftForm | None = None,
    problem: str = "",
    file_problems: list[str] | None = None,
    words: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the draft's page, or the part of it that htmx asks for."""
    form = form or draft_form(letter, actor)
    if form.errors or problem or file_problems:
        status = 422
    return render_page(
        request,
        "documents/letter_edit.html",
        {
            "letter": letter,
            "form": form,
            "problem": problem,
            "file_problems": file_problems or [],
            "question_kinds": QUESTION_KINDS,
            "kind_form": ResponseKind.FORM,
            "kind_none": ResponseKind.NONE,
            "source_typed": MainSource.TYPED,
            "words": words,
            "found": find_letters(request, words),
            "presets": [
                (key, PRESETS[key], short_date(day), f"{END_OF_DAY:%H.%M}")
                for key, day in deadlines(letter).items()
            ],
            "may_register": may_do(request.actor, can_register, letter),
            "saved_text": saved_text(letter),
            "years": old_years(letter) if letter.copied_from_id else [],
            "take_main": FileKinds.PDF_ONLY.accept,
            "take_enclosures": FileKinds.ENCLOSURES.accept,
            "is_fixed": letter.is_internal or bool(letter.outside_party),
            **standing(letter),
            **files(letter),
        },
        partial=part_of(request),
        status=status,
    )


def part_of(request: PortalRequest) -> str:
    """Return the partial that holds what htmx wants to replace."""
    target = request.htmx.target if request.htmx else ""
    return target if target in PARTS else ""


def standing(letter: Letter) -> dict[str, Any]:
    """Return whom the draft is for and what it still lacks."""
    rule = letter.audience_rule
    return {
        "audience": describe_audience(rule, letter.office) if rule else _no_audience(letter),
        "headcount": count_audience(rule, office=letter.office) if rule else letter.outside_party,
        "missing": missing(letter),
    }


def _no_audience(letter: Letter) -> str:
    return "เผยแพร่ให้บุคลากรในสำนักงานอ่าน" if letter.is_decree else OUTSIDE_WAY


def missing(letter: Letter) -> list[dict[str, str]]:
    """Return what the draft lacks, each with the place where to mend it."""
    audience_url = reverse("documents:letter-audience", args=[letter.pk])
    return [
        {
            "url": audience_url if name == "audience" else ANCHORS.get(name, f"#id_{name}"),
            "text": sentence,
        }
        for name, sentence in missing_for_sending(letter)
    ]


def files(letter: Letter) -> dict[str, Any]:
    everything = files_of(letter)
    return {
        "main": next((use for use in everything if use.role == MAIN), None),
        "enclosures": [use for use in everything if use.role == ENCLOSURE],
    }


def saved_text(letter: Letter) -> str:
    return f"บันทึกร่างแล้ว {short_time(letter.saved_at)}"


def show_both(request: PortalRequest, kept: Kept) -> HttpResponse:
    """Show what two people wrote at once, side by side; nothing is saved and nothing is lost."""
    return render_page(
        request,
        "documents/letter_edit_both.html",
        {"letter": kept.letter, "differs": kept.differs, "typed": typed_in(request.POST)},
        status=409,
    )
