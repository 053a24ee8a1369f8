"""The board of a letter: who has it and who answered, of 120 schools and of a whole country."""

from __future__ import annotations

from bench.harness import Bench

PART = "bench.parts.boards:look"


def run(bench: Bench) -> None:
    seconds = bench.scaled(3, small=1)
    schools, nation = bench.scaled(120, small=4), bench.scaled(36_000, small=200)
    # Each beside its own hellos: one moment of a machine that does other things, too, is no answer.
    rounds = bench.scaled(5, small=1)
    few = 60  # letters: what a whole country has of them is another matter
    office = bench.part(
        PART,
        engine="postgresql",
        label="office",
        letters=bench.scaled(20_000, small=few),
        schools=schools,
        more_schools=0,
        rounds=rounds,
        seconds=seconds,
    )
    wide = bench.part(
        PART,
        engine="postgresql",
        label="nation",
        letters=few,
        schools=schools,
        more_schools=nation - schools,
        rounds=rounds,
        seconds=seconds,
    )
    bench.figure("hello_rate", office["hello_rate"])
    bench.figure("rows", office["rows"], equals=schools)
    bench.figure("board_hellos", office["hellos"], at_most=10, is_timing=True)
    bench.figure("board_ms", office["ms"])
    bench.figure("board_queries", office["queries"], at_most=4)
    bench.figure("nation_recipients", wide["recipients"], equals=nation)
    bench.figure("nation_first_rows_ms", wide["p50"], at_most=200, is_timing=True)
    bench.control(
        "all rows of a country on one page are too slow",
        did_fail=wide["all_rows_ms"] > 200,
        is_timing=True,
        ms=round(wide["all_rows_ms"], 1),
    )
