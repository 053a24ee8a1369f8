"""A term of letters: sent, received, answered, as it might have been; always the same for a seed.

The rows are written in bulk, with the numbers, times and history lines that the services would
have left behind, because a term of deeds done one by one would take an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import models, transaction

from documents.domain import number_text
from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    Dispatch,
    Extension,
    Letter,
    LetterState,
    MainSource,
    Opening,
    RegisterBook,
    RegisterEntry,
    Response,
    ResponseKind,
    ResponseState,
    Series,
)
from documents.services.drafting import MAIN
from documents.services.typesetting import typeset_letter
from members.models import AudienceSnapshot, Holding, Member, Unit
from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM
from portal.core.calendar import add_working_days, is_working_day
from portal.core.clock import BANGKOK, bangkok, be_year, db_now
from portal.core.thaidates import short_datetime
from portal.core.thaitext import normalise
from portal.files.models import FileUse, StoredFile
from portal.files.services import attach, store_bytes
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.texts import (
    ASSIGN_NOTES,
    DRAFTS,
    EXTENSIONS,
    GROUPS,
    REFUSALS,
    RETURNS,
    SHOWCASE,
    SUBMITTED,
    TEMPLATES,
    TEXT_ANSWERS,
    Template,
)

BATCH = 2_000
TYPESET_AT_MOST = 150
SCHOOLS_AT_ONCE = 200
PAST_DAYS = 120
CLOSING = time(16, 30)
Progress = Callable[[int, int], None]

# What lies on the desk of the clerk of three schools: subject begins with → school → state.
PAKPHON, TANOT, HATKHAITAO = CLERKS_SCHOOLS
SCRIPT: dict[str, dict[str, str]] = {
    "สำรวจความเสียหาย": {PAKPHON: "unopened", TANOT: "unopened", HATKHAITAO: "unopened"},
    "รายงานการดำเนินงานโครงการอาหารกลางวัน": {TANOT: "unanswered"},
    "แจ้งชื่อกรรมการคุมสอบ": {PAKPHON: "unanswered"},
    "ขอเชิญร่วมกิจกรรมแลกเปลี่ยน": {HATKHAITAO: "unopened"},
    "อบรมการใช้ระบบ": {PAKPHON: "unopened"},
    "การคัดกรองสุขภาพ": {TANOT: "opened"},
    "ขอให้ปรับปรุงข้อมูลครุภัณฑ์": {HATKHAITAO: "opened"},
    "แจ้งตารางการนิเทศ": {PAKPHON: "today"},
    "แจ้งโอนเงินอุดหนุน": {TANOT: "today"},
}
# The last letters of the term, newest first, with days before today and hour of sending.
RECENT = (
    ("สำรวจความเสียหาย", 1, time(8, 5)),
    ("ขอเชิญร่วมกิจกรรมแลกเปลี่ยน", 0, time(8, 15)),
    ("อบรมการใช้ระบบ", 1, time(15, 40)),
    ("การคัดกรองสุขภาพ", 2, time(10, 20)),
    ("แจ้งชื่อกรรมการคุมสอบ", 3, time(9, 30)),
    ("ขอให้ปรับปรุงข้อมูลครุภัณฑ์", 4, time(13, 30)),
    ("แจ้งตารางการนิเทศ", 4, time(14, 10)),
    ("แจ้งโอนเงินอุดหนุน", 5, time(11, 0)),
    ("รายงานการดำเนินงานโครงการอาหารกลางวัน", 9, time(9, 15)),
)


@dataclass
class Plan:
    """One letter of the demo before its recipients act."""

    template: Template
    sent_at: datetime
    due_at: datetime | None
    subject: str
    is_recent: bool = False
    letter: Letter | None = None
    dispatch: Dispatch | None = None


@dataclass
class Outcome:
    """What one school did with one letter."""

    arrival: Arrival
    responses: list[Response] = field(default_factory=list)
    extension: Extension | None = None
    assignee: Member | None = None
    note: str = ""


def make_letters(cast: Cast, *, count: int, rng: Random, seed: int, progress: Progress) -> None:
    """`count` letters were sent to every school over the last months, and a few are drafts."""
    now = db_now()
    holidays = frozenset(cast.office.holidays.values_list("on", flat=True))
    plans = _plans(count, now, holidays, rng)
    with transaction.atomic():
        _write_letters(cast, plans)
    _write_files(plans)
    for start in range(0, len(cast.schools), SCHOOLS_AT_ONCE):
        with transaction.atomic():
            numbers = range(start, min(start + SCHOOLS_AT_ONCE, len(cast.schools)))
            _write_recipients(cast, plans, numbers, now=now, seed=seed, holidays=holidays)
        progress(min(start + SCHOOLS_AT_ONCE, len(cast.schools)), len(cast.schools))
    with transaction.atomic():
        _write_drafts(cast, now, rng)


# The letters --------------------------------------------------------------------------------


def _working_days(now: datetime, holidays: frozenset[date]) -> list[date]:
    """Return the working days of the last months, newest first, beginning with yesterday's."""
    days, day = [], bangkok(now).date()
    while len(days) < PAST_DAYS:
        day -= timedelta(days=1)
        if is_working_day(day, holidays):
            days.append(day)
    return days


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=BANGKOK)


