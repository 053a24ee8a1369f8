"""What goes out, to whom, when, and never twice."""

from __future__ import annotations

from datetime import date
from threading import Barrier

import pytest
from django.core import mail

from members.models import Holding, Holiday, Role
from members.tests.factories import HoldingFactory, HolidayFactory
from portal.core import resources
from portal.core.clock import db_now
from portal.core.resources import Resource, Waiting
from portal.notifications.channels import EmailChannel
from portal.notifications.domain import MAX_ATTEMPTS
from portal.notifications.models import Channel, Delivery, DeliveryState, Digest, Notification
from portal.notifications.services import deliver, read_notification
from portal.notifications.services.mailing import notice_mail
from portal.notifications.tests.factories import staffed_school, tell

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

THURSDAY_AFTERNOON = (2026, 11, 19, 16, 0)
FRIDAY_MORNING = (2026, 11, 20, 7, 30, 5)
MONDAY_MORNING = (2026, 11, 23, 7, 30, 5)


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


def actor(member):
    return HoldingFactory.build(member=member)


# When --------------------------------------------------------------------------------------------


def test_an_urgent_notice_goes_at_once_at_any_hour(clock):
    clock(2026, 11, 21, 22, 0)  # Saturday night
    school, people = staffed_school(1)
    tell(school, urgent=True, title="ด่วนที่สุด สำรวจความเสียหาย")

    deliver()

    (message,) = mail.outbox
    assert message.to == [people[0].email]
    assert message.subject == "ด่วนที่สุด สำรวจความเสียหาย"
    assert states() == [DeliveryState.SENT]


def test_an_ordinary_notice_is_not_sent_before_its_morning(clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school)

    deliver()
    clock(2026, 11, 20, 7, 29)
    deliver()
    assert mail.outbox == []

    clock(*FRIDAY_MORNING)
    deliver()
    assert len(mail.outbox) == 1


def test_a_morning_brings_one_mail_with_all_there_is(clock):
    clock(*THURSDAY_AFTERNOON)
    school, people = staffed_school(2)
    for title in ("ขอเชิญประชุม", "สำรวจอาคาร", "ส่งรายชื่อครู"):
        tell(school, title=title, url=f"/{title}/")

    clock(*FRIDAY_MORNING)
    deliver()
    deliver()

    assert sorted(message.to for message in mail.outbox) == sorted([one.email] for one in people)
    message = mail.outbox[0]
    assert message.subject == f"{school.office.short_name}: 3 เรื่องรอท่าน"
    assert all(title in message.body for title in ("ขอเชิญประชุม", "สำรวจอาคาร", "ส่งรายชื่อครู"))
    assert states() == [DeliveryState.SENT] * 6


def test_what_comes_after_the_morning_mail_waits_for_the_next_one(clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school)
    clock(*FRIDAY_MORNING)
    deliver()
    tell(school, title="มาทีหลัง")

    clock(2026, 11, 20, 16, 0)
    deliver()
    assert len(mail.outbox) == 1

    clock(*MONDAY_MORNING)
    deliver()
    assert len(mail.outbox) == 2
    assert "มาทีหลัง" in mail.outbox[1].body


def test_a_straggler_of_the_same_morning_does_not_make_a_second_mail(clock):
    """A fan-out that read the clock at 07.29.59 and committed after the mail had gone."""
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school)
    clock(*FRIDAY_MORNING)
    deliver()
    clock(2026, 11, 20, 7, 29, 59)
    tell(school, title="เกือบทัน")

    clock(2026, 11, 20, 7, 31)
    deliver()
    assert len(mail.outbox) == 1

    clock(*MONDAY_MORNING)
    deliver()
    assert len(mail.outbox) == 2
    assert "เกือบทัน" in mail.outbox[1].body


def test_a_worker_that_slept_over_the_morning_sends_one_mail_for_two_days(clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school)
    clock(2026, 11, 20, 16, 0)
    tell(school, title="ของวันศุกร์")

    clock(*MONDAY_MORNING)
    deliver()
    deliver()

    assert len(mail.outbox) == 1
    assert states() == [DeliveryState.SENT] * 2


def test_a_holiday_declared_after_the_fact_moves_the_mail(clock):
    clock(2026, 12, 4, 16, 0)  # a Friday
    school, _ = staffed_school(1)
    tell(school)
    HolidayFactory(office=school.office, on=date(2026, 12, 7))

    clock(2026, 12, 7, 7, 31)
    deliver()
    assert mail.outbox == []

    clock(2026, 12, 8, 7, 31)
    deliver()
    assert len(mail.outbox) == 1


