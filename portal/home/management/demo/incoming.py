"""A term of letters that came to the demo's office, and what became of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from random import Random

from django.db import transaction

from documents.models import MatterState
from documents.services.drafting import save_draft
from documents.services.handling import begin_reply
from documents.services.sending import prepare_sending, register_letter
from members.models import Holding
from members.services import Actor
from portal.core.clock import db_now
from portal.home.management.demo.incoming_rows import Case, Inside, Writer, people_inside
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.plans import at_hour, past_working_days
from portal.home.management.demo.texts.incoming import (
    FIELD_TRIP,
    FOR_DEPUTY,
    FOR_DIRECTOR,
    HEALTH,
    PLAN_BUDGET,
    PUPILS,
    TERM,
    TO_PROPOSE,
    WAITING_AT_COUNTER,
    Coming,
)

PAST_DAYS = 80
SETTLED = 36
AT_GROUPS = 8
ON_THE_WAY = (MatterState.ROUTED, MatterState.ASSIGNED, MatterState.IN_HAND)


def make_incoming(cast: Cast, *, rng: Random) -> None:
    """About sixty matters over a term, in every state, some for everybody one can sign in as.

    As with the letters that go out, the rows are written with the times, numbers, steps and
    history that the services would have left; only the answers of today go through the services.
    """
    now = db_now()
    holidays = frozenset(cast.office.holidays.values_list("on", flat=True))
    inside = people_inside(cast)
    cases = plan_cases(cast, inside, past_working_days(PAST_DAYS, now, holidays), rng)
    with transaction.atomic():
        writer = Writer(cast, inside, holidays, now)
        for case in cases:
            writer.write(case)
        writer.close()
    for case in cases:
        if case.state == MatterState.ANSWERED:
            answer(case, inside)


def plan_cases(cast: Cast, inside: Inside, days: list[date], rng: Random) -> list[Case]:
    """Return the letters in the order in which they were received."""
    own = [school for school in cast.schools if school.name in CLERKS_SCHOOLS]
    own.sort(key=lambda school: CLERKS_SCHOOLS.index(school.name))
    first, second, third = (own * 3)[:3]
    cases = []
    for position in range(SETTLED):
        day = days[-1 - position * (len(days) - 12) // SETTLED]
        at = at_hour(day, time(rng.randint(9, 15), rng.randint(0, 59)))
        cases.append(Case(TERM[position % len(TERM)], MatterState.CLOSED, at))
    elsewhere = [one for one in TERM if one.group != "PLN"]
    for position in range(AT_GROUPS):
        at = at_hour(days[9 - position], time(rng.randint(9, 15), rng.randint(0, 59)))
        state = ON_THE_WAY[position % 3]
        cases.append(Case(elsewhere[position], state, at, is_late=position == 2))
    own_group = (
        (replace(PLAN_BUDGET, days=3), MatterState.IN_HAND, 8, second, True),
        (PUPILS, MatterState.ANSWERED, 6, first, False),
        (PLAN_BUDGET, MatterState.IN_HAND, 5, first, False),
        (PUPILS, MatterState.ANSWERED, 5, third, False),
        (FIELD_TRIP, MatterState.ANSWERED, 4, first, False),
        (HEALTH, MatterState.ANSWERED, 4, None, False),
        (PUPILS, MatterState.ASSIGNED, 3, None, False),
        (PLAN_BUDGET, MatterState.ASSIGNED, 3, None, False),
        (PUPILS, MatterState.ROUTED, 2, None, False),
        (PLAN_BUDGET, MatterState.ROUTED, 2, None, False),
    )
    for row, (coming, state, ago, school, is_late) in enumerate(own_group):
        at = at_hour(days[ago - 1], time(9, 10 + row))
        cases.append(Case(coming, state, at, school=school, is_late=is_late))
    cases += at_the_top(inside, days)
    for row, coming in enumerate(TO_PROPOSE):
        cases.append(Case(coming, MatterState.RECEIVED, at_hour(days[0], time(14, 20 + row))))
    for row, (coming, school) in enumerate(
        zip(WAITING_AT_COUNTER, (first, None, second), strict=True)
    ):
        cases.append(Case(coming, "", at_hour(days[0], time(15, 30 + row)), school=school))
    others = rng.sample(cast.schools, k=len(cast.schools))
    for number, case in enumerate(cases):
        if not case.coming.sender and case.school is None:
            case.school = others[number % len(others)]
    return sorted(cases, key=lambda case: case.at)


def at_the_top(inside: Inside, days: list[date]) -> list[Case]:
    """Return what waits for an order of the director, and of the deputy."""
    rows: list[tuple[Coming, Holding]] = [(one, inside.director) for one in FOR_DIRECTOR]
    rows += [(one, inside.deputy) for one in FOR_DEPUTY]
    return [
        Case(one, MatterState.PROPOSED, at_hour(days[row % 2], time(10, 5 + row)), to=holding)
        for row, (one, holding) in enumerate(rows)
    ]


def answer(case: Case, inside: Inside) -> None:
    """The officer answered with a letter that the registrar numbered today."""
    assert case.matter is not None
    assert case.matter.main_unit is not None
    officer = inside.desk(case.matter.main_unit)["officer"]
    by = Actor(member=officer.member, holding=officer)
    registrar = Actor(member=inside.registrar.member, holding=inside.registrar)
    draft = begin_reply(case.matter, by=by)
    signer = inside.director
    draft = save_draft(
        draft,
        version=draft.version,
        changes={
            "main_source": "typed",
            "addressee": draft.addressee or f"ผู้อำนวยการ{case.letter.sender}",
            "body": (
                "ตามหนังสือที่อ้างถึง ได้แจ้งเรื่องดังกล่าวมาเพื่อพิจารณา ความละเอียดแจ้งแล้วนั้น\n"
                f"สำนักงานได้พิจารณาแล้ว {case.coming.result}\nจึงเรียนมาเพื่อทราบ"
            ),
            "signer_name": str(signer.member),
            "signer_position": f"ผู้อำนวยการ{draft.office.name}",
        },
        by=by,
    )
    snapshot = prepare_sending(draft, by=registrar)
    register_letter(draft, snapshot=snapshot, key=None, by=registrar)
