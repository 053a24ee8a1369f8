"""A draft is built page by page, previewed, and opened; nothing here needs a script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.forms import AudienceForm, chosen_meanwhile
from members.models import OFFICE_ROLES
from members.services import act_at, describe_audience, units_of
from portal.core.actors import PortalRequest
from portal.core.errors import ChooseCapacity, DomainError, require
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs
from research.forms.building import HeadForm, NewSurveyForm, QuestionForm, SectionForm
from research.models import Question, QuestionKind, Section, Survey
from research.services.building import (
    AUDIENCE,
    LOCKED,
    QUESTION_FIELDS,
    SECTION_FIELDS,
    add_question,
    add_section,
    copy_survey,
    discard_survey,
    move_question,
    move_section,
    remove_question,
    remove_section,
    save_question,
    save_section,
    save_survey,
    set_schools,
)
from research.services.opening import (
    IN_SCHOOLS,
    create_survey,
    missing_for_opening,
)
from research.views.access import editor_of, question_of, section_of, survey_of

STEPS = {"up": -1, "down": 1}


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Begin a draft, empty or from an earlier survey."""
    units = units_of(request.actor, OFFICE_ROLES)
    require(bool(units))
    earlier = Survey.objects.kept_by(request.user).order_by("-pk")
    form = NewSurveyForm(
        request.POST if request.method == "POST" else None,
        units=units,
        earlier=earlier,
        initial={"source": _number(request.GET.get("source"))},
    )
    if form.is_valid():
        try:
            survey = _begin(request, form.cleaned_data)
        except ChooseCapacity:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("research:survey-edit", pk=survey.pk)
    return render_page(
        request,
        "research/edit_new.html",
        {"form": form, "unit": units[0], "is_choice": len(units) > 1},
        status=422 if form.errors else 200,
    )


def _begin(request: PortalRequest, given: dict[str, Any]) -> Survey:
    unit, source = given["owner_unit"], given["source"]
    actor = act_at(request.actor, [unit.pk], OFFICE_ROLES)
    if source is None:
        return create_survey(unit, title=given["title"], key=given["key"], by=actor)
    return copy_survey(source, owner_unit=unit, title=given["title"], key=given["key"], by=actor)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None


# The draft's pages ------------------------------------------------------------------------------


