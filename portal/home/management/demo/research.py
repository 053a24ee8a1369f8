"""Surveys of the year: three that are closed and counted, one that is open now, and a draft.

What was answered is sealed and opened by the very services of the room; only the sending itself is
done in bulk. The clock stands back while something happens that lies in the past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from members.models import Unit
from members.services import Actor, actor_of
from portal.core.calendar import end_of_day
from portal.core.clock import bangkok, db_now
from portal.home.management.demo.people import Cast
from portal.home.management.demo.plans import clock_at
from portal.home.management.demo.texts.surveys import QUESTIONNAIRES, Ask, Questionnaire
from portal.outbox.models import OutboxMessage, OutboxState
from research.domain.questions import AGREEMENT, LIKERT, MULTIPLE, NO_OPINION, SINGLE
from research.domain.sealing import seal
from research.models import BandTable, Intake, Question, Survey
from research.services.answering import questions_of, sealing_context
from research.services.building import add_question, add_section
from research.services.ending import publish_summary
from research.services.intake import open_intake
from research.services.opening import close_survey, create_survey, open_survey

ASKED_NOW = frozenset({"teacher", "school-director", "officer"})  # have still to answer
OPEN_FOR = timedelta(days=14)
SINCE = timedelta(days=6)
SPREAD, OWN_SPREAD = 0.75, 0.45
NO_OPINION_SHARE = 0.07
WRITES_SHARE = 0.4


def make_research(cast: Cast, *, rng: Random) -> None:
    """The office's surveys stand in every state, with answers as people give them."""
    for questionnaire in QUESTIONNAIRES:
        _make(cast, questionnaire, rng)


def _make(cast: Cast, wanted: Questionnaire, rng: Random) -> None:
    unit, actor = cast.groups[wanted.group], _actor(cast, wanted.group)
    if wanted.state == "draft":
        _write(unit, wanted, actor, closes_at=_evening(db_now() + OPEN_FOR))
        return
    is_open = wanted.state == "open"
    until = _evening(db_now() + OPEN_FOR - SINCE if is_open else _days_ago(wanted))
    with clock_at(until - OPEN_FOR):
        survey = _write(unit, wanted, actor, closes_at=until)
        survey = open_survey(survey, by=actor)
    _answer(survey, wanted, rng, but=ASKED_NOW if is_open else frozenset())
    if is_open:
        open_intake(survey)
        return
    with clock_at(until):
        survey = close_survey(survey, by=actor)
        open_intake(survey)
        if wanted.is_published:
            publish_summary(survey, by=actor)
    _settle(survey)


def _actor(cast: Cast, group: str) -> Actor:
    actor = actor_of(cast.drafters[group])
    if actor is None:
        raise RuntimeError(f"nobody writes for {group}")
    return actor


def _write(unit: Unit, wanted: Questionnaire, actor: Actor, *, closes_at: datetime) -> Survey:
    survey = create_survey(
        unit,
        title=wanted.title,
        purpose=wanted.purpose,
        intro=wanted.intro,
        populations=list(wanted.asked_of),
        band_table=BandTable.INTERVAL_080 if wanted.band == "0.80" else BandTable.CUT_050,
        closes_at=closes_at,
        by=actor,
    )
    for part in wanted.parts:
        section = add_section(survey, title=part.title, intro=part.intro, by=actor)
        for ask in part.asks:
            add_question(
                section,
                kind=ask.kind,
                text=ask.text,
                is_required=ask.is_required,
                options=_options(ask),
                by=actor,
            )
    return Survey.objects.get(pk=survey.pk)


def _options(ask: Ask) -> dict[str, Any]:
    if ask.kind == LIKERT:
        return {
            "labels": list(AGREEMENT),
            "reverse": ask.is_reverse,
            "no_opinion": ask.has_no_opinion,
        }
    return {"choices": list(ask.options)} if ask.kind in {SINGLE, MULTIPLE} else {}


def _answer(survey: Survey, wanted: Questionnaire, rng: Random, *, but: frozenset[str]) -> None:
    """Many of those who were asked have sent their sheet; it lies sealed in the intake."""
    asks = [ask for part in wanted.parts for ask in part.asks]
    pairs = list(zip(questions_of(survey), asks, strict=True))
    rows = survey.invitations.exclude(member__username__in=but).order_by("pk")
    senders = [row for row in rows if rng.random() * 100 < wanted.rate]
    Intake.objects.bulk_create(
        (
            Intake(
                token_hash=row.token_hash,
                sealed=seal(
                    _sheet(pairs, rng),
                    public_key=bytes.fromhex(survey.public_key),
                    context=sealing_context(survey, row.token_hash),
                ),
            )
            for row in senders
        ),
        batch_size=500,
    )


def _sheet(pairs: list[tuple[Question, Ask]], rng: Random) -> dict[str, Any]:
    """Return what one person says: some see everything brighter, some darker."""
    mood = rng.gauss(0, OWN_SPREAD)
    said = {question.key: _said(ask, mood, rng) for question, ask in pairs}
    return {key: value for key, value in said.items() if value is not None}


def _said(ask: Ask, mood: float, rng: Random) -> Any:
    if ask.kind == LIKERT:
        if ask.has_no_opinion and rng.random() < NO_OPINION_SHARE:
            return NO_OPINION
        lean = ask.lean - mood if ask.is_reverse else ask.lean + mood
        return min(5, max(1, round(rng.gauss(lean, SPREAD))))
    if ask.kind == SINGLE:
        weights = ask.weights or (1,) * len(ask.options)
        return rng.choices(range(len(ask.options)), weights)[0]
    if ask.kind == MULTIPLE:
        chosen = [place for place, weight in enumerate(ask.weights) if rng.random() * 100 < weight]
        return chosen or None
    return rng.choice(ask.said) if ask.said and rng.random() < WRITES_SHARE else None


def _settle(survey: Survey) -> None:
    """What the worker would have done long ago is done: nobody hears of a survey that is over."""
    with transaction.atomic():
        OutboxMessage.objects.filter(
            topic__startswith="research.", subject_id=survey.pk, state=OutboxState.WAITING
        ).update(state=OutboxState.DONE, done_at=survey.closed_at)


def _days_ago(wanted: Questionnaire) -> datetime:
    return db_now() - timedelta(days=wanted.closed_days_ago)


def _evening(moment: datetime) -> datetime:
    return end_of_day(bangkok(moment).date())
