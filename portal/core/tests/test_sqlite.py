"""The queue in front of SQLite: nobody hears "database is locked", nothing is counted twice."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from portal.core.sqlite.base import may_write
from portal.core.sqlite.queue import FileQueue, QueueTimeout

only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the queue is SQLite's")
pytestmark = only_sqlite

BUSY_WRITER = """
import django, sys
django.setup()
from django.db import connection, transaction
print("ready", flush=True)
for _ in range(int(sys.argv[1])):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE queue_test SET number = number + 1 WHERE name = 'worker'")
            cursor.execute("INSERT INTO queue_test (name, number) VALUES ('filler', 1)")
"""


@pytest.fixture
def counter(transactional_db):
    """A table with a line for the threads and one for the busy process."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE queue_test (name text, number integer)")
        cursor.execute("INSERT INTO queue_test VALUES ('threads', 0), ('worker', 0)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE queue_test")


def read(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM queue_test WHERE name = %s", [name])
        return cursor.fetchone()[0]


def add_one():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE queue_test SET number = number + 1 WHERE name = 'threads'")


def bump(afterwards=lambda: None):
    """Read, think, write: the pattern of every register book."""
    with transaction.atomic():
        number = read("threads")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE queue_test SET number = %s WHERE name = 'threads'", [number + 1])
        afterwards()


def test_threads_beside_a_busy_process_lose_nothing_and_never_fail(
    counter, race, child_environment
):
    writer = subprocess.Popen(
        [sys.executable, "-c", BUSY_WRITER, "400"],
        env=child_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert writer.stdout.readline() == b"ready\n"

    outcomes = race(8, lambda _: [bump() for _ in range(60)] and "done")
    _, complaint = writer.communicate(timeout=120)

    assert outcomes == ["done"] * 8
    assert (writer.returncode, complaint) == (0, b"")
    assert (read("threads"), read("worker")) == (480, 400)


class PlainClerk:
    """Django's own way: a DEFERRED transaction, a short busy time-out, and no queue."""

    def __init__(self, path):
        self.path = path

    def bump(self, times):
        errors = 0
        database = sqlite3.connect(self.path, timeout=0.05, isolation_level=None)
        for _ in range(times):
            try:
                database.execute("BEGIN")
                (number,) = database.execute("SELECT number FROM plain").fetchone()
                database.execute("UPDATE plain SET number = ?", [number + 1])
                database.execute("COMMIT")
            except sqlite3.OperationalError:
                errors += 1
                if database.in_transaction:
                    database.execute("ROLLBACK")
        database.close()
        return errors


def test_without_the_queue_the_same_work_is_refused(tmp_path):
    path = tmp_path / "plain.sqlite3"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE plain (number integer)")
    database.execute("INSERT INTO plain VALUES (0)")

    with ThreadPoolExecutor(8) as pool:
        errors = sum(pool.map(lambda _: PlainClerk(path).bump(60), range(8)))

    assert errors > 0
    database.close()


@pytest.mark.parametrize("way", ["autocommit", "set_autocommit", "nested"])
def test_every_way_to_write_waits_in_line(counter, race, way):
    def write(_):
        for _ in range(20):
            if way == "autocommit":
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE queue_test SET number = number + 1 WHERE name = 'threads'"
                    )
            elif way == "set_autocommit":
                transaction.set_autocommit(False)
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE queue_test SET number = number + 1 WHERE name = 'threads'"
                    )
                assert connection._queue.is_held
                transaction.commit()
                transaction.set_autocommit(True)
            else:
                with transaction.atomic(), transaction.atomic():
                    bump()
        return "done"

    outcomes = race(6, write)

    assert outcomes == ["done"] * 6
    assert read("threads") == 120


def test_reading_waits_for_nobody(counter, race):
    with transaction.atomic():
        bump()

        seen = race(2, lambda _: read("threads"))

    assert seen == [0, 0]


def test_the_turn_ends_with_the_transaction_however_it_ends(counter):
    with transaction.atomic():
        bump()
        assert connection._queue.is_held
    assert not connection._queue.is_held

    with pytest.raises(ZeroDivisionError):
        bump(afterwards=lambda: 1 / 0)
    assert not connection._queue.is_held

    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO nowhere VALUES (1)")
    assert not connection._queue.is_held

    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("INSERT INTO nowhere VALUES (1)")
    assert not connection._queue.is_held
    assert read("threads") == 1


def test_a_closed_connection_gives_its_turn_away(counter, race):
    def leave_without_a_word(_):
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE queue_test SET number = 99")
        connection.close()

    race(1, leave_without_a_word)
    bump()

    assert read("threads") == 1


def test_a_turn_that_does_not_come_is_the_databases_own_error(counter, race):
    connection._queue.timeout = 0.1
    first = FileQueue(connection.lock_path(), timeout=1)
    first.enter()

    with pytest.raises(OperationalError, match="database is locked"):
        bump()
    first.leave()
    bump()

    assert read("threads") == 1


def test_who_gave_up_does_not_hold_the_lock_later(tmp_path):
    path = tmp_path / "line.lock"
    first, second, third = (FileQueue(path, timeout=0.05) for _ in range(3))
    first.enter()
    with pytest.raises(QueueTimeout):
        second.enter()
    first.leave()

    third.timeout = 10
    third.enter()

    assert (first.is_held, second.is_held, third.is_held) == (False, False, True)
    third.leave()


def test_a_killed_holder_lets_the_next_one_in(tmp_path):
    path = tmp_path / "line.lock"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path\n"
            "from portal.core.sqlite.queue import FileQueue\n"
            "FileQueue(Path(sys.argv[1]), 5).enter(); print('held', flush=True); time.sleep(600)",
            str(path),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout.readline() == b"held\n"
    queue = FileQueue(path, timeout=60)
    waiting = threading.Thread(target=queue.enter)
    waiting.start()

    holder.kill()
    waiting.join(timeout=60)

    assert queue.is_held
    queue.leave()
    holder.communicate()


def test_a_fork_does_not_keep_its_parents_turn(tmp_path):
    path = tmp_path / "line.lock"
    parent = (
        "import os, sys, time; from pathlib import Path\n"
        "from portal.core.sqlite.queue import FileQueue\n"
        "queue = FileQueue(Path(sys.argv[1]), 5); queue.enter()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os.write(1, f'{queue.is_held}\\n'.encode()); time.sleep(600)\n"
        "os.write(1, f'{child}\\n'.encode()); os.kill(os.getpid(), 9)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, str(path)], stdout=subprocess.PIPE, text=True
    )
    said = {process.stdout.readline().strip(), process.stdout.readline().strip()}
    process.wait()
    queue = FileQueue(path, timeout=60)

    queue.enter()

    (child,) = said - {"False"}
    assert queue.is_held
    queue.leave()
    os.kill(int(child), 9)
    process.stdout.close()


def test_the_file_is_safe_against_a_power_cut(counter):
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]

    assert (mode, synchronous, patience) == ("wal", 2, 20_000)
    assert Path(f"{connection.settings_dict['NAME']}.lock").exists()


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("SELECT 1", False),
        ("  select 1", False),
        ("(SELECT 1) UNION SELECT 2", False),
        ("PRAGMA foreign_keys", False),
        ("INSERT INTO x VALUES (1)", True),
        ("BEGIN IMMEDIATE", True),
        ("CREATE TABLE x (y)", True),
        ("", False),
    ],
)
def test_only_what_may_write_waits(sql, answer):
    assert may_write(sql) is answer
