"""Register numbers: gapless and in order under fifty clerks, on both engines, and over New Year.

The peer of each guarantee stands beside it as a control: a database SEQUENCE (gaps), SQLite
without the queue ("database is locked"), the form's key switched off (twins), and the year read
before the lock (an entry in the wrong book).
"""

from __future__ import annotations

from bench.harness import Bench, Engine

PARTS = "bench.parts.numbering"
ENGINES: tuple[Engine, ...] = ("postgresql", "sqlite")


def run(bench: Bench) -> None:
    """Measure the races, then their controls."""
    _race(bench)
    _sqlite(bench)
    _same_form(bench)
    _new_year(bench)


def _race(bench: Bench) -> None:
    found = bench.part(
        f"{PARTS}:race",
        engine="postgresql",
        entries=bench.scaled(10_000, small=500),
        clerks=bench.scaled(50, small=8),
    )
    bench.figure("postgresql_numbers_exact", found["exact"], equals=True)
    bench.figure("postgresql_answers_true", found["answers_true"], equals=True)
    bench.figure("postgresql_errors", found["errors"], equals=0)
    bench.figure("postgresql_rolled_back", found["rolled_back"], at_least=1)
    bench.figure("postgresql_per_second", found["rate"], at_least=150, is_timing=True)
    bench.figure("postgresql_p99_seconds", found["p99"], at_most=1, is_timing=True)
    bench.figure("postgresql_worst_seconds", found["worst"])
    sequence = bench.part(
        f"{PARTS}:race_with_sequence",
        engine="postgresql",
        entries=bench.scaled(10_000, small=500),
        clerks=bench.scaled(50, small=8),
    )
    bench.control("a SEQUENCE leaves gaps", did_fail=sequence["gaps"] > 0, gaps=sequence["gaps"])


def _sqlite(bench: Bench) -> None:
    found = bench.part(
        f"{PARTS}:race",
        engine="sqlite",
        label="sqlite race",
        entries=bench.scaled(3_000, small=200),
        clerks=bench.scaled(50, small=8),
        beside_worker=True,
    )
    bench.figure("sqlite_numbers_exact", found["exact"], equals=True)
    bench.figure("sqlite_errors", found["errors"], equals=0)
    bench.figure("sqlite_worker_rows", found["worker_rows"], at_least=1)
    bench.figure("sqlite_per_second", found["rate"])
    bench.figure("sqlite_worst_seconds", found["worst"], at_most=5, is_timing=True)
    unqueued = bench.part(
        f"{PARTS}:race_without_queue",
        engine="sqlite",
        entries=bench.scaled(3_000, small=400),
        clerks=bench.scaled(50, small=8),
    )
    bench.control(
        "without IMMEDIATE and the queue SQLite is locked",
        did_fail=unqueued["errors"] > 0,
        errors=unqueued["errors"],
    )


def _same_form(bench: Bench) -> None:
    forms, posts = bench.scaled(200, small=5), 20
    found = bench.part(f"{PARTS}:same_form", engine="postgresql", forms=forms, posts=posts)
    bench.figure("same_form_letters", found["letters"], equals=forms)
    bench.figure("same_form_numbers", found["numbers"], equals=forms)
    bench.figure("same_form_identical_answers", found["identical"], equals=forms)
    twins = bench.part(
        f"{PARTS}:same_number_form", engine="postgresql", posts=posts, is_keyed=False
    )
    keyed = bench.part(
        f"{PARTS}:same_number_form",
        engine="postgresql",
        label="keyed",
        posts=posts,
        is_keyed=True,
    )
    bench.figure("keyed_form_numbers", keyed["numbers"], equals=1)
    bench.control(
        "the key switched off makes twins",
        did_fail=twins["numbers"] > 1,
        numbers=twins["numbers"],
    )


def _new_year(bench: Bench) -> None:
    for engine in ENGINES:
        found = bench.part(
            f"{PARTS}:new_year",
            engine=engine,
            label=f"new year on {engine}",
            clerks=bench.scaled(50, small=8),
            seconds=bench.scaled(3, small=1),
        )
        bench.figure(f"new_year_{engine}_books", found["books"], equals=2)
        bench.figure(f"new_year_{engine}_exact", found["exact"], equals=True)
        bench.figure(f"new_year_{engine}_wrong_year", found["wrong_year"], equals=0)
    early = bench.part(
        f"{PARTS}:new_year",
        engine="postgresql",
        label="early",
        clerks=bench.scaled(50, small=8),
        seconds=bench.scaled(3, small=1),
        reads_clock_first=True,
    )
    bench.control(
        "a year read before the lock puts an entry into the wrong book",
        did_fail=early["wrong_year"] > 0,
        wrong_year=early["wrong_year"],
    )