# To whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgent", [True, False])
@pytest.mark.parametrize("revoked", [True, False])
def test_a_post_given_up_between_telling_and_sending_withdraws_the_mail(urgent, revoked, clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(3)
    tell(school, urgent=urgent)
    if revoked:
        Holding.objects.update(to_on=date(2026, 11, 18))

    clock(*FRIDAY_MORNING)
    deliver()

    expected = (0, DeliveryState.WITHDRAWN) if revoked else (3, DeliveryState.SENT)
    assert (len(mail.outbox), states()) == (expected[0], [expected[1]] * 3)


def test_whoever_may_no_longer_open_the_subject_gets_no_mail(monkeypatch):
    school, people = staffed_school(2)
    tell(school, urgent=True)
    reader = people[0]
    shut = Resource(
        model=type(school),
        label="โรงเรียน",
        icon="school",
        visible_to=lambda member: type(school).objects.all(),
        readers=lambda unit: type(reader).objects.filter(pk=reader.pk),
    )
    monkeypatch.setitem(resources._resources, "members.unit", shut)

    deliver()

    assert [message.to for message in mail.outbox] == [[reader.email]]
    assert states() == [DeliveryState.SENT, DeliveryState.WITHDRAWN]


def test_what_is_no_longer_true_is_not_sent():
    school, _ = staffed_school(1)
    tell(school, urgent=True)
    school.closed_on = "2026-01-01"
    school.save(update_fields=["closed_on"])

    deliver()

    assert mail.outbox == []
    assert states() == [DeliveryState.WITHDRAWN]


@pytest.mark.parametrize("urgent", [True, False])
def test_what_was_read_on_the_site_is_not_sent(urgent, clock):
    clock(*THURSDAY_AFTERNOON)
    school, people = staffed_school(1)
    tell(school, urgent=urgent)
    read_notification(Notification.objects.get(), by=actor(people[0]))

    clock(*FRIDAY_MORNING)
    deliver()

    assert mail.outbox == []
    assert states() == [DeliveryState.SKIPPED]
    assert not Digest.objects.filter(due_at__isnull=False).exists()


def test_an_account_shut_meanwhile_gets_no_mail():
    school, people = staffed_school(1)
    tell(school, urgent=True)
    people[0].is_active = False
    people[0].save(update_fields=["is_active"])

    deliver()

    assert states() == [DeliveryState.WITHDRAWN]


def test_a_batch_asks_the_room_once_per_notice(django_assert_max_num_queries):
    school, _ = staffed_school(30)
    tell(school, urgent=True)

    # two looks, two claims, one gate of a few queries, and per mail one mark with its clock
    with django_assert_max_num_queries(30 * 5 + 20) as captured:
        deliver()

    gates = [query for query in captured if query["sql"].startswith('SELECT "members_member"."id"')]
    assert len(mail.outbox) == 30
    assert len(gates) == 1


def test_the_digest_tells_what_waits_and_keeps_to_what_the_rooms_give(monkeypatch, clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school, url="/letters/1/")
    clock(*FRIDAY_MORNING)
    waits = Resource(
        model=Holiday,
        label="วันหยุด",
        icon="info",
        visible_to=lambda member: Holiday.objects.none(),
        waiting=lambda member: [
            Waiting("รายงานอาหารกลางวัน", "/letters/2/", "รอตอบ", due_at=db_now().replace(day=18)),
        ],
    )
    monkeypatch.setitem(resources._resources, "members.holiday", waits)

    deliver()

    (message,) = mail.outbox
    (html, _) = message.alternatives[0]
    assert message.subject.endswith(": 2 เรื่องรอท่าน")
    assert message.body.index("เกินกำหนด") < message.body.index("รายงานอาหารกลางวัน")
    assert message.body.index("รายงานอาหารกลางวัน") < message.body.index("ขอเชิญประชุม")
    assert "http://127.0.0.1:8000/letters/2/" in message.body
    assert 'href="http://127.0.0.1:8000/letters/2/"' in html
    assert f"/notifications/{Notification.objects.get().pk}/" in message.body


def test_a_title_is_text_in_both_parts(clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school, title='<b>"สิ่งที่ส่งมา" & ๑</b>')
    clock(*FRIDAY_MORNING)

    deliver()

    (message,) = mail.outbox
    (html, _) = message.alternatives[0]
    assert '<b>"สิ่งที่ส่งมา" & ๑</b>' in message.body
    assert "&lt;b&gt;&quot;สิ่งที่ส่งมา&quot; &amp; ๑&lt;/b&gt;" in html


# Never twice -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("urgent", [True, False])
def test_workers_at_once_send_each_mail_once(race, clock, urgent):
    clock(*THURSDAY_AFTERNOON)
    school, people = staffed_school(40)
    tell(school, urgent=urgent)
    tell(school, urgent=urgent, title="อีกเรื่อง")
    clock(*FRIDAY_MORNING)

    race(4, lambda _: deliver())

    mails_each = 2 if urgent else 1
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        person.email for person in people for _ in range(mails_each)
    )
    assert states() == [DeliveryState.SENT] * 80


