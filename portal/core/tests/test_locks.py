"""Named locks."""

import threading

import pytest
from django.db import connection, transaction

from portal.core.clock import db_now
from portal.core.locks import lock_on, locked_at, try_lock
from portal.outbox.models import OutboxMessage
from portal.outbox.tests.factories import OutboxMessageFactory

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]


def count_up(name):
    """Read, then write what was read plus one: right only when nobody does so at the same time."""
    with transaction.atomic():
        if name:
            lock_on(name)
        row = OutboxMessage.objects.get()
        OutboxMessage.objects.update(data={"count": row.data["count"] + 1})


def test_who_waits_for_a_name_reads_what_the_last_one_wrote(race):
    row = OutboxMessageFactory(data={"count": 0})

    outcomes = race(8, lambda _: [count_up("test.counter") for _ in range(5)] and None)

    row.refresh_from_db()
    assert (outcomes, row.data) == ([None] * 8, {"count": 40})


@pytest.mark.postgres
def test_without_the_name_counts_are_lost(race):
    row = OutboxMessageFactory(data={"count": 0})

    race(8, lambda _: [count_up("") for _ in range(25)] and None)

    row.refresh_from_db()
    assert row.data["count"] < 200


def test_a_lock_needs_a_transaction_to_live_in():
    with pytest.raises(RuntimeError):
        lock_on("test.counter")


def test_who_only_tries_waits_for_nobody(race):
    together = threading.Barrier(4)

    def attempt(_):
        with try_lock("test.step") as is_ours:
            together.wait(timeout=30)
        return is_ours

    first, second = race(4, attempt), race(1, lambda _: try_once("test.step"))

    assert sorted(first) == [False, False, False, True]
    assert second == [True]


def try_once(name):
    with try_lock(name) as is_ours:
        return is_ours


def test_different_names_do_not_meet():
    with try_lock("test.one") as one, try_lock("test.two") as two:
        assert (one, two) == (True, True)


def test_a_step_that_fails_gives_its_name_back():
    with pytest.raises(ZeroDivisionError), try_lock("test.step"):
        raise ZeroDivisionError

    assert try_once("test.step")


def does_somebody_wait():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.postgres
def test_the_clock_is_read_after_the_lock_was_had():
    held, had, moments = threading.Event(), threading.Event(), {}

    def hold():
        with transaction.atomic():
            lock_on("book")
            held.set()
            while not (does_somebody_wait() or had.is_set()):
                pass
            moments["left"] = db_now()
        connection.close()

    first = threading.Thread(target=hold)
    first.start()
    held.wait()
    with transaction.atomic():
        moments["had"] = locked_at("book")
        had.set()
    first.join()

    assert moments["had"] >= moments["left"]
