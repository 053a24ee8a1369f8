"""After a survey is open: a later end, a reminder, and the summary for everybody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now, today
from portal.core.errors import DomainError, require
from portal.outbox.services import publish
from portal.search.services import refresh
from research.models import Survey
from research.policies import can_edit
from research.services.results import answers_of, is_counted


def _locked(survey: Survey, by: Actor) -> Survey:
    locked = Survey.objects.select_related("owner_unit").lock(survey.pk)
    require(can_edit(by, locked))
    return locked


@transaction.atomic
def extend_survey(survey: Survey, *, closes_at: datetime, by: Actor) -> Survey:
    """Answers are taken until the later end; the worker closes it then, and not before."""
    locked = _locked(survey, by)
    if not locked.is_open:
        raise DomainError("แบบสอบถามไม่ได้เปิดรับคำตอบอยู่ จึงขยายเวลาไม่ได้")
    before = locked.closes_at
    if closes_at <= db_now() or (before and closes_at <= before):
        raise DomainError("วันปิดรับใหม่ต้องอยู่หลังวันปิดรับเดิม และยังมาไม่ถึง")
    locked.closes_at = closes_at
    locked.save(update_fields=["closes_at"])
    record(
        "survey.extended",
        locked,
        by=by,
        closes_at=[before.isoformat() if before else None, closes_at.isoformat()],
    )
    publish("research.close_survey", locked, by=by, due_at=closes_at)
    refresh(locked, by=by)
    return locked


@transaction.atomic
def remind_survey(survey: Survey, *, by: Actor) -> int:
    """Whoever is not marked as having answered hears of it again, once a day; return how many.

    Whose answer still lies sealed is reminded as well: who they are is not known.
    """
    locked = _locked(survey, by)
    if not locked.takes_answers(db_now()):
        raise DomainError("แบบสอบถามไม่ได้เปิดรับคำตอบอยู่ จึงเตือนไม่ได้")
    count = locked.invitations.unmarked().count()
    if not count:
        raise DomainError("ผู้ได้รับเชิญตอบครบแล้ว ไม่มีใครต้องเตือน")
    key = f"research.reminder:{locked.pk}:{today().isoformat()}"
    if publish("research.survey_reminder", locked, by=by, unique_key=key) is None:
        raise DomainError("วันนี้เตือนไปแล้ว เตือนได้วันละครั้ง")
    record("survey.reminded", locked, by=by, invited=count)
    return count


@transaction.atomic
def publish_summary(survey: Survey, *, by: Actor) -> Survey:
    """Every member of the office may see the tables, without texts; done twice it is one deed.

    Those who were asked hear of it the first time, and not again after a withdrawal.
    """
    locked = _locked(survey, by)
    if locked.published_at:
        return locked
    if not is_counted(locked):
        raise DomainError("เผยแพร่ได้หลังปิดรับและนับคำตอบครบแล้ว")
    if not answers_of(locked).is_shown:
        raise DomainError("มีคำตอบไม่ถึง 5 ชุด จึงไม่มีผลให้เผยแพร่")
    locked.published_at = db_now()
    locked.save(update_fields=["published_at"])
    record("survey.summary_published", locked, by=by, at=locked.published_at)
    key = f"research.summary:{locked.pk}"
    publish("research.summary_published", locked, by=by, unique_key=key)
    refresh(locked, by=by)
    return locked


@transaction.atomic
def withdraw_summary(survey: Survey, *, by: Actor) -> Survey:
    """The summary is the owner's own again."""
    locked = _locked(survey, by)
    if not locked.published_at:
        return locked
    locked.published_at = None
    locked.save(update_fields=["published_at"])
    record("survey.summary_withdrawn", locked, by=by)
    refresh(locked, by=by)
    return locked
