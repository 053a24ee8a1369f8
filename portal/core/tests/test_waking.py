"""A hint to the workers: once per transaction, never in the way of the deed."""

import subprocess
import sys

import pytest
from django.db import connection, transaction

from portal.celery import app
from portal.core.waking import Wake, later
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def broker(settings):
    """A house with a broker; nothing is sent as long as nothing is committed."""
    settings.REDIS_URL = NOBODY_LISTENS


def planned():
    return [function for _, function, _ in connection.run_on_commit]


def test_a_transaction_wakes_each_task_once(broker):
    later("outbox.drain")
    later("outbox.drain")
    later("notifications.deliver")

    assert planned() == [Wake("outbox.drain"), Wake("notifications.deliver")]


def test_without_a_broker_nobody_is_woken(settings):
    settings.REDIS_URL = ""

    later("outbox.drain")

    assert planned() == []


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_failed_wakes_nobody_and_does_not_silence_the_next(broker, monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", sent.append)

    def fail():
        with transaction.atomic():
            later("outbox.drain")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert sent == []

    with transaction.atomic():
        later("outbox.drain")

    assert sent == ["outbox.drain"]


@pytest.mark.django_db(transaction=True)
def test_a_wake_that_was_sent_does_not_silence_the_next(broker, monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", sent.append)

    for _ in range(2):
        with transaction.atomic():
            later("outbox.drain")

    assert sent == ["outbox.drain"] * 2


PUBLISH_THREE = """
import django
django.setup()
from django.db import transaction
from portal.core.actors import SYSTEM
from portal.outbox.services import publish
for number in range(3):
    with transaction.atomic():
        publish("test.sent", by=SYSTEM, number=number)
"""


@pytest.mark.django_db(transaction=True)
def test_with_redis_down_the_deed_is_done_and_the_hint_is_lost(child_environment):
    process = subprocess.run(
        [sys.executable, "-c", PUBLISH_THREE],
        env=child_environment | {"REDIS_URL": NOBODY_LISTENS},
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )

    assert process.returncode == 0
    assert process.stderr.count("waking.lost task=outbox.drain") == 3
    assert OutboxMessage.objects.count() == 3


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_with_redis_the_hint_arrives(child_environment, settings):
    process = subprocess.run(
        [sys.executable, "-c", PUBLISH_THREE],
        env=child_environment,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )

    assert (process.returncode, "waking.lost" in process.stderr) == (0, False)
