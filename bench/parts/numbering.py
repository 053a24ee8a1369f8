"""What `bench/numbering.py` runs inside Django: the races, and their controls."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from bench.harness import python, start
from documents.models import Arrival, Letter, RegisterBook, RegisterEntry, Series
from documents.services.receiving import receive_arrivals
from documents.services.registering import take_number, write_entry
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import (
    DispatchFactory,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    registrar_of,
)
from members.models import Unit
from members.services import Actor
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import BANGKOK, BE_OFFSET, be_year, db_now
from portal.core.once import once
from portal.outbox.kinds import handles
from portal.outbox.services import drain, publish
from tests.threads import run_threads

ROLLBACKS = 0.05


class Rollback(Exception):
    """A deed that fails after it has taken its number."""


def make_inbox(count: int) -> tuple[Unit, list[int]]:
    """Return a school and the ids of that many letters waiting in its inbox."""
    first = SentLetterFactory()
    school = SchoolFactory(office=first.office)
    dispatch = DispatchFactory(letter=first)
    letters = Letter.objects.bulk_create(
        [
            Letter(
                office=first.office,
                owner_unit=first.owner_unit,
                drafter=first.drafter,
                kind=first.kind,
                subject=f"หนังสือทดสอบ {number}",
                state=first.state,
                number=number + 2,
                number_text=f"ศธ 00000/ว {number + 2}",
                created_at=first.created_at,
                saved_at=first.saved_at,
                dated_on=first.dated_on,
                sent_at=first.sent_at,
            )
            for number in range(count)
        ],
        batch_size=1_000,
    )
    arrivals = Arrival.objects.bulk_create(
        [
            Arrival(letter=letter, dispatch=dispatch, unit=school, arrived_at=first.sent_at)
            for letter in letters
        ],
        batch_size=1_000,
    )
    return school, [arrival.pk for arrival in arrivals]


def spread(items: list[int], parts: int) -> list[list[int]]:
    """Return the items dealt out to so many hands."""
    return [items[start::parts] for start in range(parts)]


def fail_after_number(unit: Unit, series: str, by: Actor) -> None:
    """Take the next number and write its entry, then fail: the number must not be missing."""
    try:
        with transaction.atomic():
            write_entry(take_number(unit.pk, series), by=by)
            raise Rollback
    except Rollback:
        pass


def percentile(sorted_times: list[float], share: float) -> float:
    """Return the value below which this share of the sorted times lies."""
    return sorted_times[min(len(sorted_times) - 1, int(len(sorted_times) * share))]


def race(*, entries: int, clerks: int, beside_worker: bool = False) -> dict[str, Any]:
    """Let the clerks of one school receive every letter, some failing after the number."""
    school, arrivals = make_inbox(entries)
    actors = [clerk_of(school) for _ in range(clerks)]
    hands = spread(arrivals, clerks)
    worker = start_busy_worker() if beside_worker else None

    def receive(number: int) -> tuple[list[float], dict[int, int], int, int]:
        luck, by = Random(number), actors[number]  # noqa: S311 - the same failures in every run
        times, answers, rolled_back, errors = [], {}, 0, 0
        for arrival in hands[number]:
            if luck.random() < ROLLBACKS:
                fail_after_number(school, Series.IN, by)
                rolled_back += 1
            began = time.perf_counter()
            receipt = receive_arrivals([arrival], key=uuid4(), by=by)[0]
            times.append(time.perf_counter() - began)
            answers[arrival] = receipt.number or 0
            errors += bool(receipt.problem)
        return times, answers, rolled_back, errors

    began = time.perf_counter()
    found = run_threads(clerks, receive)
    seconds = time.perf_counter() - began
    worker_rows = stop_busy_worker(worker) if worker else 0
    good = [row for row in found if not isinstance(row, Exception)]
    times = sorted(each for row in good for each in row[0])
    answers = {arrival: number for row in good for arrival, number in row[1].items()}
    return {
        "exact": stored_numbers(school) == list(range(1, entries + 1)),
        "answers_true": answers == numbers_by_arrival(),
        "errors": len(found) - len(good) + sum(row[3] for row in good),
        "rolled_back": sum(row[2] for row in good),
        "rate": entries / seconds,
        "p99": percentile(times, 0.99),
        "worst": times[-1],
        "worker_rows": worker_rows,
    }


def stored_numbers(unit: Unit) -> list[int]:
    return list(
        RegisterEntry.objects.filter(book__unit=unit)
        .order_by("book", "number")
        .values_list("number", flat=True)
    )


def numbers_by_arrival() -> dict[int, int]:
    return dict(Arrival.objects.filter(entry__isnull=False).values_list("pk", "entry__number"))


def start_busy_worker() -> tuple[subprocess.Popen[bytes], Path]:
    """Start a process that publishes and drains outbox rows without pause; it is at work."""
    folder = Path(tempfile.mkdtemp())
    arguments, answer = json.dumps({"folder": str(folder)}), str(folder / "answer.json")
    command = [*python("bench.part"), "bench.parts.numbering:be_busy", arguments, answer]
    process = start(command)
    while not (folder / "busy").exists() and process.poll() is None:
        time.sleep(0.05)
    return process, folder


def be_busy(folder: str) -> int:
    """Write and drain outbox rows until the file `stop` is there; return how many."""
    handles("bench.busy")(lambda message: None)
    done = 0
    Path(folder, "busy").touch()
    while not Path(folder, "stop").exists():
        with transaction.atomic():
            for _ in range(20):
                publish("bench.busy", by=SYSTEM, due_at=timezone.now())
        drain("busy")
        done += 20
    return done


def stop_busy_worker(worker: tuple[subprocess.Popen[bytes], Path]) -> int:
    process, folder = worker
    (folder / "stop").touch()
    process.wait(timeout=60)
    rows = int((folder / "answer.json").read_text())
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return rows


def race_with_sequence(*, entries: int, clerks: int) -> dict[str, Any]:
    """The control: numbers from a database SEQUENCE, with the same share of failures."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE control_numbers")
        cursor.execute("CREATE TABLE control_entries (number bigint PRIMARY KEY)")

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO control_entries VALUES (nextval('control_numbers'))")

    def register(number: int) -> None:
        luck = Random(number)  # noqa: S311 - the same failures in every run
        for _ in range(entries // clerks):
            if luck.random() < ROLLBACKS:
                try:
                    with transaction.atomic():
                        insert()
                        raise Rollback
                except Rollback:
                    pass
            insert()

    run_threads(clerks, register)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) - count(*) FROM control_entries")
        return {"gaps": int(cursor.fetchone()[0])}


