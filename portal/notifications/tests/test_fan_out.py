"""From one message to everybody it concerns: exactly once, whatever happens."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from members.models import Member, Role, Unit
from members.tests.factories import HoldingFactory, HolidayFactory, MemberFactory, SchoolFactory
from portal.core import resources
from portal.core.clock import bangkok
from portal.core.resources import Resource
from portal.notifications.models import Delivery, Digest, Notice, Notification, UnreadCounter
from portal.notifications.services import fan_out, unread_count
from portal.notifications.tests.factories import greet, staffed_school, tell, wrong_counters
from portal.outbox.kinds import handlers_of

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def everything():
    """All rows that fanning out writes."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Notice, Notification, UnreadCounter, Delivery, Digest)
    ]


def test_every_recipient_has_the_notice_once_and_unread():
    school, people = staffed_school(3)
    stranger = HoldingFactory(role=Role.TEACHER).member

    tell(school)

    assert set(Notification.objects.values_list("recipient", flat=True)) == {
        person.pk for person in people
    }
    assert [unread_count(person) for person in people] == [1, 1, 1]
    assert unread_count(stranger) == 0


def test_the_notice_says_what_the_kind_rendered_with_three_lines_at_most():
    school, _ = staffed_school(1)

    message = tell(school, title="ขอเชิญประชุม\U0001f64f" + "ก" * 700)

    notice = Notice.objects.get(message=message)
    assert len(notice.title) == 600
    assert notice.lines == ["เรื่องใหม่: ประชุมครั้งที่ 3", "ต้องทำ: ตอบรับ", "ภายใน: พรุ่งนี้"]
    assert (notice.subject_type, notice.subject_id) == ("members.unit", school.pk)
    assert notice.unit_text == school.label
    assert notice.office_text == school.office.short_name


def test_a_registered_kind_is_told_by_the_handler_of_its_topic():
    school, people = staffed_school(1)
    message = greet(school)

    for handler in handlers_of(message.topic):
        handler(message)

    assert unread_count(people[0]) == 1


def test_telling_again_changes_nothing():
    school, _ = staffed_school(3)
    message = tell(school)
    before = everything()

    fan_out(message)

    assert before[1]
    assert everything() == before


def test_whoever_came_later_is_told_by_the_next_run_and_nobody_twice():
    school, people = staffed_school(2)
    message = tell(school)
    newcomer = HoldingFactory(role=Role.TEACHER, unit=school).member

    fan_out(message)

    assert [unread_count(person) for person in [*people, newcomer]] == [1, 1, 1]
    assert wrong_counters() == {}


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 6])
def test_chunks_of_any_size_reach_everybody(chunk):
    school, people = staffed_school(5)
    message = greet(school)

    fan_out(message, chunk=chunk)

    assert Notification.objects.count() == Delivery.objects.count() == len(people)
    assert wrong_counters() == {}


def test_a_person_with_two_posts_in_the_school_is_told_once():
    school, people = staffed_school(1)
    HoldingFactory(role=Role.SCHOOL_CLERK, unit=school, member=people[0])

    tell(school)

    assert unread_count(people[0]) == 1


def test_mail_goes_only_to_who_has_an_address_but_the_bell_rings_for_all():
    school = SchoolFactory()
    reachable = HoldingFactory(unit=school).member
    silent = HoldingFactory(unit=school, member=MemberFactory(email="")).member

    tell(school)

    assert set(Delivery.objects.values_list("recipient", flat=True)) == {reachable.pk}
    assert set(Digest.objects.values_list("member", flat=True)) == {reachable.pk}
    assert [unread_count(reachable), unread_count(silent)] == [1, 1]


def test_an_ordinary_notice_waits_for_the_next_working_morning(clock):
    clock(2026, 11, 20, 16, 0)  # a Friday
    school, people = staffed_school(1)

    tell(school)

    delivery = Delivery.objects.get()
    assert delivery.is_digest
    assert bangkok(delivery.due_at).isoformat() == "2026-11-23T07:30:00+07:00"
    assert Digest.objects.get(member=people[0]).due_at == delivery.due_at


