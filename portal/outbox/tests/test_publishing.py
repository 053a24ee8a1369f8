"""A consequence is written with its deed, or not at all."""

from datetime import timedelta

import pytest
from django.db import transaction

from members.tests.factories import ActorFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import db_now
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

pytestmark = pytest.mark.django_db


def test_a_row_says_what_is_to_be_done_to_what_and_for_whom():
    school = SchoolFactory()
    actor = ActorFactory()

    message = publish("test.topic", school, by=actor, number=12)

    message.refresh_from_db()
    assert (message.topic, message.subject_type, message.subject_id) == (
        "test.topic",
        "members.unit",
        school.pk,
    )
    assert (message.data, message.member, message.state) == (
        {"number": 12},
        actor.member,
        "waiting",
    )
    assert message.due_at == message.created_at


def test_a_row_may_be_for_later():
    tomorrow = db_now() + timedelta(days=1)

    message = publish("test.topic", by=SYSTEM, due_at=tomorrow)

    assert message.due_at == tomorrow
    assert list(OutboxMessage.objects.due(db_now())) == []
    assert list(OutboxMessage.objects.due(tomorrow)) == [message]


def test_a_row_with_a_key_is_written_once():
    first = publish("test.topic", by=SYSTEM, unique_key="test:1")

    second = publish("test.topic", by=SYSTEM, unique_key="test:1")

    assert (second, list(OutboxMessage.objects.all())) == (None, [first])


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_fails_leaves_no_row():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish("test.topic", by=SYSTEM, share=1 / 0)

    def fail():
        with transaction.atomic():
            publish("test.topic", by=SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert OutboxMessage.objects.count() == 0


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_a_key_that_many_write_at_once_is_there_once(race):
    def write(_):
        with transaction.atomic():
            return publish("test.topic", by=SYSTEM, unique_key="test:race")

    outcomes = race(8, write)

    written = [outcome for outcome in outcomes if outcome is not None]
    assert [type(outcome) for outcome in written] == [OutboxMessage]
    assert OutboxMessage.objects.count() == 1
