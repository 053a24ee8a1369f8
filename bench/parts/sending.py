"""What `bench/send.py` runs: circulars sent by the service that the confirmation page calls."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.parts.years import add_schools, make_years
from documents.models import Arrival
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import LetterFactory
from members.models import Unit
from members.services import Actor, actor_of

TIMES = 40
CONTROL = re.compile(r"BEGIN|COMMIT|(RELEASE )?SAVEPOINT")  # of the transaction itself


def send(*, letters: int, schools: int, more_schools: int = 0) -> dict[str, Any]:
    """Send circulars to all schools; return statements and milliseconds until committed.

    The recipients are `schools` with years of letters, and so many more without any.
    """
    years = make_years(letters, schools=schools)
    if more_schools:
        add_schools(years.office, more_schools)
    by = actor_of(years.registrar)
    if by is None:
        raise RuntimeError("a registrar acts in a post")
    times = sorted(_send_one(years.group, by)[0] for _ in range(TIMES))
    return {
        "schools": schools + more_schools,
        "ms": times[len(times) // 2] * 1000,
        "p95_ms": times[int(len(times) * 0.95)] * 1000,
        "statements": _send_one(years.group, by)[1],
    }


def _send_one(group: Unit, by: Actor) -> tuple[float, int]:
    """Return the seconds from pressing the button to the commit, and the statements asked."""
    letter = LetterFactory(owner_unit=group)
    snapshot = prepare_sending(letter, by=by)
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
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
