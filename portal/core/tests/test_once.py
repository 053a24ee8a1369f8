"""The same form, sent twice, is one deed."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from members.tests.factories import ActorFactory
from portal.core import once as once_module
from portal.core.actors import SYSTEM
from portal.core.errors import Conflict
from portal.core.models import OnceKey
from portal.core.once import once
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

pytestmark = pytest.mark.django_db


@transaction.atomic
def keep_and_fail(by, key):
    with once(by, key, "เรื่อง") as done:
        done.keep({"number": 7})
        raise RuntimeError


@transaction.atomic
def send(by, key, body="เรื่อง"):
    """A deed with a trace: one row of the outbox, whose number is its result."""
    with once(by, key, body) as done:
        if not done.is_repeat:
            done.result = {"number": publish("test.sent", by=by).pk}
    return done


def test_the_second_time_gives_the_first_answer():
    actor, key = ActorFactory(), uuid4()

    first, second = send(actor, key), send(actor, key)

    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert second.result == first.result
    assert OutboxMessage.objects.count() == 1


def test_another_key_is_another_deed():
    actor = ActorFactory()

    first, second = send(actor, uuid4()), send(actor, uuid4())

    assert first.result != second.result


def test_what_is_kept_early_is_stored_before_the_rest_is_done():
    actor, key = ActorFactory(), uuid4()

    with transaction.atomic(), once(actor, key, "เรื่อง") as done:
        done.keep({"number": 7})
        stored = OnceKey.objects.get(key=key).result

    assert stored == {"number": 7}
    assert (send(actor, key).result, OnceKey.objects.count()) == ({"number": 7}, 1)


def test_a_deed_that_fails_after_it_kept_its_result_is_not_done():
    actor, key = ActorFactory(), uuid4()

    with pytest.raises(RuntimeError):
        keep_and_fail(actor, key)

    assert not send(actor, key).is_repeat


def test_the_key_of_another_member_is_another_deed():
    key = uuid4()

    first, second = send(ActorFactory(), key), send(ActorFactory(), key)

    assert (second.is_repeat, OnceKey.objects.count()) == (False, 2)
    assert first.result != second.result


def test_the_same_key_with_another_content_is_refused():
    actor, key = ActorFactory(), uuid4()
    send(actor, key, {"subject": "ก", "units": [1, 2]})

    with pytest.raises(Conflict, match="ส่งไปแล้ว"):
        send(actor, key, {"subject": "ก", "units": [1, 3]})

    assert OutboxMessage.objects.count() == 1


def test_the_order_of_the_fields_is_no_other_content():
    actor, key = ActorFactory(), uuid4()
    send(actor, key, {"subject": "ก", "units": [1, 2]})

    assert send(actor, key, {"units": [1, 2], "subject": "ก"}).is_repeat


def test_a_deed_that_failed_may_be_tried_again():
    actor, key = ActorFactory(), uuid4()

    @transaction.atomic
    def fail():
        with once(actor, key, "เรื่อง"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not send(actor, key).is_repeat


def test_without_a_key_nothing_is_remembered():
    send(SYSTEM, None)
    send(SYSTEM, None)

    assert (OutboxMessage.objects.count(), OnceKey.objects.count()) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_a_key_needs_a_transaction_to_live_in():
    actor = ActorFactory()

    with pytest.raises(RuntimeError), once(actor, uuid4(), "เรื่อง"):
        pass


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one_deed_with_one_answer(race):
    actor, key = ActorFactory(), uuid4()

    outcomes = race(20, lambda _: send(actor, key).result["number"])

    assert len(set(outcomes)) == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_without_the_key_are_twenty_deeds(race):
    actor = ActorFactory()

    outcomes = race(20, lambda _: send(actor, None).result["number"])

    assert len(set(outcomes)) == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_losers_would_get_an_error(race, monkeypatch):
    monkeypatch.setattr(once_module, "lock_on", lambda name: None)
    actor = ActorFactory()

    keys = [uuid4() for _ in range(5)]

    outcomes = [
        outcome for key in keys for outcome in race(10, lambda _, key=key: send(actor, key).result)
    ]

    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes)
