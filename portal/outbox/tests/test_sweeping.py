"""The pulse: daily jobs, steps of the sweep, and the worker's loop."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from members.tests.factories import MemberFactory
from portal.audit.models import AuditEntry
from portal.core.clock import bangkok, db_now
from portal.core.locks import try_lock
from portal.core.models import OnceKey
from portal.outbox.models import OutboxMessage
from portal.outbox.services import arm_daily_jobs, keep_house, sweep, sweep_until, sweeping
from portal.outbox.tests.factories import OutboxMessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings):
    """Set the database's clock to a moment in Bangkok."""

    def move(text):
        wanted = datetime.fromisoformat(f"{text}+07:00")
        settings.CLOCK_SHIFT_SECONDS = (wanted - datetime.now(UTC)).total_seconds()

    return move


@pytest.fixture
def only_our_jobs(topics):
    topics._daily_jobs.clear()
    topics._sweepers.clear()
    return topics


def armed():
    rows = OutboxMessage.objects.order_by("pk").values_list("unique_key", "due_at")
    return [(key, f"{bangkok(due_at):%d %H:%M}") for key, due_at in rows]


def test_a_daily_job_has_its_next_row_and_only_one(only_our_jobs, at):
    only_our_jobs.every_day("test.daily", at="07:00")(lambda message: None)

    at("2026-11-20T06:59:00")
    counts = [arm_daily_jobs(), arm_daily_jobs()]
    today = armed()
    at("2026-11-20T07:00:01")
    counts.append(arm_daily_jobs())

    assert counts == [1, 0, 1]
    assert today == [("test.daily@2026-11-20", "20 07:00")]
    assert armed()[1:] == [("test.daily@2026-11-21", "21 07:00")]


def test_a_daily_job_arms_itself_again_and_makes_up_for_a_day_off(only_our_jobs, at):
    ran = []
    only_our_jobs.every_day("test.daily", at="07:00")(
        lambda message: ran.append(message.unique_key)
    )
    at("2026-11-20T06:00:00")
    sweep("worker")

    at("2026-11-23T09:00:00")
    sweep("worker")
    sweep("worker")

    assert ran == ["test.daily@2026-11-20"]
    assert armed()[-1] == ("test.daily@2026-11-24", "24 07:00")


def test_a_sweep_runs_the_registered_steps_and_says_how_much_there_was(only_our_jobs):
    only_our_jobs.handles("test.topic")(lambda message: None)
    only_our_jobs.sweeps("test.deliver")(lambda: 5)
    OutboxMessageFactory()

    assert sweep("worker") == 6


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_a_step_is_left_to_the_worker_that_is_at_it(only_our_jobs, race):
    ran = []
    only_our_jobs.sweeps("test.deliver")(lambda: ran.append(1) or 1)

    with try_lock("sweep.test.deliver") as is_ours:
        counts = race(2, lambda number: sweep(f"worker {number}"))
    alone = sweep("worker")

    assert (is_ours, counts, alone, ran) == (True, [0, 0], 1, [1])


def test_a_step_that_breaks_does_not_stop_the_others(only_our_jobs, caplog):
    only_our_jobs.sweeps("test.broken")(lambda: 1 // 0)
    only_our_jobs.sweeps("test.deliver")(lambda: 2)

    assert sweep("worker") == 2
    assert "outbox.sweep_failed step=test.broken" in caplog.text


def test_the_loop_outlives_a_database_that_is_away(monkeypatch):
    stop, calls = threading.Event(), []

    def sweep_in_trouble(worker, *, stop):
        calls.append(worker)
        if len(calls) < 3:
            raise OperationalError("server closed the connection unexpectedly")
        stop.set()
        return 0

    monkeypatch.setattr(sweeping, "sweep", sweep_in_trouble)
    monkeypatch.setattr(sweeping, "connections", NoConnections())
    monkeypatch.setattr(sweeping, "close_old_connections", lambda: None)

    sweep_until(stop, pause=0.001)

    assert len(calls) == 3
    assert len(set(calls)) == 1


class NoConnections:
    """Stands for the connections of a worker's thread, which this test does not have."""

    def close_all(self):
        pass


def test_the_worker_does_once_what_is_due_and_stops(only_our_jobs):
    seen = []

    def first(message):
        seen.append("first")
        OutboxMessageFactory(topic="test.second")

    only_our_jobs.handles("test.first")(first)
    only_our_jobs.handles("test.second")(lambda message: seen.append("second"))
    only_our_jobs.handles("test.later")(lambda message: seen.append("later"))
    OutboxMessageFactory(topic="test.first")
    OutboxMessageFactory(topic="test.later", due_at=db_now() + timedelta(hours=1))

    call_command("run_worker", once=True)

    assert seen == ["first", "second"]


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_process_drains_and_stops_when_told(child_environment, number):
    message = OutboxMessageFactory(topic="outbox.housekeeping")
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "run_worker"],
        env=child_environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "worker: ready\n"
    wait_for(lambda: OutboxMessage.objects.get(pk=message.pk).state == "done")

    process.send_signal(number)
    said, _ = process.communicate(timeout=60)

    assert (said, process.returncode) == ("worker: stopped\n", 0)


@pytest.mark.engine
@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_celery_worker_sweeps_without_any_hint(child_environment, pool):
    message = OutboxMessageFactory(topic="outbox.housekeeping")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "portal", "worker", "-c", "1", "-P", pool],
        env=child_environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: OutboxMessage.objects.get(pk=message.pk).state == "done")
    finally:
        process.terminate()
        process.wait(timeout=60)

    assert OutboxMessage.objects.filter(unique_key__startswith="outbox.housekeeping@").exists()


def wait_for(happened, *, within=60):
    ends_at = time.monotonic() + within
    while not happened():
        assert time.monotonic() < ends_at, "did not happen"
        time.sleep(0.1)


def test_the_command_lists_what_is_due_and_what_is_dead(capsys):
    OutboxMessageFactory.create_batch(2, due_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    dead = OutboxMessageFactory(topic="test.dead", state="dead", attempts=8, error="ValueError")

    call_command("outbox")

    assert capsys.readouterr().out.splitlines() == [
        "due   test.topic  2 since 20 พ.ย. 2569 16.30 น.",
        f"dead  test.dead #{dead.pk}  attempts 8  ValueError",
    ]


def test_the_command_requeues_with_a_reason_only(capsys):
    dead = OutboxMessageFactory.create_batch(2, state="dead")

    with pytest.raises(CommandError, match="--why"):
        call_command("outbox", "requeue", str(dead[0].pk))
    with pytest.raises(CommandError, match="Name rows"):
        call_command("outbox", "requeue", "--why", "fixed")
    call_command("outbox", "requeue", "--all", "--why", "fixed")

    assert capsys.readouterr().out == "2 of 2 rows are due again\n"
    assert OutboxMessage.objects.filter(state="waiting").count() == 2
    assert AuditEntry.objects.filter(action="outbox.requeued").count() == 2


def test_housekeeping_takes_out_old_sessions_and_keys_and_leaves_the_rest(client, later_by):
    member = MemberFactory()
    client.force_login(member)
    key = OnceKey.objects.create(
        member=member, key=os.urandom(16).hex(), body_hash="x", result={}, created_at=db_now()
    )

    keep_house()
    kept = OnceKey.objects.count(), bool(client.session.keys())
    later_by(31 * 24 * 3600)
    keep_house()

    assert kept == (1, True)
    assert not OnceKey.objects.filter(pk=key.pk).exists()
    assert not client.session.exists(client.session.session_key)