def race_without_queue(*, entries: int, clerks: int) -> dict[str, Any]:
    """The control: plain SQLite, reading before writing in a DEFERRED transaction, no queue."""
    path = Path(settings.VAR_DIR) / "control.sqlite3"
    with sqlite3.connect(path) as setup:
        setup.execute("PRAGMA journal_mode=WAL")
        setup.execute("CREATE TABLE book (last integer)")
        setup.execute("INSERT INTO book VALUES (0)")
    setup.close()

    def register(number: int) -> int:
        errors = 0
        own = sqlite3.connect(path, timeout=5, isolation_level=None)
        for _ in range(entries // clerks):
            try:
                own.execute("BEGIN DEFERRED")
                last = own.execute("SELECT last FROM book").fetchone()[0]
                own.execute("UPDATE book SET last = ?", [last + 1])
                own.execute("COMMIT")
            except sqlite3.OperationalError:
                errors += 1
                if own.in_transaction:
                    own.execute("ROLLBACK")
        own.close()
        return errors

    return {"errors": sum(run_threads(clerks, register))}


def same_form(*, forms: int, posts: int) -> dict[str, Any]:
    """Post each confirmation form many times at once: one letter, one number, one answer."""
    group = GroupFactory()
    SchoolFactory(office=group.office)
    registrar = registrar_of(group.office)
    letters, identical = set(), 0
    for _ in range(forms):
        draft = LetterFactory(owner_unit=group)
        snapshot = prepare_sending(draft, by=registrar)
        key = uuid4()

        def post(
            number: int, draft: Letter = draft, snapshot: Any = snapshot, key: UUID = key
        ) -> tuple[int, int | None]:
            sent = register_letter(draft, snapshot=snapshot, key=key, by=registrar)
            return sent.pk, sent.number

        answers = run_threads(posts, post)
        identical += len(set(map(str, answers))) == 1 and isinstance(answers[0], tuple)
        letters.add(draft.pk)
    entries = RegisterEntry.objects.filter(letter__in=letters)
    return {
        "letters": Letter.objects.exclude(number=None).count(),
        "numbers": entries.count(),
        "identical": identical,
    }


def same_number_form(*, posts: int, is_keyed: bool) -> dict[str, Any]:
    """Post one form that takes a number many times at once, with and without its key."""
    letter = SentLetterFactory()
    registrar = registrar_of(letter.office)
    key = uuid4() if is_keyed else None

    def post(number: int) -> None:
        with transaction.atomic(), once(registrar, key, {"letter": letter.pk}) as done:
            if not done.is_repeat:
                done.result = {}
                taken = take_number(letter.office_id, Series.OUT)
                write_entry(taken, by=registrar, letter=letter)

    run_threads(posts, post)
    return {"numbers": RegisterEntry.objects.count()}


def new_year(*, clerks: int, seconds: int, reads_clock_first: bool = False) -> dict[str, Any]:
    """Receive without pause from 31 December 23:59:58 to so many seconds into the new year."""
    school, arrivals = make_inbox(clerks * 200)
    hands = spread(arrivals, clerks)
    actors = [clerk_of(school) for _ in range(clerks)]
    this_year = datetime.now(BANGKOK).year
    eve = datetime(this_year, 12, 31, 23, 59, 58, tzinfo=BANGKOK)
    settings.CLOCK_SHIFT_SECONDS = (eve - datetime.now(BANGKOK)).total_seconds()
    end = eve + timedelta(seconds=2 + seconds)
    register: Callable[[int, Actor], object] = (
        register_with_early_clock(school) if reads_clock_first else receive_one
    )

    def work(number: int) -> int:
        done = 0
        for arrival in hands[number]:
            if db_now() > end:
                break
            register(arrival, actors[number])
            done += 1
        return done

    run_threads(clerks, work)
    settings.CLOCK_SHIFT_SECONDS = 0
    books = RegisterBook.objects.filter(unit=school, series=Series.IN)
    return {
        "books": books.count(),
        "exact": all(
            list(book.entries.order_by("number").values_list("number", flat=True))
            == list(range(1, book.last_number + 1))
            for book in books
        ),
        "wrong_year": sum(
            be_year(entry.registered_at) != entry.book.be_year
            for entry in RegisterEntry.objects.filter(book__unit=school).select_related("book")
        ),
        "first_year": this_year + BE_OFFSET,
    }


def receive_one(arrival: int, by: Actor) -> object:
    return receive_arrivals([arrival], key=uuid4(), by=by)


def register_with_early_clock(school: Unit) -> Callable[[int, Actor], object]:
    """The control: the year is read before the queue, as one would without thinking."""

    def register(arrival: int, by: Actor) -> None:
        year = be_year(db_now())
        with transaction.atomic():
            taken = take_number(school.pk, Series.IN)
            book, _ = RegisterBook.objects.get_or_create(
                unit=school, series=Series.IN, be_year=year
            )
            number = RegisterEntry.objects.filter(book=book).count() + 1
            RegisterEntry.objects.create(
                book=book,
                number=number,
                registered_at=taken.at,
                registered_by=by.member,
                holding=by.holding,
            )

    return register