@require_GET
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the draft: its head, its sections and questions, and what it still lacks."""
    survey = survey_of(request, pk)
    editor_of(request, survey)
    if not survey.is_draft:
        return redirect("research:survey-results", pk=pk)
    sections = list(survey.sections.prefetch_related("questions"))
    asks_schools = bool(IN_SCHOOLS & set(survey.populations))
    return render_page(
        request,
        "research/edit.html",
        {
            "survey": survey,
            "sections": numbered(sections),
            "kinds": QuestionKind.choices,
            "missing": missing_for_opening(survey),
            "asks_schools": asks_schools,
            "schools": describe_audience(survey.audience_rule, survey.office)
            if asks_schools and survey.audience_rule
            else "",
        },
    )


def numbered(sections: list[Section]) -> list[tuple[Section, list[tuple[int, Question]]]]:
    """Give every question its number, from the first to the last section."""
    number = 0
    rows = []
    for section in sections:
        questions = list(section.questions.all())
        rows.append((section, list(enumerate(questions, start=number + 1))))
        number += len(questions)
    return rows


@require_http_methods(["GET", "POST"])
def head(request: PortalRequest, pk: int) -> HttpResponse:
    """Change what stands above the questions: title, whom it asks, dates, table of levels."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    form = HeadForm.of(survey, request.POST if request.method == "POST" else None)
    other: list[Theirs] = []
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            save_survey(survey, version=version, changes=form.changes(), by=actor)
        except Overtaken as moved:
            survey, other = moved.row, theirs(form, HeadForm.of(moved.row).initial)
            data = request.POST.copy()
            data["version"] = str(survey.version)
            form = HeadForm.of(survey, data)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกหัวแบบสอบถามแล้ว")
            return redirect("research:survey-edit", pk=pk)
    return render_page(
        request,
        "research/edit_head.html",
        {"survey": survey, "form": form, "theirs": other},
        status=409 if other else 422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def schools(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose in which schools the draft asks; without a choice in all of them."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    data = request.POST if request.method == "POST" else None
    rule = survey.audience_rule or {"all_schools": True}
    form = AudienceForm(data, office=survey.office, rule=rule)
    seen = seen_before(data, survey, AUDIENCE)
    other: list[Theirs] = []
    if form.is_bound and not form.is_looking and form.is_valid():
        try:
            set_schools(survey, rule=form.rule, seen=seen, by=actor)
        except Overtaken as moved:
            seen, other = seen_as(moved.row, AUDIENCE), chosen_meanwhile(moved.row)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกโรงเรียนที่ถามแล้ว")
            return redirect("research:survey-edit", pk=pk)
    refused = bool(form.errors) and not form.is_looking
    return render_page(
        request,
        "research/edit_schools.html",
        {"survey": survey, "audience": form, "seen": seen, "theirs": other},
        status=409 if other else 422 if refused else 200,
    )


@require_http_methods(["GET", "POST"])
def discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then throw the draft away."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    if request.method == "POST":
        discard_survey(survey, by=actor)
        messages.success(request, f"ลบร่าง “{survey.title}” แล้ว")
        return redirect(f"{reverse('research:index')}?list=kept")
    count = Question.objects.filter(section__survey=survey).count()
    lost = f"คำถาม {count} ข้อถูกลบด้วย เอาคืนไม่ได้"
    return _sure(request, survey, f"ลบร่าง “{survey.title}”", lost, yes="ลบร่างนี้")


def _sure(request: PortalRequest, survey: Survey, lead: str, lost: str, yes: str) -> HttpResponse:
    """Ask before something is removed, and say what is lost with it."""
    context = {"survey": survey, "lead": lead, "text": lost, "yes": yes}
    return render_page(request, "research/edit_remove.html", context)


def _locked(request: PortalRequest, survey: Survey) -> HttpResponse:
    """A survey that is out is not changed; its page says what can be done instead."""
    messages.error(request, LOCKED)
    return redirect("research:survey-results", pk=survey.pk)


def _back(survey_id: int, anchor: str = "") -> HttpResponse:
    return redirect(f"{reverse('research:survey-edit', args=[survey_id])}{anchor}")


# Sections ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def section_new(request: PortalRequest, pk: int) -> HttpResponse:
    """Add a section at the end of the draft."""
    survey = survey_of(request, pk)
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    form = SectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            section = add_section(survey, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _back(survey.pk, f"#section-{section.pk}")
    return _show_section(request, survey, form, "เพิ่มตอน")


@require_http_methods(["GET", "POST"])
def section_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change the words of a section."""
    section = section_of(request, pk)
    survey = section.survey
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    data = request.POST if request.method == "POST" else None
    form = SectionForm(data, initial=model_to_dict(section, SECTION_FIELDS))
    seen = seen_before(data, section, SECTION_FIELDS)
    other: list[Theirs] = []
    if form.is_valid():
        try:
            save_section(section, seen=seen, by=actor, **form.cleaned_data)
        except Overtaken as moved:
            seen = seen_as(moved.row, SECTION_FIELDS)
            other = theirs(form, model_to_dict(moved.row, SECTION_FIELDS))
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _back(survey.pk, f"#section-{pk}")
    return _show_section(request, survey, form, "แก้ตอน", seen=seen, theirs=other)


def _show_section(
    request: PortalRequest, survey: Survey, form: SectionForm, heading: str, **more: Any
) -> HttpResponse:
    return render_page(
        request,
        "research/edit_section.html",
        {"survey": survey, "form": form, "heading": heading, **more},
        status=409 if more.get("theirs") else 422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def section_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then take the section away with its questions."""
    section = section_of(request, pk)
    survey = section.survey
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    if request.method == "POST":
        remove_section(section, by=actor)
        messages.success(request, f"ลบตอน “{section.title}” แล้ว")
        return _back(survey.pk)
    count = section.questions.count()
    lost = f"คำถามในตอนนี้ {count} ข้อถูกลบด้วย เอาคืนไม่ได้"
    yes = f"ลบตอนและคำถาม {count} ข้อ" if count else "ลบตอนนี้"
    return _sure(request, survey, f"ลบตอน “{section.title}”", lost, yes=yes)


@require_POST
def section_move(request: PortalRequest, pk: int) -> HttpResponse:
    """Move a section one place up or down."""
    section = section_of(request, pk)
    actor = editor_of(request, section.survey)
    try:
        move_section(section, step=STEPS.get(request.POST.get("to", ""), 0), by=actor)
    except DomainError as error:
        messages.error(request, str(error))
    return _back(section.survey_id, f"#section-{pk}")


# Questions --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def question_new(request: PortalRequest, pk: int) -> HttpResponse:
    """Add a question of the kind in the address at the end of a section."""
    section = section_of(request, pk)
    survey = section.survey
    actor = editor_of(request, survey)
    kind = request.GET.get("kind", QuestionKind.LIKERT)
    if kind not in QuestionKind.values:
        raise Http404
    if not survey.is_draft:
        return _locked(request, survey)
    form = QuestionForm(request.POST if request.method == "POST" else None, kind=kind)
    if form.is_valid():
        try:
            question = add_question(section, kind=kind, by=actor, **form.question())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            if request.POST.get("then") == "another":
                messages.success(request, "เพิ่มคำถามแล้ว เพิ่มข้อต่อไปได้เลย")
                return redirect(f"{request.path}?kind={kind}")
            return _back(survey.pk, f"#question-{question.pk}")
    context = {"survey": survey, "section": section, "form": form, "heading": "เพิ่มคำถาม"}
    context |= {"kind": QuestionKind(kind).label, "is_new": True}
    return render_page(
        request, "research/edit_question.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def question_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change a question; its kind stays."""
    question = question_of(request, pk)
    survey = question.section.survey
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    form = QuestionForm.of(question, request.POST if request.method == "POST" else None)
    seen = seen_before(request.POST, question, QUESTION_FIELDS)
    other: list[Theirs] = []
    if form.is_valid():
        try:
            save_question(question, seen=seen, by=actor, **form.question())
        except Overtaken as moved:
            question, other = moved.row, theirs(form, QuestionForm.of(moved.row).initial)
            seen = seen_as(question, QUESTION_FIELDS)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _back(survey.pk, f"#question-{pk}")
    context = {"survey": survey, "section": question.section, "form": form, "heading": "แก้คำถาม"}
    context |= {"kind": question.get_kind_display(), "theirs": other, "seen": seen}
    status = 409 if other else 422 if form.errors else 200
    return render_page(request, "research/edit_question.html", context, status=status)


@require_http_methods(["GET", "POST"])
def question_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then take the question away."""
    question = question_of(request, pk)
    survey = question.section.survey
    actor = editor_of(request, survey)
    if not survey.is_draft:
        return _locked(request, survey)
    if request.method == "POST":
        section_id = question.section_id
        remove_question(question, by=actor)
        messages.success(request, "ลบคำถามแล้ว")
        return _back(survey.pk, f"#section-{section_id}")
    return _sure(request, survey, f"ลบคำถาม “{question.text}”", "เอาคืนไม่ได้", yes="ลบคำถามนี้")


@require_POST
def question_move(request: PortalRequest, pk: int) -> HttpResponse:
    """Move a question one place up or down, over the end into the neighbour section."""
    question = question_of(request, pk)
    actor = editor_of(request, question.section.survey)
    try:
        move_question(question, step=STEPS.get(request.POST.get("to", ""), 0), by=actor)
    except DomainError as error:
        messages.error(request, str(error))
    return _back(question.section.survey_id, f"#question-{pk}")
