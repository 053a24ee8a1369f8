"""The intake is opened: never fewer than five answers together, and never one person's alone.

One transaction for each opening: the participants are marked by one statement, the answers are
written in shuffled order under random keys, and the sealed rows are gone. All of them share this
transaction's number, and nothing else. A second worker finds nothing left to do; a crash leaves
everything as it was.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count

from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.outbox.services import publish
from research.domain.batches import FEWEST, batch_size, leftovers
from research.domain.sealing import CannotOpen, unseal
from research.models import Answer, Intake, Invitation, Promise, Survey, SurveyState
from research.services.answering import sealing_context
from research.services.keys import destroy_key, has_key, private_key_of

logger = logging.getLogger("portal.research")

CHUNK = 500
Envelope = tuple[str, str, Any]  # token hash, population, answer


def open_due_intakes() -> int:
    """What can be opened now is opened; return how many answers. A step of every sweep."""
    if not Intake.objects.exists():
        return 0
    opened = 0
    for survey in Survey.objects.filter(pk__in=_due()).order_by("pk"):
        if has_key(survey):
            opened += open_intake(survey)
        else:
            _tell_owner_once(survey)
    return opened


def _due() -> set[int]:
    """Return the surveys with enough sealed answers for a batch, or closed with any left."""
    rows = (
        Invitation.objects.unmarked()
        .sealed()
        .values_list("survey", "survey__state", "population")
        .annotate(waiting=Count("pk"))
    )
    return {
        survey
        for survey, state, _, waiting in rows
        if state == SurveyState.CLOSED or batch_size(waiting, is_closed=False)
    }


def open_intake(survey: Survey) -> int:
    """The answers that may be opened now are; return how many.

    While the survey is open, five of each population are kept back; when it is closed, all are
    opened, except where five cannot be made: those are never opened, the survey says how many they
    were, and the private key is destroyed. Raises KeyMissing, and then nothing has changed.
    """
    if survey.promise != Promise.ANONYMOUS:
        return 0
    opened = _open(survey)
    if Survey.objects.get(pk=survey.pk).is_closed:
        destroy_key(survey)
    return opened


@transaction.atomic
def _open(survey: Survey) -> int:
    locked = Survey.objects.lock(survey.pk)
    waiting = _waiting(locked)
    if not waiting and not locked.is_closed:
        return 0
    ripe = _ripe(waiting, is_closed=locked.is_closed)
    chosen = _choose(_unsealed(locked, ripe), is_closed=locked.is_closed) if ripe else []
    _write(locked, chosen)
    if locked.is_closed:
        _end(locked)
    return len(chosen)


def _waiting(survey: Survey) -> list[tuple[str, str]]:
    """Return token hash and population of the survey's sealed answers."""
    rows = survey.invitations.unmarked().sealed()
    return list(rows.values_list("token_hash", "population"))


def _ripe(waiting: list[tuple[str, str]], *, is_closed: bool) -> list[tuple[str, str]]:
    """Return those whose population can make five; of the others no envelope is touched."""
    counts = Counter(population for _, population in waiting)
    together = leftovers(counts) if is_closed else set()
    ripe = {name for name, count in counts.items() if batch_size(count, is_closed=is_closed)}
    return [(token_hash, name) for token_hash, name in waiting if name in ripe | together]


def _unsealed(survey: Survey, waiting: Iterable[tuple[str, str]]) -> list[Envelope]:
    """Open the envelopes in memory; one that does not open stays where it is."""
    private_key = private_key_of(survey)
    population_of = dict(waiting)
    opened: list[Envelope] = []
    for part in _chunks(list(population_of)):
        for row in Intake.objects.filter(token_hash__in=part):
            try:
                answer = unseal(
                    bytes(row.sealed),
                    private_key=private_key,
                    context=sealing_context(survey, row.token_hash),
                )
            except CannotOpen:
                logger.warning("research.cannot_open survey=%s", survey.pk)
                continue
            opened.append((row.token_hash, population_of[row.token_hash], answer))
    return opened


def _choose(envelopes: list[Envelope], *, is_closed: bool) -> list[Envelope]:
    """Return those that are opened now, in random order; too small populations lose their name."""
    chance = secrets.SystemRandom()
    counts = Counter(population for _, population, _ in envelopes)
    nameless = leftovers(counts) if is_closed else set()
    groups: dict[str, list[Envelope]] = defaultdict(list)
    for token_hash, population, answer in envelopes:
        name = "" if population in nameless else population
        groups[name].append((token_hash, name, answer))
    chosen = [
        envelope
        for group in groups.values()
        for envelope in chance.sample(group, batch_size(len(group), is_closed=is_closed))
    ]
    chance.shuffle(chosen)
    return chosen


def _write(survey: Survey, chosen: list[Envelope]) -> None:
    """Mark, write and empty. The order of the answers is that of chance alone."""
    if not chosen:
        return
    if len(chosen) < FEWEST:
        raise RuntimeError("an intake is opened five at a time")
    Answer.objects.bulk_create(
        (Answer(survey=survey, population=name, data=answer) for _, name, answer in chosen),
        batch_size=CHUNK,
    )
    for part in _chunks(sorted(token_hash for token_hash, _, _ in chosen)):
        survey.invitations.filter(token_hash__in=part).update(has_participated=True)
        Intake.objects.filter(token_hash__in=part).delete()


def _end(survey: Survey) -> None:
    """What could not make five is never opened; the survey says how many they were."""
    rest = [token_hash for token_hash, _ in _waiting(survey)]
    if not rest:
        return
    for part in _chunks(rest):
        Intake.objects.filter(token_hash__in=part).delete()
    survey.unopened += len(rest)
    survey.save(update_fields=["unopened"])
    record("survey.answers_unopened", survey, by=SYSTEM, unopened=survey.unopened)


@transaction.atomic
def _tell_owner_once(survey: Survey) -> None:
    """The owner hears that the key is missing; a second time says nothing."""
    publish("research.key_missing", survey, by=SYSTEM, unique_key=f"research.key:{survey.pk}")


def _chunks(items: list[str]) -> Iterable[list[str]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
