"""What the demo's schools do with the letters: receive, answer, refuse, assign."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    Extension,
    Opening,
    RegisterBook,
    RegisterEntry,
    Response,
    ResponseKind,
    ResponseState,
    Series,
)
from members.models import Holding, Member, Unit
from portal.core.calendar import END_OF_DAY, is_working_day
from portal.core.clock import bangkok, be_year, db_now
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.plans import (
    BATCH,
    SCRIPT,
    Deed,
    Outcome,
    Plan,
    at_hour,
    questions_of,
    registering,
    write_history,
)
from portal.home.management.demo.texts import (
    ASSIGN_NOTES,
    EXTENSIONS,
    REFUSALS,
    RETURNS,
    SHOWCASE,
    TEXT_ANSWERS,
)

READING = timedelta(minutes=6)


def write_recipients(
    cast: Cast,
    plans: list[Plan],
    numbers: range,
    *,
    now: datetime,
    seed: int,
    holidays: frozenset[date],
) -> None:
    """Write what these schools did with all letters: numbers in the order of receiving."""
    books, entries, outcomes = [], [], []
    holders: dict[int, Holding] = {}
    for index in numbers:
        school = cast.schools[index]
        rng = Random(f"{seed}:{index}")  # noqa: S311  # a demo, not a secret
        pace = rng.choice((0.4, 0.8, 1.0, 1.5, 3.0, 6.0, 20.0, 40.0))
        mine = [
            _outcome(cast, plan, school, index + 1, rng, pace, now=now, holidays=holidays)
            for plan in plans
        ]
        clerk = cast.clerks[index + 1]
        holders[school.pk] = clerk
        new_books, new_entries = _receive_numbers(school, clerk, mine, start=rng.randint(120, 900))
        books += new_books
        entries += new_entries
        outcomes += mine
    RegisterBook.objects.bulk_create(books, batch_size=BATCH)
    for entry in entries:
        entry.book = entry.book
    RegisterEntry.objects.bulk_create(entries, batch_size=BATCH)
    for outcome in outcomes:
        # Assigning the entry anew takes its key over; assigning the key would forget the entry.
        outcome.arrival.entry = outcome.arrival.entry
    Arrival.objects.bulk_create([outcome.arrival for outcome in outcomes], batch_size=BATCH)
    _write_consequences(cast, outcomes, holders)


def _receive_numbers(
    school: Unit, clerk: Holding, outcomes: list[Outcome], *, start: int
) -> tuple[list[RegisterBook], list[RegisterEntry]]:
    """Number the school's received letters, a book a year, from the old system's last number."""
    books: dict[int, RegisterBook] = {}
    entries = []
    received = [(row.arrival.received_at, row.arrival) for row in outcomes]
    moments = [(at, arrival) for at, arrival in received if at is not None]
    for at, arrival in sorted(moments, key=lambda row: row[0]):
        year = be_year(at)
        book = books.setdefault(
            year,
            RegisterBook(
                unit=school, series=Series.IN, be_year=year, start_number=start if not books else 1
            ),
        )
        book.last_number = max(book.last_number + 1, book.start_number)
        letter = arrival.letter
        arrival.entry = RegisterEntry(
            book=book,
            number=book.last_number,
            registered_at=at,
            registered_by=clerk.member,
            holding=clerk,
            letter=letter,
            letter_number=letter.number_text,
            letter_dated_on=letter.dated_on,
            from_text=letter.owner_unit.name,
            to_text=school.name,
            subject=letter.subject,
            subject_search=letter.subject_search,
        )
        entries.append(arrival.entry)
    return list(books.values()), entries


def _office_hours(moment: datetime, holidays: frozenset[date], rng: Random) -> datetime:
    """Move a moment into the next office hours."""
    local = bangkok(moment)
    if is_working_day(local.date(), holidays) and time(8, 30) <= local.time() <= END_OF_DAY:
        return moment
    day = local.date()
    if local.time() > END_OF_DAY:
        day += timedelta(days=1)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return at_hour(day, time(8, 30)) + timedelta(
        minutes=rng.randint(0, 180), seconds=rng.randint(0, 59)
    )


def _outcome(
    cast: Cast,
    plan: Plan,
    school: Unit,
    number: int,
    rng: Random,
    pace: float,
    *,
    now: datetime,
    holidays: frozenset[date],
) -> Outcome:
    arrival = Arrival(
        letter=plan.letter,
        dispatch=plan.dispatch,
        unit=school,
        due_at=plan.due_at,
        arrived_at=plan.sent_at + timedelta(seconds=rng.randint(2, 20)),
    )
    outcome = Outcome(arrival)
    clerk = cast.clerks[number].member
    scripted = _scripted(plan, school)
    received_at = _received_at(plan, scripted, rng, pace, now=now, holidays=holidays)
    if received_at is None or received_at > now:
        if scripted == "opened" or (not scripted and rng.random() < 0.35):
            _open(arrival, clerk, min(now, plan.sent_at + timedelta(hours=1)))
        return outcome
    if not scripted and not plan.is_recent and rng.random() < 0.004:
        arrival.state = ArrivalState.REFUSED
        arrival.refusal_reason = rng.choice(REFUSALS)
        _open(arrival, clerk, received_at)
        arrival.settle()
        return outcome
    arrival.state = ArrivalState.RECEIVED
    arrival.received_at, arrival.received_by = received_at, clerk
    _open(arrival, clerk, received_at - timedelta(minutes=rng.randint(1, 30)))
    if plan.template.response != ResponseKind.NONE and scripted != "unanswered":
        _respond(outcome, plan, clerk, rng, now=now, holidays=holidays, surely=bool(scripted))
    if rng.random() < 0.15:
        outcome.assignee = rng.choice(cast.teachers[number])
        outcome.note = rng.choice(ASSIGN_NOTES)
    arrival.settle()
    return outcome


def _received_at(
    plan: Plan,
    scripted: str,
    rng: Random,
    pace: float,
    *,
    now: datetime,
    holidays: frozenset[date],
) -> datetime | None:
    """Return when the school receives it, perhaps after now; None when the script says no."""
    if scripted in {"unopened", "opened"}:
        return None
    hours = rng.lognormvariate(0.9 - 0.35 * plan.template.urgency, 1.0) * pace
    received_at = _office_hours(plan.sent_at + timedelta(hours=hours), holidays, rng)
    if scripted == "today":
        return max(plan.sent_at, now - timedelta(minutes=rng.randint(9, 50)))
    return min(received_at, now - timedelta(hours=2)) if scripted else received_at


def _scripted(plan: Plan, school: Unit) -> str:
    if school.name not in CLERKS_SCHOOLS:
        return ""
    for beginning, states in SCRIPT.items():
        if plan.is_recent and plan.subject.startswith(beginning):
            return states.get(school.name, "done")
    return "done"


def _open(arrival: Arrival, member: Member, at: datetime) -> None:
    arrival.opened_at = max(at, arrival.arrived_at)
    arrival.opened_by = member


def _respond(
    outcome: Outcome,
    plan: Plan,
    clerk: Member,
    rng: Random,
    *,
    now: datetime,
    holidays: frozenset[date],
    surely: bool,
) -> None:
    """Let the school answer: mostly in time, some late, a few never; the office looks at some."""
    arrival = outcome.arrival
    received_at = arrival.received_at or plan.sent_at
    due_at = plan.due_at or now
    room = max((due_at - received_at).total_seconds(), 3_600)
    answered_at = received_at + timedelta(seconds=room * min(rng.betavariate(2, 2.6) * 1.06, 1.2))
    answered_at = _office_hours(answered_at, holidays, rng)
    is_old = (now - due_at).days > 12
    if surely or (is_old and rng.random() < 0.985):
        answered_at = min(answered_at, now - timedelta(minutes=20))
    elif rng.random() < 0.04 or answered_at > now:
        return
    answered_at = max(answered_at, received_at + timedelta(minutes=2))
    response = Response(
        arrival=arrival,
        version=1,
        data=_answers(plan, rng),
        text=rng.choice(TEXT_ANSWERS) if plan.template.response == ResponseKind.TEXT else "",
        submitted_at=answered_at,
        submitted_by=clerk,
        is_late=plan.due_at is not None and answered_at > plan.due_at,
    )
    outcome.responses.append(response)
    arrival.response_state = ResponseState.ANSWERED
    arrival.answered_at, arrival.is_late = answered_at, response.is_late
    luck = rng.random()
    if luck < 0.03 and not surely and (now - answered_at).days < 14:
        response.state = arrival.response_state = ResponseState.RETURNED
        response.return_reason = rng.choice(RETURNS)
        response.reviewed_at = min(now, answered_at + timedelta(hours=3))
    elif luck < 0.7 and (now - answered_at).days > 5:
        response.state = arrival.response_state = ResponseState.ACCEPTED
        response.reviewed_at = min(now, answered_at + timedelta(days=1))
    elif luck > 0.985 and plan.due_at and plan.due_at > now and not surely:
        _extend(outcome, plan, rng)


def _extend(outcome: Outcome, plan: Plan, rng: Random) -> None:
    due_at = outcome.arrival.due_at or plan.sent_at
    outcome.extension = Extension(
        arrival=outcome.arrival,
        old_due_at=due_at,
        new_due_at=due_at + timedelta(days=3),
        reason=rng.choice(EXTENSIONS),
        made_at=plan.sent_at + timedelta(hours=5),
    )
    outcome.arrival.due_at = outcome.extension.new_due_at


def _answers(plan: Plan, rng: Random) -> dict[str, Any]:
    """Answer the short form plausibly: little or no damage at most schools."""
    template = plan.template
    if template.response == ResponseKind.YES_NO:
        return {"answer": "yes" if rng.random() < 0.93 else "no"}
    if template is SHOWCASE:
        return _flood_answers(rng)
    answers: dict[str, Any] = {}
    for question in questions_of(template):
        kind = question["kind"]
        if kind == "number":
            answers[question["key"]] = min(question.get("max", 400), int(rng.expovariate(1 / 24)))
        elif kind == "choice":
            answers[question["key"]] = rng.choice(question["choices"])
        elif kind == "text":
            answers[question["key"]] = f"นาง{rng.choice(('สาว', ''))}{rng.choice(NAMES)}"
    return answers


def _flood_answers(rng: Random) -> dict[str, Any]:
    level = rng.choices((0, 1, 2, 3), weights=(45, 35, 14, 6))[0]
    choices = SHOWCASE.questions[1]["choices"]
    buildings = 0 if level == 0 else rng.randint(1, level + 1)
    return {
        "q1": buildings,
        "q2": choices[level],
        "q3": buildings * level * rng.randint(9, 60) * 1_000,
    }


NAMES = [
    f"{first} {last}"
    for first, last in (("สมพร", "แก้วมณี"), ("อรุณี", "คงทอง"), ("พรทิพย์", "ไชยรักษ์"), ("วันดี", "มากแก้ว"))
]


def _write_consequences(cast: Cast, outcomes: list[Outcome], holders: dict[int, Holding]) -> None:
    """Write answers, openings, extensions, assignments and the history of all of it."""
    responses, openings, assignments, extensions = [], [], [], []
    for outcome in outcomes:
        arrival = outcome.arrival
        for response in outcome.responses:
            response.arrival_id = arrival.pk
            if response.reviewed_at:
                response.reviewed_by = arrival.letter.drafter
            responses.append(response)
        if arrival.opened_at and arrival.opened_by_id:
            openings.append(
                Opening(arrival=arrival, member_id=arrival.opened_by_id, at=arrival.opened_at)
            )
        if outcome.extension:
            outcome.extension.arrival_id = arrival.pk
            outcome.extension.made_by = arrival.letter.drafter
            extensions.append(outcome.extension)
        if outcome.assignee and arrival.received_at:
            given = _assignment(outcome, holders[arrival.unit_id])
            assignments.append(given)
            if given.acknowledged_at:  # who knows of a letter has opened it
                read_at = given.acknowledged_at - READING
                openings.append(Opening(arrival=arrival, member=given.assignee, at=read_at))
    Response.objects.bulk_create(responses, batch_size=BATCH)
    Opening.objects.bulk_create(openings, batch_size=BATCH)
    Extension.objects.bulk_create(extensions, batch_size=BATCH)
    Assignment.objects.bulk_create(assignments, batch_size=BATCH)
    entries = [row.arrival.entry for row in outcomes if row.arrival.entry]
    write_history(registering(entry, holders[entry.book.unit_id]) for entry in entries)
    write_history(_deeds(outcomes, holders))


def _assignment(outcome: Outcome, clerk: Holding) -> Assignment:
    arrival = outcome.arrival
    assigned_at = (arrival.received_at or arrival.arrived_at) + timedelta(minutes=12)
    is_known = (db_now() - assigned_at).days > 2
    return Assignment(
        arrival=arrival,
        assignee=outcome.assignee,
        note=outcome.note,
        assigned_at=assigned_at,
        assigned_by=clerk.member,
        acknowledged_at=assigned_at + timedelta(hours=4) if is_known else None,
    )


def _deeds(outcomes: list[Outcome], holders: dict[int, Holding]) -> Iterable[Deed]:
    for outcome in outcomes:
        arrival = outcome.arrival
        clerk = holders[arrival.unit_id]
        if arrival.received_at and arrival.entry:
            yield (
                arrival,
                "arrival.received",
                clerk,
                arrival.received_at,
                {"state": ["waiting", "received"], "number": arrival.entry.number},
            )
        for response in outcome.responses:
            facts = {"arrival": arrival.pk, "version": response.version, "late": response.is_late}
            yield response, "response.submitted", clerk, response.submitted_at, facts
