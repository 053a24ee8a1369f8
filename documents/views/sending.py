"""Before and at the sending: a letter under review, the confirmation page, number and send."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from documents.forms.sending import ReasonForm, SendForm
from documents.models import Letter, LetterState, Series
from documents.policies import can_edit, can_register
from documents.services.doubling import SeemsSent
from documents.services.registering import series_of
from documents.services.reserving import ReservationGone, open_reservations
from documents.services.sending import (
    AudienceChanged,
    issuing_unit,
    prepare_sending,
    register_letter,
)
from documents.views.draft_page import (
    editor_of,
    files,
    keep_with,
    letter_of,
    show_both,
    show_draft,
    standing,
)
from documents.views.reaching import quiet_among
from documents.views.recalling import way_of
from members.domain import Headcount
from members.models import AudienceSnapshot, Member, Unit, UnitKind
from members.services import Actor, act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.once import fresh_key
from portal.core.rendering import render_page

MOST_NAMES = 1_000
NO_DISTRICT = "หน่วยงานและบุคคล"


# A letter that is not sent yet ------------------------------------------------------------------


def review(request: PortalRequest, letter: Letter) -> HttpResponse:
    """Show a letter of the office that is not sent: the draft to its writers, else a summary."""
    if letter.is_sent:
        return redirect("documents:letter-board", pk=letter.pk)
    if letter.is_draft and may_do(request.actor, can_edit, letter):
        return redirect("documents:letter-edit", pk=letter.pk)
    return show_review(request, letter)


def show_review(
    request: PortalRequest,
    letter: Letter,
    *,
    form: ReasonForm | None = None,
    problem: str = "",
) -> HttpResponse:
    """Render the summary of a letter that waits for its number, or was thrown away."""
    may_edit = not letter.is_sent and may_do(request.actor, can_edit, letter)
    is_submitted = letter.state == LetterState.SUBMITTED
    return render_page(
        request,
        "documents/letter_review.html",
        {
            "letter": letter,
            "is_submitted": is_submitted,
            "is_discarded": letter.state == LetterState.DISCARDED,
            "may_edit": may_edit,
            "may_register": is_submitted and may_do(request.actor, can_register, letter),
            "may_return": is_submitted and may_edit,
            "form": form or ReasonForm(),
            "problem": problem,
            "references": list(letter.references.select_related("to_letter")),
            **standing(letter),
            **files(letter),
            **way_of(request, letter),
        },
        status=422 if problem or (form and form.errors) else 200,
    )


# The confirmation page --------------------------------------------------------------------------


@dataclass(frozen=True)
class Folded:
    """The recipients of one district."""

    name: str
    names: list[str]
    count: int


@require_http_methods(["GET", "POST"])
def confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """Freeze the recipients and ask once more; a GET (the back button) shows the letter."""
    letter = letter_of(request, pk)
    if request.method == "GET":
        return redirect(letter)
    sender = act_where(request.actor, can_register, letter)
    if letter.is_draft:
        editor = editor_of(request, letter)
        kept = keep_with(request, letter, editor)
        if kept.differs:
            return show_both(request, kept)
        if kept.form.errors:
            return show_draft(request, kept.letter, editor, form=kept.form)
        letter = kept.letter
    return ask(request, letter, sender)


def ask(
    request: PortalRequest,
    letter: Letter,
    sender: Actor,
    *,
    problem: str = "",
    twin: Letter | None = None,
    reserved: int | None = None,
) -> HttpResponse:
    """Freeze the recipients as they stand now and ask whether it shall go to them.

    Asked again, the page keeps the reserved number that was chosen, as long as it is there.
    """
    try:
        snapshot = prepare_sending(letter, by=sender)
    except DomainError as error:
        return show_problem(request, letter, str(error))
    return show_confirm(
        request, letter, snapshot, sender, problem=problem, twin=twin, reserved=reserved
    )


def show_problem(request: PortalRequest, letter: Letter, problem: str) -> HttpResponse:
    """Say on the letter's own page why it cannot go out; what has gone is shown on its board."""
    if letter.is_sent:
        messages.info(request, f"หนังสือนี้ส่งแล้ว ที่ {letter.number_text} จึงไม่ได้ส่งซ้ำ")
        if letter.is_numbered_by_owner or letter.is_decree:
            return redirect(letter)
        return redirect("documents:letter-board", pk=letter.pk)
    if letter.is_draft:
        return show_draft(request, letter, editor_of(request, letter), problem=problem)
    return show_review(request, letter, problem=problem)


