"""A real Celery worker, Redis and a mail server: from the deed to the letterbox."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import transaction

from portal.notifications.models import Delivery, DeliveryState
from portal.notifications.services import unread_count
from portal.notifications.tests.factories import greet, staffed_school, wrong_counters
from portal.outbox.models import OutboxMessage, OutboxState

PATIENCE = 60


@contextmanager
def celery_worker(environment: dict[str, str], queue: str) -> Iterator[None]:
    """Run a worker of one process, which also knows the kind of these tests."""
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "portal", "worker", "-P", "solo"),
            *("-I", "portal.notifications.tests.kinds", "-n", f"{queue}@%h", "-l", "WARNING"),
            *("--without-gossip", "--without-mingle"),
        ],
        env=environment,
        cwd=settings.BASE_DIR,
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(PATIENCE)


def wait_for(what: Callable[[], bool]) -> None:
    """Look every tenth of a second, and give up after a minute."""
    ends = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < ends, "the worker did not get there"
        time.sleep(0.1)


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_brings_an_urgent_notice_to_everybody_once(child_environment, letterbox):
    school, people = staffed_school(5)
    environment = child_environment | {"EMAIL_URL": f"smtp://127.0.0.1:{letterbox.port}"}

    with celery_worker(environment, "notices"):
        with transaction.atomic():
            message = greet(school, urgent=True)
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.SENT).count() == 5)
        wait_for(lambda: OutboxMessage.objects.get(pk=message.pk).state == OutboxState.DONE)

    assert sorted(mail["To"] for mail in letterbox.mails) == sorted(one.email for one in people)
    assert [unread_count(person) for person in people] == [1] * 5
    assert wrong_counters() == {}
