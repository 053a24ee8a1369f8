"""Whom to telephone: letters that nobody confirmed, and units where nobody looks in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from documents.models import Arrival, PhoneCall, RegisterBook, RegisterEntry, Series, Urgency
from documents.services.calling import call_remarks, record_call, to_call
from documents.services.lines import lines_of
from documents.services.receiving import receive_arrivals
from documents.services.reminding import plan_morning
from documents.tests.factories import (
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    registrar_of,
    school,
)
from documents.tests.pages import at, browser_of, own_queries, said
from members.models import Member, Role
from members.tests.factories import GroupFactory, HoldingFactory, OfficeFactory
from portal.audit.tests.history import history_of
from portal.core.clock import BANGKOK, db_now
from portal.core.errors import DomainError
from portal.notifications.models import Notification
from portal.notifications.services import fan_out
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
CALLS = reverse("documents:calls")
QUIET = reverse("documents:quiet-units")


@pytest.fixture
def urgent(officer, clock):
    """A most urgent letter of the officer's group, which came to a school two hours ago."""
    clock(2026, 11, 19, 8, 0)
    letter = SentLetterFactory(
        owner_unit=officer.holding.post.unit, urgency=Urgency.MOST_URGENT, drafter=officer.member
    )
    arrival = ArrivalFactory(letter=letter, unit=school(letter, "บ้านต้นสน", phone="074 600 111"))
    Arrival.objects.update(arrived_at=db_now())
    clock(2026, 11, 19, 10, 0)
    arrival.refresh_from_db()
    return arrival


def called(arrival, by, **more):
    words = {"spoke_to": "นางสาวสุดา", "note": "จะลงรับเดี๋ยวนี้"}
    return record_call(arrival, key=uuid4(), by=by, **words | more)


def listed(actor):
    return set(to_call(actor.member, db_now(), ()))


def at_nine(officer, **fields):
    """A letter of the officer's group that came on a Friday at nine."""
    letter = SentLetterFactory(owner_unit=officer.holding.post.unit, **fields)
    return ArrivalFactory(letter=letter, arrived_at=datetime(2026, 11, 20, 9, tzinfo=BANGKOK))


def listed_at(officer, day, hour, minute, holidays=()):
    now = datetime(2026, 11, day, hour, minute, tzinfo=BANGKOK)
    return set(to_call(officer.member, now, holidays))


def test_urgent_after_an_hour_the_others_after_a_working_day(officer):
    urgent = at_nine(officer, urgency=Urgency.MOST_URGENT)
    dated = at_nine(officer, due_at=datetime(2026, 12, 10, 16, 30, tzinfo=BANGKOK))
    at_nine(officer)  # neither: nobody has to ring

    moments = [(20, 9, 59), (20, 10, 1), (23, 8, 59), (23, 9, 1)]

    assert {moment: listed_at(officer, *moment) for moment in moments} == {
        (20, 9, 59): set(),
        (20, 10, 1): {urgent},
        (23, 8, 59): {urgent},
        (23, 9, 1): {urgent, dated},
    }
    assert listed_at(officer, 23, 9, 1, {date(2026, 11, 23)}) == {urgent}


def test_what_is_due_tonight_does_not_wait_a_day(officer):
    arrival = at_nine(officer, due_at=datetime(2026, 11, 20, 16, 30, tzinfo=BANGKOK))

    assert listed_at(officer, 20, 10, 1) == {arrival}


def test_called_or_received_it_leaves_the_list(urgent, officer):
    other = ArrivalFactory(letter=urgent.letter, arrived_at=urgent.arrived_at)
    assert listed(officer) == {urgent, other}

    called(urgent, officer)
    receive_arrivals([other.pk], key=uuid4(), by=clerk_of(other.unit))

    assert listed(officer) == set()
    assert history_of(urgent) == ["arrival.called"]


def test_the_same_form_twice_is_one_call(urgent, officer):
    key = uuid4()
    words = {"spoke_to": "นางสาวสุดา", "note": "", "key": key, "by": officer}

    assert record_call(urgent, **words) == record_call(urgent, **words)
    assert PhoneCall.objects.count() == 1


def test_nobody_calls_about_what_was_received(urgent, officer):
    receive_arrivals([urgent.pk], key=uuid4(), by=clerk_of(urgent.unit))

    with pytest.raises(DomainError, match="ไม่ต้องโทร"):
        called(urgent, officer)


