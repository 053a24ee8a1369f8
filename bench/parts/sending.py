"""What `bench/send.py` runs: circulars sent by the service that the confirmation page calls."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.parts.years import add_schools, make_years
from documents.models import Arrival, Letter
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import LetterFactory
from members.models import AudienceSnapshot, Unit
from members.services import Actor, actor_of

TIMES_IN_FULL = 9
CONTROL = re.compile(r"BEGIN|COMMIT|(RELEASE )?SAVEPOINT")  # of the transaction itself


def send(*, letters: int, schools: int, rounds: int, more_schools: int = 0) -> dict[str, Any]:
    """Send so many circulars to all schools; return statements and milliseconds until committed.

    The recipients are `schools` with years of letters, and so many more without any. Of some the
    page forgets on what its recipients rested, so that all are compared: `ms_in_full`, the control.
    """
    years = make_years(letters, schools=schools)
    if more_schools:
        add_schools(years.office, more_schools)
    by = actor_of(years.registrar)
    if by is None:
        raise RuntimeError("a registrar acts in a post")
    sent = [_send_one(*one, by) for one in _confirmed(rounds, years.group, by)]
    pages = _confirmed(TIMES_IN_FULL, years.group, by)
    AudienceSnapshot.objects.filter(pk__in=[pk for _, pk in pages]).update(standing=None)
    in_full = [_send_one(*one, by) for one in pages]
    times = sorted(seconds for seconds, _ in sent)
    return {
        "schools": schools + more_schools,
        "ms": times[len(times) // 2] * 1000,
        "p95_ms": times[int(len(times) * 0.95)] * 1000,
        "statements": sent[-1][1],
        "ms_in_full": sorted(seconds for seconds, _ in in_full)[len(in_full) // 2] * 1000,
    }


def _confirmed(count: int, group: Unit, by: Actor) -> list[tuple[Letter, int]]:
    """Return so many letters whose confirmation page was shown, with what it froze."""
    letters = [LetterFactory(owner_unit=group) for _ in range(count)]
    return [(letter, prepare_sending(letter, by=by).pk) for letter in letters]


def _send_one(letter: Letter, frozen: int, by: Actor) -> tuple[float, int]:
    """Return the seconds from pressing the button to the commit, and the statements of sending.

    What the page froze is fetched anew, as its form does.
    """
    began = time.perf_counter()
    snapshot = AudienceSnapshot.objects.defer("recipients").get(pk=frozen)
    with CaptureQueriesContext(connection) as asked:
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=by)
    took = time.perf_counter() - began
    statements = [one for one in asked.captured_queries if not CONTROL.match(one["sql"])]
    return took, len(statements)


def send_in_a_loop(*, letters: int, schools: int) -> dict[str, Any]:
    """The control: the arrivals are made in the request, one by one."""
    years = make_years(letters, schools=schools)
    by = actor_of(years.registrar)
    if by is None:
        raise RuntimeError("a registrar acts in a post")
    letter = LetterFactory(owner_unit=years.group)
    snapshot = prepare_sending(letter, by=by)
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
        sent = register_letter(letter, snapshot=snapshot, key=uuid4(), by=by)
        dispatch = sent.dispatches.get()
        for unit, member in snapshot.recipients:
            Arrival.objects.create(
                letter=sent,
                dispatch=dispatch,
                unit_id=unit,
                member_id=member,
                arrived_at=dispatch.sent_at,
            )
        took = time.perf_counter() - began
    return {"ms": took * 1000, "statements": len(asked)}
