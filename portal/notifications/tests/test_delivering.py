"""What goes out, to whom and when."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from members.models import Holding, Holiday
from members.tests.factories import HoldingFactory, HolidayFactory
from portal.core import resources
from portal.core.clock import db_now
from portal.core.resources import Resource, Waiting
from portal.notifications.models import DeliveryState, Digest, Notification
from portal.notifications.services import deliver, read_notification
from portal.notifications.tests.factories import (
    FRIDAY_MORNING,
    MONDAY_MORNING,
    THURSDAY_AFTERNOON,
    staffed_school,
    states,
    tell,
)

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def actor(member):
    return HoldingFactory.build(member=member)


# When -------------------------------------------------------------------------------------------


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


# To whom ----------------------------------------------------------------------------------------


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