@pytest.mark.django_db(transaction=True)
def test_workers_that_do_not_claim_would_send_twice(race):
    """The control: look, then send, then mark, as two workers do it without a lease."""
    school, _ = staffed_school(1)
    tell(school, urgent=True)
    both_have_looked = Barrier(2)

    def careless(_):
        rows = list(Delivery.objects.due(db_now()).select_related("notification__notice"))
        both_have_looked.wait(timeout=10)
        with EmailChannel() as channel:
            for row in rows:
                channel.send(notice_mail(row))

    race(2, careless)

    assert len(mail.outbox) == 2


@pytest.mark.parametrize("urgent", [True, False])
def test_a_worker_killed_between_sending_and_marking_costs_one_double_at_most(urgent, clock):
    """The promise for e-mail: at least once, one double per crash, known by its Message-ID."""
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school, urgent=urgent)
    clock(*FRIDAY_MORNING)

    killed_after_sending(urgent)
    deliver()
    assert len(mail.outbox) == 1

    clock(2026, 11, 20, 7, 31, 30)  # the lease of the dead has run out
    deliver()
    deliver()
    assert len(mail.outbox) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1
    assert states() == [DeliveryState.SENT]


class Killed(BaseException):
    """What no `except Exception` survives."""


def killed_after_sending(urgent):
    """Run a worker up to the moment at which the mail is out and nothing is written about it."""
    with pytest.MonkeyPatch.context() as patch:
        take = EmailChannel.send

        def die(channel, message):
            take(channel, message)
            raise Killed

        patch.setattr(EmailChannel, "send", die)
        with pytest.raises(Killed):
            deliver()


def test_the_late_word_of_a_zombie_changes_nothing(clock):
    school, _ = staffed_school(1)
    clock(*FRIDAY_MORNING)
    tell(school, urgent=True)
    claimed = Delivery.objects.claim("zombie", channel=Channel.EMAIL, now=db_now(), limit=10)
    assert len(claimed) == 1

    clock(2026, 11, 20, 7, 32)
    deliver()
    late = Delivery.objects.held_by("zombie").filter(state=DeliveryState.LEASED)
    changed = late.update(state=DeliveryState.FAILED)

    assert changed == 0
    assert states() == [DeliveryState.SENT]


def test_a_claim_takes_no_more_than_its_limit_and_nothing_twice():
    school, _ = staffed_school(5)
    tell(school, urgent=True)

    first = list(Delivery.objects.claim("a", channel=Channel.EMAIL, now=db_now(), limit=3))
    second = list(Delivery.objects.claim("b", channel=Channel.EMAIL, now=db_now(), limit=3))
    third = list(Delivery.objects.claim("c", channel=Channel.EMAIL, now=db_now(), limit=3))

    assert [len(first), len(second), len(third)] == [3, 2, 0]
    assert {row.pk for row in first}.isdisjoint(row.pk for row in second)
    assert {row.attempts for row in first} == {1}


# What goes wrong ---------------------------------------------------------------------------------


def test_a_room_with_an_error_stops_only_its_own_mail():
    school, _ = staffed_school(1)
    broken = tell(school, urgent=True)
    broken.data["broken"] = True
    broken.save(update_fields=["data"])
    tell(school, urgent=True, title="เรื่องดี")

    deliver()

    assert [message.subject for message in mail.outbox] == ["เรื่องดี"]
    assert states() == [DeliveryState.DEAD, DeliveryState.SENT]


@pytest.mark.parametrize("urgent", [True, False])
def test_a_mail_that_kills_its_worker_again_and_again_is_given_up(urgent, clock):
    clock(*THURSDAY_AFTERNOON)
    school, _ = staffed_school(1)
    tell(school, urgent=urgent)
    clock(*FRIDAY_MORNING)
    Delivery.objects.filter(is_digest=False).update(attempts=MAX_ATTEMPTS)
    Digest.objects.update(attempts=MAX_ATTEMPTS)

    deliver()

    assert mail.outbox == []
    assert states() == [DeliveryState.DEAD]


def test_an_idle_look_is_two_queries_and_the_clock(django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        assert deliver() == 0


def test_a_hundred_and_twenty_are_sent_in_two_turns():
    school, _ = staffed_school(1)
    for number in range(120):
        HoldingFactory(role=Role.TEACHER, unit=school, member__username=f"extra{number}")
    tell(school, urgent=True)

    taken = deliver()

    assert taken == len(mail.outbox) == 121