def test_a_holiday_of_the_office_moves_the_morning_and_another_office_keeps_its_own(clock):
    clock(2026, 12, 4, 16, 0)  # a Friday
    school, _ = staffed_school(1)
    elsewhere, _ = staffed_school(1)
    HolidayFactory(office=school.office, on="2026-12-07")

    tell(school)
    tell(elsewhere)

    due = {row.recipient.holdings.get().post.unit: row.due_at for row in Delivery.objects.all()}
    assert bangkok(due[school]).date().isoformat() == "2026-12-08"
    assert bangkok(due[elsewhere]).date().isoformat() == "2026-12-07"


def test_the_earliest_morning_counts_for_a_member_of_two_offices(clock):
    clock(2026, 12, 4, 16, 0)
    school, people = staffed_school(1)
    elsewhere = SchoolFactory()
    HoldingFactory(unit=elsewhere, member=people[0])
    HolidayFactory(office=school.office, on="2026-12-07")

    tell(school)
    tell(elsewhere)

    assert bangkok(Digest.objects.get().due_at).date().isoformat() == "2026-12-07"


def test_an_urgent_notice_is_due_at_once_and_wakes_no_digest():
    school, _ = staffed_school(1)

    tell(school, urgent=True)

    delivery = Delivery.objects.get()
    assert not delivery.is_digest
    assert delivery.due_at == Notice.objects.get().created_at
    assert not Digest.objects.exists()


@pytest.mark.parametrize("nobody", [True, False])
def test_a_message_that_concerns_nobody_writes_no_notification(nobody):
    school = SchoolFactory()

    tell(school, nobody=nobody)

    assert not Notification.objects.exists()


def test_what_is_no_longer_true_is_not_told():
    school, _ = staffed_school(1)
    message = greet(school)
    school.closed_on = "2026-01-01"
    school.save(update_fields=["closed_on"])

    fan_out(message)

    assert not Notice.objects.exists()


def test_a_topic_without_a_kind_is_nobodys_business():
    school, _ = staffed_school(1)
    message = greet(school)
    message.topic = "tests.unknown"

    fan_out(message)

    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_that_tell_the_same_at_once_tell_it_once(race):
    school, people = staffed_school(20)
    messages = [greet(school), greet(school)]

    results = race(4, lambda number: fan_out(messages[number % 2], chunk=7))

    assert results == [None] * 4
    assert Notification.objects.count() == 2 * len(people)
    assert {unread_count(person) for person in people} == {2}
    assert wrong_counters() == {}


def test_counting_the_asked_instead_of_the_inserted_would_be_found():
    """The control: a counter that rises with every run, as a naive fan-out does it, is wrong."""
    school, people = staffed_school(2)
    message = tell(school)

    fan_out(message)
    UnreadCounter.objects.filter(member__in=people).update(n=F("n") + 1)

    assert wrong_counters() == {person.pk: (2, 1) for person in people}


def test_the_table_itself_refuses_a_second_notification():
    """The control: without ON CONFLICT DO NOTHING the second run fails."""
    school, people = staffed_school(1)
    message = tell(school)
    again = Notification(notice=message.notice, recipient=people[0], created_at=message.created_at)

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


# Who may not open it hears nothing of it ----------------------------------------------------------


@pytest.fixture
def read_by(monkeypatch):
    """Say who opens a unit, in place of what its room says."""

    def put(*people):
        readers = Member.objects.filter(pk__in=[person.pk for person in people])
        resource = Resource(
            Unit, "หน่วยงาน", "school", visible_to=lambda member: None, readers=lambda unit: readers
        )
        monkeypatch.setitem(resources._resources, "members.unit", resource)

    return put


def test_the_bell_rings_for_those_recipients_who_may_open_the_subject(read_by):
    school, people = staffed_school(3)
    stranger = HoldingFactory(role=Role.TEACHER).member
    read_by(people[0], stranger)

    tell(school)

    assert [row.recipient for row in Notification.objects.all()] == people[:1]
    assert [row.recipient for row in Delivery.objects.all()] == people[:1]
    assert [unread_count(person) for person in (*people, stranger)] == [1, 0, 0, 0]


def test_where_no_room_says_who_reads_it_every_recipient_hears(monkeypatch):
    school, people = staffed_school(3)
    monkeypatch.delitem(resources._resources, "members.unit")

    tell(school)

    assert [unread_count(person) for person in people] == [1, 1, 1]
