"""What `bench/board.py` runs: the board of one letter with all schools of an office, or more."""

from __future__ import annotations

import time
from itertools import pairwise
from statistics import median
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from bench.parts.reading import HELLO, UNIT_CONNECTIONS, client_of, hello_rate, queries_of
from bench.parts.serving import Ask, ask, gather_static, serving, warm_up
from bench.parts.years import add_schools, copy_rows, make_years, settle, sign_in
from documents.models import Arrival, Dispatch, Letter
from documents.services.following import chosen_arrivals
from documents.services.standing import Asked
from portal.core.clock import db_now

ROW = '<tr role="row">'


def look(
    *, letters: int, schools: int, more_schools: int, rounds: int, seconds: int
) -> dict[str, Any]:
    """Ask the board of the newest of so many letters, which all schools have, and some more."""
    years = make_years(letters, schools=schools)
    letter = Letter.objects.filter(owner_unit=years.group).order_by("-number")[0]
    if more_schools:
        add_schools(years.office, more_schools)
        _send_to_more(letter)
    gather_static()
    one = Ask(reverse("documents:letter-board", args=[letter.pk]), sign_in(years.officer))
    settle()
    return {
        **_asked(one, rounds, seconds),
        "recipients": letter.arrivals.count(),
        "all_rows_ms": _all_rows(letter) * 1000,
    }


def _asked(one: Ask, rounds: int, seconds: int) -> dict[str, Any]:
    """Return the board in the unit “hello”, how long one reader waits, its rows and questions."""
    page = client_of(one.session).get(one.path).content.decode()
    hellos, rates = [], []
    with serving() as address, serving(HELLO) as unit:
        warm_up(address, [one] * 200)  # they come back all day
        for _ in range(rounds):
            hellos.append(hello_rate(unit, seconds))
            rates.append(ask(address, [one], connections=UNIT_CONNECTIONS, seconds=seconds).rate)
        hellos.append(hello_rate(unit, seconds))
        alone = ask(address, [one], connections=1, seconds=seconds)
    beside = [(before + after) / 2 for before, after in pairwise(hellos)]
    return {
        "hello_rate": median(beside),
        "hellos": median(hello / rate for hello, rate in zip(beside, rates, strict=True)),
        "ms": 1000 / median(rates),
        "p50": alone.p50,
        "rows": page.count(ROW) - 1,  # the head is one, too
        "queries": queries_of(one),
    }


def _send_to_more(letter: Letter) -> None:
    """Every unit that has the letter not yet has it now."""
    dispatch = Dispatch.objects.filter(letter=letter).latest("pk")
    model = Arrival.objects.filter(letter=letter).latest("pk")
    without = f"""(
        SELECT id FROM members_unit WHERE kind = 'school' AND id NOT IN
            (SELECT unit_id FROM documents_arrival WHERE letter_id = {letter.pk})
    ) AS s"""
    copy_rows(model, source=without, unit_id="s.id", entry_id="NULL")
    Dispatch.objects.filter(pk=dispatch.pk).update(total=letter.arrivals.count())


def _all_rows(letter: Letter) -> float:
    """The control: the seconds of reading every recipient and naming each on one page."""
    began = time.perf_counter()
    rows = chosen_arrivals(letter, Asked(), db_now()).select_related("unit__district", "entry")
    for arrival in rows:
        render_to_string("components/state.html", {"kind": arrival.state})
    return time.perf_counter() - began
