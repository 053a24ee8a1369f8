"""A fortnight of mornings: who is reminded of what, and who is left alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail

from documents.models import Arrival, ArrivalState, Matter, MatterState, ResponseKind
from documents.notifications.reminders import DueToday
from documents.services.answering import extend_deadline, submit_response
from documents.services.assigning import acknowledge_assignment, circulate_arrival
from documents.services.receiving import receive_arrivals
from documents.services.reminding import plan_morning, span_of
from documents.tasks import remind
from documents.tests.factories import (
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    school,
)
from documents.tests.matter_factories import make_house
from members.models import Role
from members.services import Actor
from members.tests.factories import HoldingFactory, HolidayFactory, OfficeFactory
from portal.core.clock import BANGKOK
from portal.notifications.kinds import register
from portal.notifications.models import Notification
from portal.notifications.services import deliver
from portal.outbox.models import OutboxMessage
from portal.outbox.services import drain

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

THURSDAY = date(2026, 11, 19)
HOLIDAY = date(2026, 11, 23)
DUE = datetime(2026, 11, 25, 16, 30, tzinfo=BANGKOK)  # a Wednesday, two days after the holiday


@pytest.fixture
def morning(clock):
    """`morning(day)`: everything from 07.00 to 07.31; returns address → the mail's text."""

    def run(day, between=lambda: None):
        mail.outbox.clear()
        clock(day.year, day.month, day.day, 7, 0)
        remind(OutboxMessage())
        drain("test")
        between()
        clock(day.year, day.month, day.day, 7, 31)
        deliver()
        assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox)
        return {message.to[0]: message.body for message in mail.outbox}

    return run


@pytest.fixture
def letter(clock):
    """A letter that asks for a word by Wednesday, sent on Wednesday before."""
    clock(2026, 11, 18, 9, 0)
    letter = SentLetterFactory(response_kind=ResponseKind.ACKNOWLEDGE, due_at=DUE)
    HolidayFactory(office=letter.office, on=HOLIDAY)
    return letter


def arrived(letter, clerk, **fields):
    """The letter has arrived at the clerk's schools, and is received there."""
    at = datetime(2026, 11, 18, 9, 0, tzinfo=BANGKOK)
    return [
        ArrivalFactory(letter=letter, unit=held.post.unit, arrived_at=at, **fields)
        for held in clerk.member.holdings.all()
    ]


def in_hand(letter, clerk):
    rows = arrived(letter, clerk)
    receive_arrivals([row.pk for row in rows], key=uuid4(), by=clerk)
    return rows


def days(count):
    return [THURSDAY + timedelta(days=step) for step in range(count)]


def test_one_mail_a_working_morning_and_none_after_the_answer(letter, morning):
    """Two weeks with a weekend and a holiday: each cause once, both schools in one line."""
    clerk = clerk_of(school(letter, "บ้านต้นสน"))
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=school(letter, "วัดป่าเรไร"))
    in_hand(letter, clerk)
    quick = clerk_of(school(letter, "บ้านนาวง"))
    (quick_row,) = in_hand(letter, quick)

    def quick_answers():
        submit_response(quick_row, key=uuid4(), by=quick)

    told, left = {}, {}
    for day in days(16):
        between = quick_answers if day == date(2026, 11, 24) else (lambda: None)
        mails = morning(day, between)
        if clerk.member.email in mails:
            told[day] = mails[clerk.member.email]
        if quick.member.email in mails:
            left[day] = mails[quick.member.email]

    headings = {
        date(2026, 11, 19): "ครบกำหนดภายใน 3 วันทำการ",
        date(2026, 11, 24): "ครบกำหนดพรุ่งนี้",
        date(2026, 11, 25): "ครบกำหนดวันนี้",
        date(2026, 11, 26): "เกินกำหนด",
        date(2026, 11, 30): "เกินกำหนด",
    }
    assert list(told) == list(headings)
    for day, heading in headings.items():
        assert f"\n{heading}\n" in told[day]
        assert told[day].count(letter.subject) == 1
        assert "บ้านต้นสน, วัดป่าเรไร" in told[day]
    assert list(left) == [date(2026, 11, 19)]


def test_without_the_look_at_what_is_still_open_an_answered_school_would_be_reminded(
    letter, morning
):
    """The control of the test above: the same morning with the question left out."""
    clerk = clerk_of(school(letter, "บ้านนาวง"))
    (row,) = in_hand(letter, clerk)
    submit_response(row, key=uuid4(), by=clerk)
    plan_with = OutboxMessage.objects.filter(topic="documents.due_today")

    assert morning(date(2026, 11, 25)) == {}
    assert not plan_with.exists()

    class Careless(DueToday):
        def rows(self, message):
            return Arrival.objects.filter(letter=message.subject_pk)

    other = clerk_of(school(letter, "วัดโตนด"))
    in_hand(letter, other)
    register(Careless)
    try:
        mails = morning(date(2026, 11, 25))
    finally:
        register(DueToday)
    assert clerk.member.email in mails


def test_planned_twice_is_told_once(letter, clock):
    in_hand(letter, clerk_of(school(letter, "บ้านนาวง")))
    clock(2026, 11, 24, 7, 0)

    assert plan_morning(letter.office)
    assert OutboxMessage.objects.filter(topic="documents.due_next").count() == 1
    assert plan_morning(letter.office) == 0


def test_more_time_takes_the_reminder_away(letter, morning):
    clerk = clerk_of(school(letter, "บ้านนาวง"))
    (row,) = in_hand(letter, clerk)
    officer = officer_of(letter.owner_unit)

    def extend():
        extend_deadline(row, new_due_at=DUE + timedelta(days=9), reason="น้ำท่วม", by=officer)

    mails = morning(date(2026, 11, 25), extend)

    assert "\nครบกำหนดวันนี้\n" not in mails.get(clerk.member.email, "")