def _find(beginning: str) -> Template:
    return next(t for t in (SHOWCASE, *TEMPLATES) if t.subject.startswith(beginning))


def _plans(count: int, now: datetime, holidays: frozenset[date], rng: Random) -> list[Plan]:
    """Return the letters in the order in which they were sent."""
    days = _working_days(now, holidays)
    plans = [_recent(*row, days=days, now=now, holidays=holidays) for row in RECENT[:count]]
    rounds: dict[str, int] = {}
    older = days[10:]
    olds = max(0, count - len(plans))
    for position in range(olds):
        template = TEMPLATES[position % len(TEMPLATES)]
        rounds[template.subject] = rounds.get(template.subject, 0) + 1
        day = older[-1 - position * len(older) // olds]
        sent_at = _at(day, time(rng.randint(8, 15), rng.randint(0, 59)))
        plans.append(
            Plan(
                template=template,
                sent_at=sent_at,
                due_at=_due(template, sent_at, holidays),
                subject=template.subject.format(n=rounds[template.subject]),
            )
        )
    for plan in plans:
        if plan.is_recent:
            turn = rounds.get(plan.template.subject, 0) + 1
            plan.subject = plan.template.subject.format(n=turn)
    return sorted(plans, key=lambda plan: plan.sent_at)


def _recent(
    beginning: str,
    ago: int,
    hour: time,
    *,
    days: list[date],
    now: datetime,
    holidays: frozenset[date],
) -> Plan:
    template = _find(beginning)
    sent_at = _at(days[ago - 1], hour) if ago else min(_at(bangkok(now).date(), hour), now)
    due_at = _due(template, sent_at, holidays)
    tomorrow = bangkok(now).date() + timedelta(days=1)
    if beginning == "สำรวจความเสียหาย":
        due_at = _at(tomorrow, CLOSING)
    elif beginning == "แจ้งชื่อกรรมการคุมสอบ":
        due_at = _at(tomorrow, time(12, 0))
    elif beginning.startswith("รายงานการดำเนินงานโครงการอาหารกลางวัน"):
        due_at = _at(bangkok(now).date() - timedelta(days=2), CLOSING)
    return Plan(template, sent_at, due_at, "", is_recent=True)


def _due(template: Template, sent_at: datetime, holidays: frozenset[date]) -> datetime | None:
    if template.days is None:
        return None
    return _at(add_working_days(bangkok(sent_at).date(), template.days, holidays), CLOSING)


def _questions(template: Template) -> list[dict[str, Any]]:
    return [
        {"key": f"q{number}", "hint": "", **question}
        for number, question in enumerate(template.questions, start=1)
    ]


def _letter(cast: Cast, plan: Plan, *, state: str) -> Letter:
    template = plan.template
    signer = cast.signer
    return Letter(
        office=cast.office,
        owner_unit=cast.groups[template.group],
        drafter=cast.drafters[template.group],
        kind=template.kind,
        subject=plan.subject,
        subject_search=normalise(plan.subject),
        addressee="ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน",
        urgency=template.urgency,
        action_required=template.action,
        response_kind=template.response,
        questions=_questions(template),
        due_at=plan.due_at,
        line_new=template.new,
        line_do=template.do,
        line_by=short_datetime(plan.due_at) if plan.due_at else "ไม่มีกำหนด",
        main_source=MainSource.TYPED,
        body="\n".join(template.body),
        signer_name=str(signer),
        signer_position=f"ผู้อำนวยการ{cast.office.name}",
        audience_rule={"all_schools": True},
        state=state,
        created_at=plan.sent_at - timedelta(hours=2),
        saved_at=plan.sent_at - timedelta(minutes=30),
        submitted_at=plan.sent_at - timedelta(minutes=20),
    )


def _write_letters(cast: Cast, plans: list[Plan]) -> None:
    """Write letters, register entries, dispatches and history, numbered in the order of sending."""
    books: dict[tuple[str, int], RegisterBook] = {}
    recipients = sorted([school.pk, None] for school in cast.schools)
    entries, snapshots, dispatches = [], [], []
    for plan in plans:
        is_circular = plan.template.kind == "circular"
        series = Series.CIRCULAR if is_circular else Series.OUT
        year = be_year(plan.sent_at)
        book = books.setdefault(
            (series, year),
            RegisterBook(unit=cast.office, series=series, be_year=year, start_number=1371),
        )
        book.last_number = max(book.last_number + 1, book.start_number)
        letter = _letter(cast, plan, state=LetterState.SENT)
        letter.number = book.last_number
        letter.number_text = number_text(
            cast.office.letter_code, book.last_number, is_circular=is_circular
        )
        letter.dated_on = bangkok(plan.sent_at).date()
        letter.sent_at = plan.sent_at
        plan.letter = letter
        entries.append(_out_entry(cast, book, letter, len(recipients)))
        snapshots.append(
            AudienceSnapshot(
                office=cast.office,
                rule={"all_schools": True},
                recipients=recipients,
                total=len(recipients),
                summary=f"{len(recipients):,} โรงเรียน · ทุกโรงเรียน",
                frozen_at=plan.sent_at,
                frozen_by=cast.registrar.member,
            )
        )
    RegisterBook.objects.bulk_create(books.values())
    Letter.objects.bulk_create([plan.letter for plan in plans if plan.letter], batch_size=BATCH)
    for entry in entries:
        entry.book_id, entry.letter_id = entry.book.pk, entry.letter.pk
    RegisterEntry.objects.bulk_create(entries, batch_size=BATCH)
    AudienceSnapshot.objects.bulk_create(snapshots, batch_size=100)
    for plan, snapshot in zip(plans, snapshots, strict=True):
        plan.dispatch = Dispatch(
            letter=plan.letter,
            snapshot=snapshot,
            sent_at=plan.sent_at,
            sent_by=cast.registrar.member,
            total=len(recipients),
            made=len(recipients),
        )
        dispatches.append(plan.dispatch)
    Dispatch.objects.bulk_create(dispatches, batch_size=BATCH)
    _history(
        (
            (plan.letter, "letter.registered", cast.registrar, plan.sent_at,
             {"state": ["submitted", "registered"], "number": plan.letter.number_text})
            for plan in plans
            if plan.letter
        )
    )  # fmt: skip


def _out_entry(cast: Cast, book: RegisterBook, letter: Letter, total: int) -> RegisterEntry:
    return RegisterEntry(
        book=book,
        number=book.last_number,
        registered_at=letter.sent_at,
        registered_by=cast.registrar.member,
        holding=cast.registrar,
        letter=letter,
        letter_number=letter.number_text,
        letter_dated_on=letter.dated_on,
        from_text=letter.owner_unit.name,
        to_text=f"{total:,} โรงเรียน · ทุกโรงเรียน",
        subject=letter.subject,
        subject_search=letter.subject_search,
    )


def _write_files(plans: list[Plan]) -> None:
    """Every letter has its PDF; in a large data set the later ones share the last one's."""
    stored: StoredFile | None = None
    uses = []
    newest_first = sorted(plans, key=lambda plan: plan.sent_at, reverse=True)
    for position, plan in enumerate(newest_first):
        if plan.letter is None:
            continue
        if position < TYPESET_AT_MOST or stored is None:
            stored = store_bytes(
                typeset_letter(plan.letter), by=SYSTEM, media_type="application/pdf"
            )
            attach(stored, plan.letter, role=MAIN, name=_file_name(plan.letter), by=SYSTEM)
            continue
        uses.append(
            FileUse(
                stored=stored,
                owner_type=Letter._meta.label_lower,
                owner_id=plan.letter.pk,
                role=MAIN,
                name=_file_name(plan.letter),
                added_at=plan.sent_at,
            )
        )
    FileUse.objects.bulk_create(uses, batch_size=BATCH)


def _file_name(letter: Letter) -> str:
    number = letter.number_text.replace("/", "-").replace("\u00a0", " ")
    return f"{number} {letter.subject[:60]}.pdf"


# The schools --------------------------------------------------------------------------------


def _write_recipients(
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
        entry.book_id = entry.book.pk
    RegisterEntry.objects.bulk_create(entries, batch_size=BATCH)
    for outcome in outcomes:
        if outcome.arrival.entry is not None:
            outcome.arrival.entry_id = outcome.arrival.entry.pk
    Arrival.objects.bulk_create([outcome.arrival for outcome in outcomes], batch_size=BATCH)
    _write_consequences(cast, outcomes, holders)


def _receive_numbers(
    school: Unit, clerk: Holding, outcomes: list[Outcome], *, start: int
) -> tuple[list[RegisterBook], list[RegisterEntry]]:
    """Number the school's received letters, a book a year, from the old system's last number."""
    books: dict[int, RegisterBook] = {}
    entries = []
    received = [row.arrival for row in outcomes if row.arrival.received_at is not None]
    for arrival in sorted(received, key=lambda row: row.received_at):
        year = be_year(arrival.received_at)
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
            registered_at=arrival.received_at,
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
    if is_working_day(local.date(), holidays) and time(8, 30) <= local.time() <= CLOSING:
        return moment
    day = local.date()
    if local.time() > CLOSING:
        day += timedelta(days=1)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return _at(day, time(8, 30)) + timedelta(
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
    if scripted in {"unopened", "opened"}:
        if scripted == "opened":
            _open(arrival, clerk, min(now, plan.sent_at + timedelta(hours=3)))
        return outcome
    hours = rng.lognormvariate(0.9 - 0.35 * plan.template.urgency, 1.0) * pace
    received_at = _office_hours(plan.sent_at + timedelta(hours=hours), holidays, rng)
    if scripted == "today":
        received_at = max(plan.sent_at, now - timedelta(minutes=rng.randint(9, 50)))
    elif scripted:
        received_at = min(received_at, now - timedelta(hours=2))
    if received_at > now:
        if rng.random() < 0.35:
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
    for question in _questions(template):
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
            assignments.append(_assignment(outcome, holders[arrival.unit_id]))
    Response.objects.bulk_create(responses, batch_size=BATCH)
    Opening.objects.bulk_create(openings, batch_size=BATCH)
    Extension.objects.bulk_create(extensions, batch_size=BATCH)
    Assignment.objects.bulk_create(assignments, batch_size=BATCH)
    _history(_deeds(outcomes, holders))


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


Deed = tuple[models.Model, str, Holding | None, datetime, dict[str, Any]]


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


def _history(deeds: Iterable[Deed]) -> None:
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                at=at,
                action=action,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                member_id=holding.member_id if holding else None,
                holding_id=holding.pk if holding else None,
                capacity=str(holding) if holding else SYSTEM.name,
                data=data,
            )
            for subject, action, holding, at, data in deeds
        ),
        batch_size=BATCH,
    )


# Drafts -------------------------------------------------------------------------------------


def _write_drafts(cast: Cast, now: datetime, rng: Random) -> None:
    """Leave a few drafts with the groups and two letters with the registrar."""
    rows = [(subject, code, LetterState.DRAFT) for subject, code in DRAFTS]
    rows += [(subject, code, LetterState.SUBMITTED) for subject, code in SUBMITTED]
    for position, (subject, code, state) in enumerate(rows):
        template = Template(
            subject,
            code,
            urgency=position % 2,
            response="acknowledge",
            action="act",
            days=7,
            new=subject,
            do="อ่านแล้วกดรับทราบ",
            body=(
                f"ด้วย{GROUPS[code][0]}กำหนดดำเนินงานเรื่อง{subject} จึงขอแจ้งรายละเอียดให้ทราบล่วงหน้า",
                "จึงเรียนมาเพื่อทราบและดำเนินการ",
            ),
        )
        begun = now - timedelta(hours=rng.randint(1, 30))
        due_at = _at(bangkok(now).date() + timedelta(days=10), CLOSING)
        letter = _letter(cast, Plan(template, begun, due_at, subject), state=state)
        if state == LetterState.DRAFT:
            letter.submitted_at = None
        letter.save(force_insert=True)
