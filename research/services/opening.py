"""A survey is begun, opened to those it asks, and closed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from members.models import OFFICE_ROLES, AudienceSnapshot, Holding, Role, Unit, UnitKind
from members.services import Actor, act_at, freeze_audience
from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.core.actors import Actor as AnyActor
from portal.core.clock import BANGKOK, bangkok, db_now
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.thaitext import normalise, tidy
from portal.outbox.services import publish
from portal.search.services import refresh
from research.models import (
    Invitation,
    Population,
    Promise,
    Question,
    Survey,
    SurveyState,
)
from research.policies import can_edit, can_write
from research.services.keys import make_key
from research.services.tokens import hash_of, token_for

ROLES_OF = {
    Population.ADMINISTRATORS: frozenset({Role.SCHOOL_DIRECTOR}),
    Population.TEACHERS: frozenset({Role.TEACHER}),
    Population.STAFF: OFFICE_ROLES,
}
IN_SCHOOLS = frozenset({Population.ADMINISTRATORS, Population.TEACHERS})
CHUNK = 1_000
REMIND_BEFORE = timedelta(days=2)
REMIND_AT = time(8, 0)


@transaction.atomic
def create_survey(
    owner_unit: Unit, *, title: str, key: UUID | None = None, by: Actor, **fields: Any
) -> Survey:
    """There is a new draft of the unit; the same form sent twice began one."""
    actor = act_at(by, [owner_unit.pk], OFFICE_ROLES)
    require(can_write(actor, owner_unit))
    with once(actor, key, {"begin": owner_unit.pk, "title": title}) as done:
        if done.is_repeat and done.result:
            return Survey.objects.get(pk=done.result["survey"])
        now = db_now()
        survey = Survey(
            office=owner_unit.office or owner_unit,
            owner_unit=owner_unit,
            author=actor.member,
            title=tidy(title),
            title_search=normalise(title),
            created_at=now,
            saved_at=now,
            **fields,
        )
        survey.save(force_insert=True)
        record("survey.created", survey, by=actor)
        refresh(survey, by=actor)
        done.result = {"survey": survey.pk}
    return survey


def missing_for_opening(survey: Survey, *, now: datetime | None = None) -> list[str]:
    """Return in Thai what the survey still lacks before it can be opened; nothing when complete."""
    lacks = []
    if not survey.title.strip():
        lacks.append("ใส่ชื่อแบบสอบถาม")
    if not set(survey.populations) & set(Population.values):
        lacks.append("เลือกกลุ่มผู้ตอบอย่างน้อย 1 กลุ่ม")
    if not Question.objects.filter(section__survey=survey).exists():
        lacks.append("เพิ่มคำถามอย่างน้อย 1 ข้อ")
    if survey.closes_at is None:
        lacks.append("กำหนดวันปิดรับคำตอบ")
    elif survey.closes_at <= max(now or db_now(), survey.opens_at or survey.created_at):
        lacks.append("วันปิดรับคำตอบต้องอยู่หลังวันเปิด และยังมาไม่ถึง")
    return lacks


def asked_members(survey: Survey, units: QuerySet[Unit] | list[int]) -> dict[int, str]:
    """Return whom the survey asks in these units, each once: member → population."""
    asked: dict[int, str] = {}
    for population in Population:
        if population.value not in survey.populations:
            continue
        kinds = [UnitKind.SCHOOL] if population in IN_SCHOOLS else [UnitKind.OFFICE, UnitKind.GROUP]
        held = Holding.objects.current().filter(
            post__unit__in=units, post__unit__kind__in=kinds, post__role__in=ROLES_OF[population]
        )
        for member in held.order_by("member").values_list("member_id", flat=True).distinct():
            asked.setdefault(member, str(population.value))
    return asked


def units_rule(survey: Survey) -> dict[str, Any]:
    """Return the audience rule of the units in which the survey asks."""
    rule: dict[str, Any] = {}
    if IN_SCHOOLS & set(survey.populations):
        rule |= survey.audience_rule or {"all_schools": True}
    if Population.STAFF in survey.populations:
        own = Unit.objects.open().filter(
            office=survey.office_id, kind__in=[UnitKind.OFFICE, UnitKind.GROUP]
        )
        rule["groups"] = sorted({*rule.get("groups", []), *own.values_list("pk", flat=True)})
    return rule


def open_survey(survey: Survey, *, key: UUID | None = None, by: Actor) -> Survey:
    """The survey is out: its units are frozen, its people invited, and its promise is given.

    An anonymous survey has a private key outside the database from now on. The invited are told
    when answering begins; the worker reminds before the end and closes it on time.
    """
    require(can_edit(act_at(by, [survey.owner_unit_id], OFFICE_ROLES), survey))
    # Written to the disk before the transaction; a key that no survey names does no harm.
    public_key = make_key() if survey.is_anonymous and survey.is_draft else ""
    return _open(survey, public_key=public_key, key=key, by=by)


@transaction.atomic
def _open(survey: Survey, *, public_key: str, key: UUID | None, by: Actor) -> Survey:
    actor = act_at(by, [survey.owner_unit_id], OFFICE_ROLES)
    with once(actor, key, {"open": survey.pk}) as done:
        locked = Survey.objects.select_related("office", "owner_unit").lock(survey.pk)
        if done.is_repeat:
            return locked
        require(can_edit(actor, locked))
        locked.move_to(SurveyState.OPEN)
        now = db_now()
        if lacks := missing_for_opening(locked, now=now):
            raise DomainError(" · ".join(lacks))
        if locked.is_anonymous and not public_key:
            raise DomainError("แบบสอบถามเพิ่งเปลี่ยนเป็นไม่ระบุชื่อ ลองเปิดอีกครั้ง")
        done.result = {"survey": locked.pk}
        locked.snapshot = freeze_audience(units_rule(locked), office=locked.office, by=actor)
        if locked.is_anonymous:
            locked.promise, locked.public_key = Promise.ANONYMOUS, public_key
        locked.opened_at = now
        locked.invited = _invite(locked, locked.snapshot)
        locked.save(
            update_fields=["state", "snapshot", "promise", "public_key", "opened_at", "invited"]
        )
        record(
            "survey.opened",
            locked,
            by=actor,
            at=now,
            state=[SurveyState.DRAFT, SurveyState.OPEN],
            invited=locked.invited,
            anonymous=locked.is_anonymous,
        )
        _plan(locked, now, actor)
        refresh(locked, by=actor)
    return locked


def _invite(survey: Survey, snapshot: AudienceSnapshot) -> int:
    """Every member the survey asks has an invitation; return how many."""
    units = sorted({unit for unit, member in snapshot.recipients if member is None})
    asked = asked_members(survey, units)
    if not asked:
        raise DomainError("ไม่มีผู้ตอบในกลุ่มที่เลือก ตรวจกลุ่มผู้ตอบและโรงเรียนที่ถาม")
    Invitation.objects.bulk_create(
        (
            Invitation(
                survey=survey,
                member_id=member,
                population=population,
                token_hash=hash_of(token_for(survey, member)),
            )
            for member, population in asked.items()
        ),
        batch_size=CHUNK,
    )
    return len(asked)


def _plan(survey: Survey, now: datetime, by: AnyActor) -> None:
    """The invitation, the reminder and the end stand in the outbox, each at its time."""
    begins = max(now, survey.opens_at or now)
    publish(
        "research.survey_opened", survey, by=by, due_at=survey.opens_at if begins > now else None
    )
    if survey.closes_at is None:
        return
    publish("research.close_survey", survey, by=SYSTEM, due_at=survey.closes_at)
    reminder = datetime.combine(
        bangkok(survey.closes_at - REMIND_BEFORE).date(), REMIND_AT, tzinfo=BANGKOK
    )
    if reminder > begins:
        publish("research.survey_reminder", survey, by=SYSTEM, due_at=reminder)


@transaction.atomic
def close_survey(survey: Survey, *, by: Actor) -> Survey:
    """No more answers are taken; the worker opens what is still sealed. Closed twice is closed."""
    actor = act_at(by, [survey.owner_unit_id], OFFICE_ROLES)
    locked = Survey.objects.select_related("owner_unit").lock(survey.pk)
    require(can_edit(actor, locked))
    return _close(locked, by=actor)


@transaction.atomic
def close_on_time(survey: Survey) -> Survey:
    """The survey is closed if its time is over; otherwise nothing has changed."""
    locked = Survey.objects.lock(survey.pk)
    is_over = locked.is_open and locked.has_ended(db_now())
    return _close(locked, by=SYSTEM) if is_over else locked


def _close(locked: Survey, *, by: AnyActor) -> Survey:
    if locked.is_closed:
        return locked
    locked.move_to(SurveyState.CLOSED)
    locked.closed_at = db_now()
    locked.save(update_fields=["state", "closed_at"])
    record(
        "survey.closed",
        locked,
        by=by,
        at=locked.closed_at,
        state=[SurveyState.OPEN, SurveyState.CLOSED],
    )
    publish("research.open_intake", locked, by=by)
    refresh(locked, by=by)
    return locked