def test_only_the_owner_and_the_registrar_write_calls_down(urgent):
    office = urgent.letter.office
    strangers = [
        officer_of(GroupFactory(office=office)),
        registrar_of(OfficeFactory()),
        clerk_of(urgent.unit),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            called(urgent, stranger)
        assert listed(stranger) == set()
    called(urgent, registrar_of(office))


def test_the_call_stands_in_the_remarks_of_the_send_register(urgent, officer):
    letter = urgent.letter
    book = RegisterBook.objects.create(
        unit=letter.office, series=Series.CIRCULAR, be_year=2569, last_number=1
    )
    line = RegisterEntry.objects.create(
        book=book, number=1, letter=letter, registered_at=db_now(), registered_by=officer.member
    )
    of_school = RegisterBook.objects.create(
        unit=urgent.unit, series=Series.IN, be_year=2569, last_number=1
    )
    called(urgent, officer)

    assert call_remarks(book, [line]) == {
        line.pk: ["โทรยืนยันบ้านต้นสน 19 พ.ย. 2569 10.00 น. คุยกับนางสาวสุดา"]
    }
    assert call_remarks(of_school, [line]) == {}
    (shown,) = lines_of(book, [line])
    assert call_remarks(book, [line])[line.pk][0] in shown.cells[-1].notes
    line.refresh_from_db()
    assert line.remarks == ""  # the sealed line stays as it was written


def test_the_list_and_the_form(urgent, officer):
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK, unit=urgent.unit, member__phone="081 000 1111")
    office = browser_of(officer)

    page = office.get(CALLS).content.decode()
    assert 'href="tel:0810001111"' in page
    assert 'href="tel:074600111"' in page
    assert str(clerk.member) in page
    wrong = office.post(at("arrival-call", urgent), {"key": uuid4(), "spoke_to": " ", "note": "x"})
    assert wrong.status_code == 422
    assert wrong.context["form"]["note"].value() == "x"
    done = office.post(at("arrival-call", urgent), {"key": uuid4(), "spoke_to": "ครูสุดา"})
    assert said(done) == ["บันทึกการโทรหาบ้านต้นสนแล้ว"]
    assert "ไม่มีแห่งใดต้องโทร" in office.get(CALLS).content.decode()
    assert "คุยกับครูสุดา" in office.get(f"{CALLS}?tab=called").content.decode()
    assert "คุยกับครูสุดา" in office.get(at("arrival", urgent)).content.decode()


def test_whoever_only_oversees_reads_the_list_without_the_button(urgent):
    director = HoldingFactory(role=Role.DIRECTOR, unit=urgent.letter.office).member
    page = browser_of(type("Someone", (), {"member": director})).get(CALLS).content.decode()

    assert urgent.letter.subject in page
    assert "บันทึกการโทร" not in page


def test_the_lists_ask_the_same_however_long(urgent, officer):
    office = browser_of(officer)
    one = len(own_queries(office, CALLS))
    for name in ("บ้านหนึ่ง", "บ้านสอง"):
        ArrivalFactory(
            letter=urgent.letter, unit=school(urgent.letter, name), arrived_at=urgent.arrived_at
        )

    assert len(own_queries(office, CALLS)) == one <= 4
    assert len(own_queries(office, f"{CALLS}?tab=called")) <= 4


# Quiet units -------------------------------------------------------------------------------------


def test_registrar_and_administrator_hear_each_morning_of_the_silent(urgent, officer, clock):
    office = urgent.letter.office
    lively = clerk_of(school(urgent.letter, "บ้านขยัน"))
    Member.objects.filter(pk=lively.member.pk).update(last_login=db_now() + timedelta(days=3))
    silent = clerk_of(urgent.unit)
    Member.objects.filter(pk=silent.member.pk).update(last_login=db_now() - timedelta(days=9))
    registrar = registrar_of(office)
    admin = HoldingFactory(role=Role.ADMINISTRATOR, unit=office).member
    clock(2026, 11, 24, 7, 0)

    plan_morning(office)
    fan_out(OutboxMessage.objects.get(topic="documents.quiet_units"))

    told = Notification.objects.select_related("notice")
    assert {row.recipient for row in told} == {registrar.member, admin}
    assert "บ้านต้นสน" in told[0].notice.lines[0]
    assert "บ้านขยัน" not in told[0].notice.lines[0]
    for member in (registrar.member, admin):
        page = browser_of(type("Someone", (), {"member": member})).get(QUIET).content.decode()
        assert "บ้านต้นสน" in page
        assert "บ้านขยัน" not in page
        assert 'href="tel:074600111"' in page
