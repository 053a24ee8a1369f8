"""A circular is sent: one short request, however many letters there were and schools there are."""

from __future__ import annotations

from bench.harness import Bench


def run(bench: Bench) -> None:
    many, few = bench.scaled(20_000, small=200), bench.scaled(2_000, small=60)
    schools, nation = bench.scaled(120, small=4), bench.scaled(36_000, small=400)
    part = "bench.parts.sending:send"
    given = {"schools": schools, "rounds": bench.scaled(40, small=5)}
    small = bench.part(part, engine="postgresql", label="few", letters=few, **given)
    wide = bench.part(
        part,
        engine="postgresql",
        label="nation",
        letters=few,
        more_schools=nation - schools,
        **given,
    )
    large = bench.part(part, engine="postgresql", label="many", letters=many, **given)

    bench.figure("statements", large["statements"], at_most=15)
    bench.figure("ms", large["ms"], at_most=30, is_timing=True)
    bench.figure("p95_ms", large["p95_ms"])
    bench.figure("growth", large["ms"] / small["ms"], at_most=1.3, is_timing=True)
    bench.figure("nation_schools", wide["schools"])
    bench.figure("nation_ms", wide["ms"], at_most=100, is_timing=True)
    bench.figure("nation_to_office", wide["ms"] / small["ms"], at_most=1.5, is_timing=True)

    in_full = wide["ms_in_full"] / small["ms"]
    bench.control(
        "recipients compared one by one at the button take a nation longer",
        did_fail=in_full > 1.5,
        is_timing=True,
        nation_to_office=round(in_full, 2),
        ms=round(wide["ms_in_full"], 1),
    )
    loop = bench.part(
        "bench.parts.sending:send_in_a_loop",
        label="loop",
        letters=60,  # its statements are counted, for which no years are needed
        engine="postgresql",
        schools=schools,
    )
    bench.control(
        "a row written for each recipient in the request grows with them",
        did_fail=loop["statements"] > 15,
        statements=loop["statements"],
        ms=round(loop["ms"], 1),
    )
