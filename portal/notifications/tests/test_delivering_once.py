"""Each mail goes out once: workers at once, killed, late, and what goes wrong."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.core import mail

from members.models import Role
from members.tests.factories import HoldingFactory
from portal.core.clock import db_now
from portal.notifications.channels import EmailChannel
from portal.notifications.domain import MAX_ATTEMPTS
from portal.notifications.models import Channel, Delivery, DeliveryState, Digest
from portal.notifications.services import deliver
from portal.notifications.services.mailing import notice_mail
from portal.notifications.tests.factories import (
    FRIDAY_MORNING,
    THURSDAY_AFTERNOON,
    staffed_school,
    states,
    tell,
)

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


# Never twice ------------------------------------------------------------------------------------


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


# What goes wrong --------------------------------------------------------------------------------


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
