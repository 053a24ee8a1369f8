"""A term of meetings: heads of groups, the supervisors' Tuesdays, exchanges, a school's PLC.

What was is written with the times and numbers that the services would have left behind; what is
to come is made by the services themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from meetings.domain.recurrence import key_of, slots
from meetings.models import (
    AgendaItem,
    Answer,
    Attendance,
    CancelCause,
    Heading,
    Meeting,
    MeetingState,
    Presence,
    Resolution,
    Rhythm,
    Series,
    Task,
    TaskState,
    Weekday,
)
from meetings.services.agenda import add_item
from meetings.services.calling import create_meeting, invite_people
from meetings.services.recurring import make_meetings as make_turns
from members.models import Holding, Holiday, Member, Role, Unit
from members.services import Actor, office_holidays
from portal.core.calendar import add_working_days, next_working_morning
from portal.core.clock import BE_OFFSET, db_now, today
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.plans import Deed, at_hour, write_history
from portal.home.management.demo.texts.meetings import (
    EXCHANGE,
    HEADS,
    INFORM,
    KNOW,
    NOT_DONE,
    PLC,
    REASONS,
    SCHOOL_HEADS,
    SUPERVISION,
    Talk,
)

TERM = timedelta(weeks=18)
HEADS_TERM = timedelta(days=330)
MOST_AT_ONCE = 131
AFTERNOON = time(13, 30)
RESULT_SHARE, DROPPED_SHARE, ABSENT_SHARE, UNMARKED_SHARE = 0.82, 0.06, 0.12, 0.3


@dataclass
class Circle:
    """A series of the demo before its meetings are written."""

    unit: Unit
    title: str
    rhythm: str
    weekday: int
    at: time
    people: list[Holding]
    talks: Sequence[Talk]
    since: timedelta = TERM
    minutes: int = 120
    place: str = ""
    chair: Holding | None = None
    secretary: Holding | None = None
    rota: list[Member] = field(default_factory=list)
    told: int = 2

    @property
    def first(self) -> Holding:
        return self.chair or self.people[0]

    @property
    def writer(self) -> Holding:
        return self.secretary or self.people[min(1, len(self.people) - 1)]


@dataclass
class Term:
    """Everything of the past that is written at the end, in a few statements."""

    rng: Random
    holidays: dict[date, str]
    now: datetime
    attendances: list[Attendance] = field(default_factory=list)
    resolutions: list[tuple[Resolution, Talk, Member]] = field(default_factory=list)
    history: list[Deed] = field(default_factory=list)


@transaction.atomic
def make_meetings(cast: Cast, *, rng: Random) -> None:
    """Fill the room: what was in the term, what is today, and what comes."""
    holidays = dict(Holiday.objects.filter(office=cast.office).values_list("on", "name"))
    term = Term(rng, holidays, db_now())
    for circle in _circles(cast):
        series = _series(circle, term)
        _past(circle, series, term)
        make_turns(series)
    Attendance.objects.bulk_create(term.attendances, batch_size=2_000)
    _resolve(term)
    write_history(term.history)
    _today(cast)


def _held(unit: Unit, *roles: str) -> list[Holding]:
    """Return who holds a post in the unit, in the order of the office."""
    rows = Holding.objects.current().filter(post__unit=unit).select_related("member", "post__unit")
    chosen = rows.filter(post__role__in=roles) if roles else rows
    return list(chosen.order_by("post__sort_order", "pk"))


def _circles(cast: Cast) -> list[Circle]:
    leaders = _held(cast.office, Role.DIRECTOR, Role.DEPUTY_DIRECTOR)
    heads = [_held(group, Role.GROUP_HEAD)[0] for group in cast.groups.values()]
    school = next(unit for unit in cast.schools if unit.name == CLERKS_SCHOOLS[0])
    supervisors = _held(cast.groups["SUP"])
    circles = [
        Circle(
            cast.office, "ประชุมหัวหน้ากลุ่ม", Rhythm.THIRD, Weekday.THURSDAY, time(13, 30),
            [*leaders, cast.registrar, *heads], HEADS, HEADS_TERM, 180, "ห้องประชุมลำปำ",
            leaders[0], cast.registrar, told=4,
        ),
        Circle(
            cast.office, "ประชุมผู้บริหารสถานศึกษา", Rhythm.FIRST, Weekday.FRIDAY, time(9),
            [*leaders, *cast.directors.values()][:MOST_AT_ONCE], SCHOOL_HEADS, timedelta(days=100),
            180, "หอประชุมสำนักงานเขต", leaders[0], cast.registrar, told=3,
        ),
        Circle(
            cast.groups["SUP"], "วันอังคารของกลุ่มนิเทศ", Rhythm.WEEKLY, Weekday.TUESDAY, time(9),
            supervisors, SUPERVISION, place="ห้องกลุ่มนิเทศ",
            rota=[held.member for held in supervisors], told=2,
        ),
        Circle(
            school, "วง PLC ครูโรงเรียนบ้านปากพล", Rhythm.WEEKLY, Weekday.WEDNESDAY, time(15),
            _held(school), PLC, minutes=60, place="ห้องสมุด", told=1,
        ),
    ]  # fmt: skip
    exchanges = [unit for code, unit in cast.groups.items() if code != "SUP"]
    circles += [
        Circle(
            unit, f"แลกเปลี่ยนประจำสัปดาห์ {unit.label}", Rhythm.WEEKLY, number % 5,
            time(8, 30 + number % 2 * 15), _held(unit), EXCHANGE, timedelta(weeks=12), 45,
            "โต๊ะกลางของกลุ่ม", told=1,
        )
        for number, unit in enumerate(exchanges)
    ]  # fmt: skip
    return circles


def _series(circle: Circle, term: Term) -> Series:
    first = today() - circle.since
    ids = sorted({held.member_id for held in circle.people})
    return Series.objects.create(
        unit=circle.unit,
        title=circle.title,
        rhythm=circle.rhythm,
        weekday=circle.weekday,
        starts_time=circle.at,
        minutes=circle.minutes,
        place=circle.place,
        from_on=first,
        chair=circle.first.member,
        secretary=circle.writer.member,
        rule={"members": ids},
        rota=[member.pk for member in circle.rota],
        created_by=circle.writer.member,
        created_at=at_hour(first, time(9)),
    )


def _past(circle: Circle, series: Series, term: Term) -> None:
    """Write the meetings that were, with people, agenda, resolutions and tasks."""
    turns = slots(circle.rhythm, circle.weekday, series.from_on, today() - timedelta(days=1))
    numbers: dict[int, int] = {}
    held = 0
    for turn in turns:
        starts_at = at_hour(turn.on, circle.at)
        meeting = Meeting(
            unit=circle.unit,
            series=series,
            slot=key_of(circle.rhythm, turn.on),
            title=circle.title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=circle.minutes),
            place=circle.place,
            chair=circle.first.member,
            secretary=circle.writer.member,
            rule=series.rule,
            created_by=circle.writer.member,
            created_at=starts_at - timedelta(days=20),
        )
        if turn.on in term.holidays:
            meeting.state, meeting.cancel_cause = MeetingState.CANCELLED, CancelCause.HOLIDAY
            meeting.cancel_reason = term.holidays[turn.on]
            meeting.save(force_insert=True)
            continue
        year = turn.on.year + BE_OFFSET
        numbers[year] = numbers.get(year, 0) + 1
        meeting.be_year, meeting.number = year, numbers[year]
        if circle.rota:
            meeting.storyteller = circle.rota[held % len(circle.rota)]
        _held_meeting(meeting, circle, term, held, is_last=turn is turns[-1])
        held += 1


def _held_meeting(
    meeting: Meeting, circle: Circle, term: Term, held: int, *, is_last: bool
) -> None:
    meeting.invited_at = meeting.starts_at - timedelta(days=7)
    meeting.opened_at = meeting.starts_at + timedelta(minutes=term.rng.randint(0, 6))
    # The latest one still has its minutes open, as it is in every office.
    meeting.state = MeetingState.HELD if is_last else MeetingState.CLOSED
    if not is_last:
        meeting.ended_at = meeting.ends_at - timedelta(minutes=term.rng.randint(0, 15))
        meeting.closed_at = meeting.ends_at + timedelta(hours=term.rng.randint(2, 40))
    meeting.save(force_insert=True)
    term.history.append(
        (meeting, "meeting.opened", circle.writer, meeting.opened_at, {"number": meeting.number})
    )
    _attend(meeting, circle, term, is_last=is_last)
    _talk(meeting, circle, term, held)


def _attend(meeting: Meeting, circle: Circle, term: Term, *, is_last: bool) -> None:
    keepers = {circle.first.member_id, circle.writer.member_id}
    seen: set[int] = set()
    for one in circle.people:
        if one.member_id in seen:
            continue
        seen.add(one.member_id)
        is_absent = one.member_id not in keepers and term.rng.random() < ABSENT_SHARE
        reason = term.rng.choice(REASONS) if is_absent else ""
        unmarked = is_last and not is_absent and term.rng.random() < UNMARKED_SHARE
        presence = Presence.ABSENT if is_absent else Presence.CAME
        term.attendances.append(
            Attendance(
                meeting=meeting,
                member=one.member,
                capacity=str(one.post),
                answer=Answer.DECLINED if is_absent else Answer.ACCEPTED,
                answer_reason=reason,
                answered_at=meeting.starts_at - timedelta(days=2),
                presence=Presence.UNKNOWN if unmarked else presence,
                absence_reason=reason,
                marked_at=None if unmarked else meeting.opened_at,
                marked_by=None if unmarked else circle.writer.member,
                invited_at=meeting.starts_at - timedelta(days=7),
            )
        )


def _talk(meeting: Meeting, circle: Circle, term: Term, held: int) -> None:
    """Put items on the agenda; what was resolved is kept for the end."""
    talks = [circle.talks[(held + step) % len(circle.talks)] for step in range(circle.told)]
    if circle.told > 1:
        talks = [INFORM[held % len(INFORM)], *talks, KNOW[held % len(KNOW)]]
    if meeting.number and meeting.number > 1 and circle.told > 1:
        AgendaItem.objects.create(
            meeting=meeting,
            heading=Heading.ADOPT,
            position=1,
            title=f"รับรองรายงานการประชุม ครั้งที่ {meeting.number - 1}/{meeting.be_year}",
            discussion="ที่ประชุมรับรองโดยไม่มีการแก้ไข",
        )
    number = 0
    talks.sort(key=lambda talk: talk.heading)
    for position, talk in enumerate(talks, start=1):
        item = AgendaItem.objects.create(
            meeting=meeting,
            heading=talk.heading,
            position=position,
            title=talk.title,
            presenter=term.rng.choice(circle.people).member,
            text=talk.text,
            discussion=talk.said,
        )
        if talk.resolved:
            number += 1
            row = Resolution(
                meeting=meeting,
                item=item,
                number=number,
                text=talk.resolved,
                is_for_information=not talk.task,
                made_at=meeting.opened_at or meeting.starts_at,
                made_by=circle.writer.member,
            )
            doers = [one.member for one in circle.people if one.member_id != circle.first.member_id]
            doer = doers[(held * 2 + number) % min(len(doers), 14)] if doers else row.made_by
            term.resolutions.append((row, talk, doer))


def _resolve(term: Term) -> None:
    """Write resolutions, then their tasks: done, not done, overdue or still to do."""
    Resolution.objects.bulk_create([row for row, _, _ in term.resolutions])
    tasks: list[Task] = []
    for row, talk, doer in term.resolutions:
        if talk.task:
            tasks.append(_task(row, talk, doer, term))
    Task.objects.bulk_create(tasks)
    holdings = {
        one.member_id: one
        for one in Holding.objects.current().select_related("member", "post__unit").order_by("-pk")
    }
    for task in tasks:
        giver = holdings.get(task.given_by_id)
        term.history.append((task, "task.given", giver, task.given_at, {}))
        if task.ended_at:
            action = "task.done" if task.state == TaskState.DONE else "task.dropped"
            doer_in = holdings.get(task.assignee_id)
            term.history.append((task, action, doer_in, task.ended_at, {}))


def _task(row: Resolution, talk: Talk, doer: Member, term: Term) -> Task:
    due_on = row.made_at.date() + timedelta(days=term.rng.choice((5, 7, 7, 10, 14)))
    task = Task(
        resolution=row,
        title=talk.task,
        assignee=doer,
        due_on=due_on,
        given_at=row.made_at,
        given_by=row.made_by,
    )
    lot = term.rng.random()
    is_old = due_on < today() - timedelta(days=21)
    if due_on < today() and (lot < RESULT_SHARE or is_old):
        is_dropped = lot > 1 - DROPPED_SHARE
        task.state = TaskState.DROPPED if is_dropped else TaskState.DONE
        task.result = NOT_DONE if is_dropped else talk.result
        ended = at_hour(due_on - timedelta(days=term.rng.randint(0, 3)), time(15, 20))
        task.ended_at = min(max(ended, row.made_at + timedelta(hours=3)), term.now)
    return task


def _soon(holidays: Collection[date]) -> datetime:
    """Return 13.30 of today, or of the next working day when that hour is past."""
    return next_working_morning(db_now(), holidays, at=AFTERNOON)


def _today(cast: Cast) -> None:
    """Call, through the services, what everybody is to answer: the next afternoon, and after it."""
    holding = _held(cast.groups["PLN"], Role.OFFICER)[0]
    officer = Actor(member=holding.member, holding=holding)
    group = cast.groups["PLN"]
    school = next(unit for unit in cast.schools if unit.name == CLERKS_SCHOOLS[0])
    leaders = [one.member_id for one in _held(cast.office, Role.DIRECTOR, Role.DEPUTY_DIRECTOR)]
    chair = _held(group, Role.GROUP_HEAD)[0].member
    teacher = cast.teachers[cast.schools.index(school) + 1][0].pk
    holidays = office_holidays(cast.office)
    soon = _soon(holidays)
    later = add_working_days(soon.date(), 1, holidays)
    plans = (
        ("เตรียมรับสถานการณ์น้ำท่วมโรงเรียนริมทะเลสาบ", soon, "ห้องประชุมลำปำ", [*leaders, teacher]),
        (
            "ทบทวนแผนปฏิบัติการปีงบประมาณ",
            at_hour(later, AFTERNOON),
            "ห้องกลุ่มนโยบายและแผน",
            leaders,
        ),
    )
    for title, starts_at, place, members in plans:
        meeting = create_meeting(
            group,
            title=title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1, minutes=30),
            chair=chair,
            secretary=holding.member,
            place=place,
            rule={"groups": [group.pk], "units": [school.pk], "members": members},
            by=officer,
        )
        for talk in (INFORM[0], HEADS[0], HEADS[3]):
            add_item(meeting, heading=talk.heading, title=talk.title, text=talk.text, by=officer)
        invite_people(meeting, by=officer)