@pytest.mark.parametrize(
    "state", [ArrivalState.REFUSED, ArrivalState.RECALLED, ArrivalState.SUPERSEDED]
)
def test_what_is_no_longer_the_schools_is_never_reminded(state, letter, morning):
    clerk = clerk_of(school(letter, "บ้านนาวง"))
    arrived(letter, clerk, state=state)  # still marked open, as by a slip

    assert [morning(day) for day in days(14) if morning(day)] == []


def test_not_received_goes_to_the_clerk_and_then_to_the_director(letter, morning):
    place = school(letter, "บ้านต้นสน")
    clerk = clerk_of(place)
    director = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=place).member
    letter.due_at = None
    letter.save(update_fields=["due_at"])
    arrived(letter, clerk, due_at=None)

    told = {day: set(mails) for day in days(12) if (mails := morning(day))}

    # Wednesday's letter lay there the whole Thursday; Friday is the second day.
    assert told == {
        date(2026, 11, 20): {clerk.member.email},
        date(2026, 11, 24): {director.email},
    }


def test_a_school_without_a_clerk_is_kept_by_its_director(letter, morning):
    place = school(letter, "บ้านต้นสน")
    director = HoldingFactory(role=Role.SCHOOL_DIRECTOR, unit=place).member
    ArrivalFactory(letter=letter, unit=place, arrived_at=datetime(2026, 11, 18, 9, tzinfo=BANGKOK))

    assert "ยังไม่ลงรับ" in morning(date(2026, 11, 20))[director.email]


def test_the_officer_hears_of_the_late_in_one_line_and_the_deputy_on_the_fifth_day(letter, morning):
    officer = officer_of(letter.owner_unit)
    letter.drafter = officer.member
    letter.save(update_fields=["drafter"])
    deputy = HoldingFactory(role=Role.DEPUTY_DIRECTOR, unit=letter.office).member
    for name in ("บ้านต้นสน", "วัดป่าเรไร"):
        in_hand(letter, clerk_of(school(letter, name)))

    told = {day: mails for day in days(16) if (mails := morning(day))}

    address = officer.member.email
    of_officer = {day: mails[address] for day, mails in told.items() if address in mails}
    assert list(of_officer) == [date(2026, 11, 26), date(2026, 11, 30)]
    assert all(f"เกินกำหนด 2 แห่ง: {letter.subject}" in text for text in of_officer.values())
    assert [day for day, m in told.items() if deputy.email in m] == [date(2026, 12, 2)]


def test_a_late_matter_is_whose_turn_it_is(clock, morning):
    clock(2026, 11, 18, 9, 0)
    house = make_house()
    arrival = ArrivalFactory(
        letter=SentLetterFactory(owner_unit=house.school, office=house.office, origin="school"),
        unit=house.office,
    )
    receive_arrivals([arrival.pk], key=uuid4(), by=house.registrar)
    Matter.objects.update(
        state=MatterState.IN_HAND, officer=house.officer.member, main_unit=house.group, due_at=DUE
    )

    address = house.officer.member.email
    told = [day.day for day in days(14) if address in morning(day)]

    # No holiday in this house: Tuesday is the day before, Wednesday the day,
    # then one and three days late.
    assert told == [24, 25, 26, 30]


def test_whoever_has_to_know_is_reminded_once_and_not_after_saying_so(letter, morning):
    place = school(letter, "บ้านต้นสน")
    clerk = clerk_of(place)
    letter.response_kind = ResponseKind.NONE
    letter.save(update_fields=["response_kind"])
    (arrival,) = in_hand(letter, clerk)
    teachers = [HoldingFactory(role=Role.TEACHER, unit=place).member for _ in range(2)]
    made = circulate_arrival(arrival, readers=teachers, by=clerk)
    knows = next(row for row in made if row.assignee == teachers[0])
    acknowledge_assignment(knows, by=Actor(member=teachers[0]))

    morning(THURSDAY)  # the news itself
    told = {day: set(mails) for day in days(9)[1:] if (mails := morning(day))}

    assert told == {date(2026, 11, 20): {teachers[1].email}}


def test_no_office_reminds_another_offices_letters(letter, clock):
    in_hand(letter, clerk_of(school(letter, "บ้านนาวง")))
    clock(2026, 11, 24, 7, 0)

    assert plan_morning(OfficeFactory()) == 0


def test_a_clerk_who_left_is_not_told(letter, morning):
    place = school(letter, "บ้านนาวง")
    clerk = clerk_of(place)
    in_hand(letter, clerk)

    def leaves():
        clerk.member.holdings.update(to_on=date(2026, 11, 1))

    assert clerk.member.email not in morning(date(2026, 11, 24), leaves)
    assert Notification.objects.filter(recipient=clerk.member).exists()


@pytest.mark.parametrize(
    ("distance", "start", "end"),
    [
        (3, (28, 0), (1, 0)),
        (1, (26, 0), (27, 0)),
        (0, (25, 0), (26, 0)),
        (-1, (24, 0), (25, 0)),
        (-2, (20, 0), (24, 0)),
    ],
)
def test_the_spans_of_working_days_leave_nothing_out(distance, start, end):
    """From Wednesday the 25th, with the 23rd closed."""
    span = span_of(date(2026, 11, 25), distance, {HOLIDAY})

    assert (span.start.astimezone(BANGKOK).day, span.start.astimezone(BANGKOK).hour) == start
    assert (span.end.astimezone(BANGKOK).day, span.end.astimezone(BANGKOK).hour) == end
