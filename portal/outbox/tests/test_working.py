"""Claim, do, mark: nothing is lost when a worker dies, and nothing is said twice."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.outbox.models import OutboxMessage
from portal.outbox.services import LeaseLost, checkpoint, claim, drain, requeue
from portal.outbox.services.working import work
from portal.outbox.tests.factories import OutboxMessageFactory

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def state_of(message):
    message.refresh_from_db()
    return message.state


def test_what_is_due_is_done_in_order_and_once(topics):
    seen = []
    topics.handles("test.topic")(lambda message: seen.append(message.pk))
    second = OutboxMessageFactory()
    first = OutboxMessageFactory(due_at=second.due_at - timedelta(seconds=1))
    OutboxMessageFactory(due_at=second.due_at + timedelta(hours=1))

    counts = [drain("worker"), drain("worker")]

    assert (seen, counts) == ([first.pk, second.pk], [2, 0])
    assert state_of(first) == "done"
    assert (first.attempts, first.claimed_by, first.lease_until, first.error) == (1, "", None, "")
    assert first.done_at is not None


def test_every_handler_of_a_topic_runs(topics):
    seen = []
    topics.handles("test.topic")(lambda message: seen.append("search"))
    topics.handles("test.topic")(lambda message: seen.append("bell"))
    OutboxMessageFactory()

    drain("worker")

    assert seen == ["search", "bell"]


@pytest.mark.django_db(transaction=True)
def test_a_handler_runs_outside_any_transaction(topics):
    seen = []
    topics.handles("test.topic")(lambda message: seen.append(connection.in_atomic_block))
    OutboxMessageFactory()

    drain("worker")

    assert seen == [False]


def test_a_topic_that_nobody_handles_is_put_aside():
    message = OutboxMessageFactory(topic="test.unknown")

    drain("worker")

    assert (state_of(message), message.error) == ("dead", "no handler for this topic")


@pytest.mark.parametrize("error", [DomainError, IntegrityError, LookupError])
def test_a_failure_is_tried_again_later_and_its_text_is_kept_nowhere(
    topics, later_by, caplog, error
):
    secret = "เรื่อง" + "ลับ"

    def fail(message):
        raise error(secret)

    topics.handles("test.topic")(fail)
    message = OutboxMessageFactory()
    started = db_now()

    drain("worker")

    assert state_of(message) == "waiting"
    assert message.error.startswith(f"{error.__name__} (test_working.py:")
    assert timedelta(seconds=29) < message.due_at - started < timedelta(seconds=40)
    assert "outbox.failed" in caplog.text
    assert secret not in caplog.text
    later_by(31)
    assert drain("worker") == 1


def test_the_eighth_failure_is_the_last(topics, later_by):
    topics.handles("test.topic")(lambda message: 1 / 0)
    message = OutboxMessageFactory()
    pauses = []

    while state_of(message) == "waiting":
        before = db_now()
        drain("worker")
        message.refresh_from_db()
        pauses.append(round((message.due_at - before).total_seconds() / 30))
        later_by(6 * 3600 + 60)

    assert (message.state, message.attempts) == ("dead", 8)
    assert message.error.startswith("ZeroDivisionError")
    assert pauses[:7] == [1, 4, 20, 120, 720, 720, 720]


def test_one_bad_row_is_no_obstacle_for_the_others(topics):
    seen = []

    def handler(message):
        if message.data.get("is_bad"):
            raise ValueError
        seen.append(message.pk)

    topics.handles("test.topic")(handler)
    OutboxMessageFactory(data={"is_bad": True})
    good = OutboxMessageFactory()

    drain("worker")

    assert seen == [good.pk]


def test_a_row_of_a_silent_worker_is_taken_over_when_the_lease_is_out(topics, later_by):
    seen = []
    topics.handles("test.topic")(lambda message: seen.append(message.claimed_by))
    message = OutboxMessageFactory()
    claim("killed")

    early = drain("other")
    later_by(61)
    late = drain("other")

    assert (early, late, seen) == (0, 1, ["other#2"])
    assert (state_of(message), message.attempts) == ("done", 2)


def test_a_topic_may_ask_for_a_longer_lease(topics, later_by):
    topics.handles("test.topic", lease=180)(lambda message: None)
    OutboxMessageFactory()
    claim("slow")

    later_by(170)
    early = claim("other")
    later_by(20)

    assert early is None
    assert claim("other") is not None


def test_a_zombie_changes_nothing(topics, later_by):
    topics.handles("test.topic")(lambda message: None)
    message = OutboxMessageFactory()
    zombie = claim("zombie")
    later_by(61)
    successor = claim("successor")

    work(zombie)
    held = OutboxMessage.objects.get(pk=message.pk)
    with pytest.raises(LeaseLost):
        checkpoint(zombie, made=5)

    assert (held.state, held.claimed_by) == ("leased", "successor#2")
    work(successor)
    assert (state_of(message), message.data) == ("done", {})


def test_without_the_fence_the_zombie_would_have_had_the_last_word(later_by):
    message = OutboxMessageFactory()
    claim("zombie")
    later_by(61)
    claim("successor")

    OutboxMessage.objects.filter(pk=message.pk).update(state="done", claimed_by="")

    assert state_of(message) == "done"


def test_a_long_job_keeps_its_place_and_its_lease(topics, later_by):
    made = []

    def handler(message):
        for number in range(message.data.get("made", 0), 4):
            later_by(50)
            made.append(number)
            checkpoint(message, made=number + 1)
            if number == 1 and message.attempts == 1:
                raise ConnectionError

    topics.handles("test.topic")(handler)
    message = OutboxMessageFactory(data={"name": "x"})

    drain("worker")
    later_by(31)
    drain("worker")

    assert made == [0, 1, 2, 3]
    assert (state_of(message), message.data) == ("done", {"name": "x", "made": 4})


def test_who_lost_the_lease_on_the_way_stops_there(topics, later_by):
    def handler(message):
        later_by(61)
        claim("other")
        checkpoint(message, made=1)
        raise AssertionError("not reached")

    topics.handles("test.topic")(handler)
    message = OutboxMessageFactory()

    drain("slow")

    assert (state_of(message), message.claimed_by, message.data) == ("leased", "other#2", {})


def test_a_handler_called_by_hand_may_checkpoint():
    message = OutboxMessageFactory()

    checkpoint(message, made=3)

    assert (state_of(message), message.data) == ("waiting", {"made": 3})


def test_a_row_that_kills_its_worker_is_put_aside_after_the_third(later_by):
    message = OutboxMessageFactory(topic="outbox.housekeeping")
    for number in range(3):
        assert claim(f"victim {number}") is not None
        later_by(61)

    survivor = claim("survivor")

    assert survivor is None
    assert (state_of(message), message.attempts, message.losses) == ("dead", 3, 3)
    assert message.error == "3 workers in a row fell silent over it"


def test_a_word_in_between_forgives_the_silence(topics, later_by):
    topics.handles("test.topic")(lambda message: 1 / 0)
    message = OutboxMessageFactory()
    for _ in range(2):
        claim("victim")
        later_by(61)

    drain("worker")

    assert (state_of(message), message.losses) == ("waiting", 0)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_every_row_once(topics, race):
    lock, seen = threading.Lock(), []

    def handler(message):
        with lock:
            seen.append(message.pk)

    topics.handles("test.topic")(handler)
    messages = OutboxMessageFactory.create_batch(60)

    counts = race(6, lambda number: drain(f"worker {number}"))

    assert sum(counts) == 60
    assert sorted(seen) == [message.pk for message in messages]


def test_a_worker_that_is_told_to_stop_finishes_only_the_row_in_hand(topics):
    stop = threading.Event()
    topics.handles("test.topic")(lambda message: stop.set())
    first, second = OutboxMessageFactory.create_batch(2)

    done = drain("worker", stop=stop)

    assert (done, state_of(first), state_of(second)) == (1, "done", "waiting")


def test_a_dead_row_is_put_back_with_the_reason_in_the_history():
    message = OutboxMessageFactory(topic="test.unknown")
    drain("worker")
    alive = OutboxMessageFactory()

    put_back = requeue([message.pk, alive.pk], why="แก้แล้ว", by=SYSTEM)

    assert put_back == [message]
    assert (state_of(message), message.attempts, message.error) == ("waiting", 0, "")
    entry = AuditEntry.objects.get(action="outbox.requeued")
    assert (entry.subject_id, entry.data) == (
        message.pk,
        {"why": "แก้แล้ว", "error": "no handler for this topic"},
    )


KILLED_AT_WORK = """
import django, os, signal
django.setup()
from portal.outbox.kinds import handles
from portal.outbox.services import drain
handles("test.topic")(lambda message: os.kill(os.getpid(), signal.SIGKILL))
drain("killed")
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing(topics, later_by, child_environment):
    message = OutboxMessageFactory()
    killed = subprocess.run([sys.executable, "-c", KILLED_AT_WORK], env=child_environment)
    assert killed.returncode == -signal.SIGKILL
    assert state_of(message) == "leased"
    done = []
    topics.handles("test.topic")(lambda message: done.append(message.pk))

    later_by(61)
    drain("next")

    assert (done, state_of(message)) == ([message.pk], "done")


def test_an_idle_worker_asks_one_question_of_the_table(django_assert_num_queries):
    clock = 1 if connection.vendor == "postgresql" else 0

    with django_assert_num_queries(1 + clock):
        assert drain("idle") == 0