def show_confirm(
    request: PortalRequest,
    letter: Letter,
    snapshot: AudienceSnapshot,
    sender: Actor,
    *,
    problem: str = "",
    twin: Letter | None = None,
    reserved: int | None = None,
) -> HttpResponse:
    """Render the confirmation page with the frozen recipients, folded by district."""
    folded, headcount = fold(snapshot, letter.office)
    issuer, series = issuing_unit(letter, sender), series_of(letter.kind, letter.issuer)
    reservations = open_reservations(issuer, series)
    return render_page(
        request,
        "documents/letter_confirm.html",
        {
            "letter": letter,
            "snapshot": snapshot,
            "headcount": headcount if snapshot.total else letter.outside_party,
            "folded": folded,
            "names_shown": snapshot.total <= MOST_NAMES,
            "key": fresh_key(),
            "problem": problem,
            "twin": twin,
            "quiet": quiet_among(letter, unit_ids_of(snapshot)),
            "references": list(letter.references.all()),
            "issuer": issuer,
            "series_label": Series(series).label,
            "reservations": reservations,
            "chosen": next((entry.pk for entry in reservations if entry.pk == reserved), None),
            **files(letter),
        },
        status=409 if problem else 200,
    )


def unit_ids_of(snapshot: AudienceSnapshot) -> list[int]:
    """Return the units whose desks receive it; persons receive in person."""
    return [unit for unit, member in snapshot.recipients if member is None]


def fold(snapshot: AudienceSnapshot, office: Unit) -> tuple[list[Folded], Headcount]:
    """Return the recipients by district, and how many of each sort they are."""
    units = {
        unit.pk: unit for unit in Unit.objects.filter(office=office).select_related("district")
    }
    persons = [member for _, member in snapshot.recipients if member]
    people = Member.objects.in_bulk(persons) if persons else {}
    groups: dict[str, list[str]] = {}
    schools = others = 0
    for unit_id, member_id in snapshot.recipients:
        unit = units.get(unit_id)
        if unit is None:  # it moved to another office since it was frozen a moment ago
            continue
        is_school = member_id is None and unit.kind == UnitKind.SCHOOL
        schools += is_school
        others += member_id is None and not is_school
        district = unit.district.name if is_school and unit.district else NO_DISTRICT
        name = unit.label if member_id is None else f"{people[member_id]} {unit.label}"
        groups.setdefault(district, []).append(name)
    order = sorted(groups, key=lambda name: (name == NO_DISTRICT, name))
    folded = [Folded(name, sorted(groups[name]), len(groups[name])) for name in order]
    return folded, Headcount(schools=schools, units=others, persons=len(persons))


# Number and send --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def send(request: PortalRequest, pk: int) -> HttpResponse:
    """Number and send the letter once, however often the button was pressed."""
    letter = letter_of(request, pk)
    if request.method == "GET":
        return redirect(letter)
    sender = act_where(request.actor, can_register, letter)
    form = SendForm(request.POST)
    if not form.is_valid():
        return show_problem(request, letter, "หน้ายืนยันนี้ใช้ไม่ได้แล้ว ตรวจแล้วกดออกเลขและส่งอีกครั้ง")
    snapshot = get_object_or_404(
        AudienceSnapshot.objects.defer("recipients"),
        pk=form.cleaned_data["snapshot"],
        office=letter.office,
    )
    reserved = form.cleaned_data["reserved"]
    try:
        sent = register_letter(
            letter,
            snapshot=snapshot,
            key=form.cleaned_data["key"],
            reserved=reserved,
            again=form.cleaned_data["again"],
            by=sender,
        )
    except SeemsSent as error:
        return ask(
            request, letter, sender, problem=str(error), twin=error.earlier, reserved=reserved
        )
    except (AudienceChanged, ReservationGone) as error:
        return ask(request, letter, sender, problem=str(error), reserved=reserved)
    except DomainError as error:
        return show_problem(request, Letter.objects.get(pk=pk), str(error))
    messages.success(request, f"ส่งแล้ว ที่ {sent.number_text}")
    if letter.is_numbered_by_owner or letter.is_decree:
        return redirect(letter)
    return redirect("documents:letter-board", pk=letter.pk)
