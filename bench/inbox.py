"""A school's day: its inbox, a letter, its register and a search, in years of letters.

The unit is one Django “hello” on the same server in the same run; growth is the same page with
ten times the letters.
"""

from __future__ import annotations

from bench.harness import Bench

MOST_HELLOS = {
    "inbox": 17,
    "letter": 12,
    "register": 17,
    "search": 60,
    "search_rare": 60,
}
GROWING = ["inbox", "letter"]


def run(bench: Bench) -> None:
    seconds = bench.scaled(5, small=1)
    schools = bench.scaled(120, small=4)
    many, few = bench.scaled(20_000, small=200), bench.scaled(2_000, small=60)
    given = {"schools": schools, "seconds": seconds}
    parts = "bench.parts.reading"
    small = bench.part(
        f"{parts}:read", engine="postgresql", label="few", letters=few, only=GROWING, **given
    )
    large = bench.part(
        f"{parts}:read_and_compare", engine="postgresql", label="many", letters=many, **given
    )

    bench.figure("arrivals", many * schools)
    bench.figure("loading_seconds", large["loading_seconds"])
    bench.figure("hello_rate", large["hello_rate"])
    for name, most in MOST_HELLOS.items():
        bench.figure(f"{name}_hellos", large["hellos"][name], at_most=most, is_timing=True)
        bench.figure(f"{name}_ms", large["ms"][name])
        bench.figure(f"{name}_queries", large["queries"][name])
    bench.figure("inbox_queries", large["queries"]["inbox"], at_most=4)
    for name in GROWING:
        growth = large["hellos"][name] / small["hellos"][name]
        bench.figure(f"{name}_growth", growth, at_most=1.3, is_timing=True)
    bench.figure("page_100_to_1", large["page_100_to_1"], at_most=1.3, is_timing=True)
    bench.figure("inbox_p99_ms_at_16", large["p99_16"], at_most=80, is_timing=True)
    bench.figure("receive_ms", large["receive_ms"], at_most=30, is_timing=True)

    faster = large["naive_rate"] and (1000 / large["ms"]["all"]) / large["naive_rate"]
    bench.figure("times_naive", faster, at_least=3, is_timing=True)
    naive_hellos = large["hello_rate"] / large["naive_rate"]
    bench.control(
        "a counted page in the order of a column without an index is too slow",
        did_fail=naive_hellos > MOST_HELLOS["inbox"],
        is_timing=True,
        hellos=round(naive_hellos, 1),
    )
