"""The harness measures in databases of its own, and says no when it cannot."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psycopg2
import pytest

from bench.__main__ import known, main
from bench.harness import Bench, OutOfTime, execute, guard, measure, postgres_server

PARTS = "bench.tests.parts"


@pytest.fixture
def bench(models):
    bench = Bench("harness", scale="small", models=models)
    yield bench
    bench.close()


def databases():
    connection = psycopg2.connect(postgres_server())
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench_harness_%'")
        found = {name for (name,) in cursor.fetchall()}
    connection.close()
    return found


def test_an_unknown_name_lists_the_known_ones(capsys):
    assert main(["no-such-bench"]) == 2

    said = capsys.readouterr().err
    assert "no-such-bench" in said
    assert ", ".join(known()) in said


def test_a_part_runs_on_a_fresh_sqlite_with_the_real_settings(bench):
    found = bench.part(f"{PARTS}:where", engine="sqlite")

    assert (found["vendor"], found["settings"], found["units"]) == ("sqlite", "portal.settings", 0)
    bench.close()
    assert not Path(found["name"]).exists()


def test_parts_of_one_label_share_their_database_and_others_do_not(bench):
    bench.part(f"{PARTS}:make_unit", engine="sqlite", label="shared", name="ก")

    assert bench.part(f"{PARTS}:make_unit", engine="sqlite", label="shared", name="ข")["units"] == 2
    assert bench.part(f"{PARTS}:make_unit", engine="sqlite", label="own", name="ค")["units"] == 1


@pytest.mark.postgres
@pytest.mark.redis
def test_a_part_runs_on_a_postgresql_database_that_is_dropped_afterwards(bench, monkeypatch):
    found = bench.part(f"{PARTS}:where", engine="postgresql")

    assert found["vendor"] == "postgresql"
    assert found["name"] in databases()
    bench.close()
    assert found["name"] not in databases()


def test_a_result_says_figures_demands_and_control():
    bench = Bench("x")
    bench.figure("rate", 200.123456, at_least=150)
    bench.figure("gaps", 0, equals=0)
    bench.figure("note", 7)
    bench.control("a sequence leaves gaps", did_fail=True, gaps=3)

    assert bench.result() == {
        "bench": "x",
        "pass": True,
        "figures": {"rate": 200.1235, "gaps": 0, "note": 7},
        "demands": {"rate": "≥ 150", "gaps": "= 0"},
        "control": {"a sequence leaves gaps": {"failed": True, "gaps": 3}},
    }


def test_a_missed_demand_fails():
    bench = Bench("x")
    bench.figure("rate", 100, at_least=150)
    bench.figure("p99", 1.2, at_most=1.0)

    result = bench.result()

    assert result["pass"] is False
    assert result["figures"]["reason"] == "rate; p99"


def test_a_control_that_does_not_fail_makes_the_measure_worthless():
    bench = Bench("x")
    bench.control("the key switched off makes twins", did_fail=False)

    assert bench.result()["pass"] is False


@pytest.mark.parametrize(("scale", "passes"), [("small", True), ("full", False)])
def test_a_demand_of_timing_holds_at_full_scale_only(scale, passes):
    bench = Bench("x", scale=scale)
    bench.figure("rate", 1, at_least=150, is_timing=True)

    assert bench.result()["pass"] is passes


@pytest.mark.parametrize(("scale", "passes"), [("small", True), ("full", False)])
def test_a_control_of_timing_has_to_fail_at_full_scale_only(scale, passes):
    bench = Bench("x", scale=scale)
    bench.control("all rows on one page are too slow", did_fail=False, is_timing=True)

    result = bench.result()
    assert result["pass"] is passes
    assert result["control"] == {"all rows on one page are too slow": {"failed": False}}


def test_an_absent_server_is_a_failed_result_with_its_reason(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")

    result = measure(Bench("x"), lambda bench: bench.part(f"{PARTS}:where", engine="postgresql"))

    assert result["pass"] is False
    assert "PostgreSQL does not answer" in result["figures"]["reason"]


def test_a_part_that_ends_badly_is_a_failed_result(bench):
    result = measure(bench, lambda bench: bench.part(f"{PARTS}:end_badly", engine="sqlite"))

    assert result["pass"] is False
    assert "exit status 3" in result["figures"]["reason"]


def test_the_guard_ends_what_takes_too_long():
    with pytest.raises(OutOfTime, match="1 second"), guard(1):
        time.sleep(60)


def test_execute_refuses_a_server_that_is_not_there():
    with pytest.raises(Exception, match="PostgreSQL does not answer"):
        execute("postgres://nobody@127.0.0.1:1/none", "SELECT 1")


@pytest.mark.parametrize(("name", "code"), [("holds", 0), ("misses", 1)])
def test_a_benchmark_ends_with_one_line_of_json(capsys, name, code):
    folder = Path(__file__).resolve().parent / "examples"

    assert main([name, "--scale", "small"], folder=folder) == code

    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(result) == ["bench", "pass", "figures", "demands", "control"]
    assert (result["bench"], result["pass"]) == (name, code == 0)


def test_every_benchmark_is_run_at_small_scale_by_a_test_of_its_own():
    tests = Path(__file__).parent

    assert [name for name in known() if not (tests / f"test_{name}.py").is_file()] == []
