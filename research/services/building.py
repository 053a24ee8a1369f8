"""A draft is written: its head, its sections, its questions; a new one from an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from members.models import Unit
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.seen import Overtaken, require_as_seen
from portal.core.thaitext import normalise, tidy
from portal.search.services import refresh
from research.domain.questions import InvalidOptions, clean_options
from research.models import Question, Section, Survey
from research.policies import can_edit, can_see_results
from research.services.opening import create_survey

SECTION_FIELDS = ("title", "intro")
QUESTION_FIELDS = ("text", "hint", "is_required", "options")
AUDIENCE = ("audience_rule",)
MAX_SECTIONS = 30
MAX_QUESTIONS = 150
HEAD_FIELDS = frozenset(
    {
        "title",
        "purpose",
        "intro",
        "populations",
        "is_anonymous",
        "band_table",
        "opens_at",
        "closes_at",
    }
)
LOCKED = "เปิดรับคำตอบแล้ว คำถามจึงแก้ไม่ได้ ทำสำเนาเป็นฉบับใหม่แล้วแก้ได้"


def _locked_draft(survey_id: int, by: Actor) -> Survey:
    """Return the survey under lock, a draft that this actor may edit."""
    locked = Survey.objects.select_related("owner_unit").lock(survey_id)
    require(can_edit(by, locked))
    if not locked.is_draft:
        raise DomainError(LOCKED)
    return locked


def _touch(survey: Survey, *names: str) -> None:
    """The survey is one version further, with whatever changed in these fields."""
    survey.version += 1
    survey.saved_at = db_now()
    survey.save(update_fields=[*names, "version", "saved_at"])


@transaction.atomic
def save_survey(survey: Survey, *, version: int, changes: Mapping[str, Any], by: Actor) -> Survey:
    """The draft's head holds `changes`; a page older than the draft changes nothing."""
    if unknown := set(changes) - HEAD_FIELDS:
        raise ValueError(f"not fields of a draft: {sorted(unknown)}")
    locked = _locked_draft(survey.pk, by)
    if locked.version != version:
        raise Overtaken(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.title = tidy(locked.title).strip()
    locked.title_search = normalise(locked.title)
    _touch(locked, *changes, "title", "title_search")
    refresh(locked, by=by)
    return locked


@transaction.atomic
def set_schools(survey: Survey, *, rule: dict[str, Any], seen: str = "", by: Actor) -> Survey:
    """The draft asks only in the schools of `rule`; an empty rule means all of them.

    Schools that somebody else chose since they were `seen` are Overtaken.
    """
    locked = _locked_draft(survey.pk, by)
    require_as_seen(locked, AUDIENCE, seen)
    locked.audience_rule = rule
    _touch(locked, "audience_rule")
    return locked


@transaction.atomic
def discard_survey(survey: Survey, *, by: Actor) -> None:
    """The draft is gone, with its questions; the history keeps its title."""
    locked = _locked_draft(survey.pk, by)
    record("survey.discarded", locked, by=by, title=locked.title)
    refresh(locked, by=by)
    locked.delete()


def _require_as_seen(row: Section | Question, names: Sequence[str], seen: str) -> None:
    """Go on when the part of the locked draft is there and reads as it was shown."""
    now = type(row)._default_manager.filter(pk=row.pk).first()
    if now is None:
        raise Conflict("มีคนลบส่วนนี้ออกจากร่างก่อนท่านบันทึก สิ่งที่ท่านพิมพ์ยังอยู่ คัดลอกแล้วเพิ่มใหม่ได้")
    require_as_seen(now, names, seen)


# Sections ---------------------------------------------------------------------------------------


@transaction.atomic
def add_section(survey: Survey, *, title: str, intro: str = "", by: Actor) -> Section:
    """The draft has one more section, at its end."""
    locked = _locked_draft(survey.pk, by)
    sections = list(locked.sections.all())
    if len(sections) >= MAX_SECTIONS:
        raise DomainError(f"มีได้ไม่เกิน {MAX_SECTIONS} ตอน")
    position = max((section.position for section in sections), default=0) + 1
    section = Section(survey=locked, title=tidy(title), intro=tidy(intro), position=position)
    section.save(force_insert=True)
    _touch(locked)
    return section


@transaction.atomic
def save_section(
    section: Section, *, title: str, intro: str = "", seen: str = "", by: Actor
) -> Section:
    """The section has this title and introduction; Overtaken when it is not as `seen`."""
    locked = _locked_draft(section.survey_id, by)
    _require_as_seen(section, SECTION_FIELDS, seen)
    section.title, section.intro = tidy(title), tidy(intro)
    section.save(update_fields=["title", "intro"])
    _touch(locked)
    return section


@transaction.atomic
def remove_section(section: Section, *, by: Actor) -> None:
    """The section is gone, with its questions."""
    locked = _locked_draft(section.survey_id, by)
    section.delete()
    _touch(locked)


@transaction.atomic
def move_section(section: Section, *, step: int, by: Actor) -> None:
    """The section stands one place further (1) or nearer (-1); at an end it stays."""
    locked = _locked_draft(section.survey_id, by)
    rows = list(locked.sections.all())
    _move(rows, [row.pk for row in rows].index(section.pk), step)
    _number(rows)
    _touch(locked)


# Questions --------------------------------------------------------------------------------------


@transaction.atomic
def add_question(
    section: Section,
    *,
    kind: str,
    text: str,
    hint: str = "",
    is_required: bool = True,
    options: Mapping[str, Any],
    by: Actor,
) -> Question:
    """The section has one more question, at its end."""
    locked = _locked_draft(section.survey_id, by)
    if Question.objects.filter(section__survey=locked).count() >= MAX_QUESTIONS:
        raise DomainError(f"มีได้ไม่เกิน {MAX_QUESTIONS} ข้อ")
    last = section.questions.order_by("-position", "-pk").first()
    question = Question(
        section=section,
        kind=kind,
        text=tidy(text),
        hint=tidy(hint),
        is_required=is_required,
        options=_options(kind, options),
        position=last.position + 1 if last else 1,
    )
    question.save(force_insert=True)
    _touch(locked)
    return question


@transaction.atomic
def save_question(
    question: Question,
    *,
    text: str,
    hint: str = "",
    is_required: bool = True,
    options: Mapping[str, Any],
    seen: str = "",
    by: Actor,
) -> Question:
    """The question asks this; its kind stays what it was. Overtaken when it is not as `seen`."""
    locked = _locked_draft(question.section.survey_id, by)
    _require_as_seen(question, QUESTION_FIELDS, seen)
    question.text, question.hint = tidy(text), tidy(hint)
    question.is_required = is_required
    question.options = _options(question.kind, options)
    question.save(update_fields=["text", "hint", "is_required", "options"])
    _touch(locked)
    return question


def _options(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return clean_options(kind, options)
    except InvalidOptions as error:
        raise DomainError(str(error)) from error


@transaction.atomic
def remove_question(question: Question, *, by: Actor) -> None:
    """The question is gone from the draft."""
    locked = _locked_draft(question.section.survey_id, by)
    question.delete()
    _touch(locked)


@transaction.atomic
def move_question(question: Question, *, step: int, by: Actor) -> None:
    """The question stands one place further or nearer; over an end, in the neighbour section."""
    locked = _locked_draft(question.section.survey_id, by)
    rows = list(question.section.questions.all())
    place = [row.pk for row in rows].index(question.pk)
    if 0 <= place + step < len(rows):
        _move(rows, place, step)
        _number(rows)
    else:
        _move_over(locked, question, step)
    _touch(locked)


def _move_over(survey: Survey, question: Question, step: int) -> None:
    """The question is the last one of the section before, or the first one of the next."""
    sections = list(survey.sections.all())
    place = [row.pk for row in sections].index(question.section_id) + step
    if not 0 <= place < len(sections):
        return
    question.section = sections[place]
    question.save(update_fields=["section"])
    others = list(sections[place].questions.exclude(pk=question.pk))
    _number([question, *others] if step > 0 else [*others, question])


def _move(rows: list[Any], place: int, step: int) -> None:
    if 0 <= place + step < len(rows):
        rows.insert(place + step, rows.pop(place))


def _number(rows: Sequence[Any]) -> None:
    """The rows stand in this order."""
    for position, row in enumerate(rows, start=1):
        row.position = position
        row.save(update_fields=["position"])


# From an earlier one ----------------------------------------------------------------------------


@transaction.atomic
def copy_survey(
    source: Survey, *, owner_unit: Unit, title: str, key: UUID | None = None, by: Actor
) -> Survey:
    """There is a new draft of the unit with everything the earlier one asks; dates are left out."""
    require(can_see_results(by, source))
    survey = create_survey(
        owner_unit,
        title=title,
        key=key,
        by=by,
        purpose=source.purpose,
        intro=source.intro,
        is_anonymous=source.is_anonymous,
        band_table=source.band_table,
        populations=source.populations,
        audience_rule=source.audience_rule,
    )
    if survey.sections.exists():  # the same form, sent twice
        return survey
    for section in source.sections.prefetch_related("questions"):
        copy = Section(
            survey=survey, title=section.title, intro=section.intro, position=section.position
        )
        copy.save(force_insert=True)
        Question.objects.bulk_create(
            Question(
                section=copy,
                kind=question.kind,
                text=question.text,
                hint=question.hint,
                is_required=question.is_required,
                options=question.options,
                position=question.position,
            )
            for question in section.questions.all()
        )
    return survey
