"""A benchmark that holds what it demands."""

from bench.harness import Bench


def run(bench: Bench) -> None:
    bench.figure("units", bench.scaled(10, small=1), at_least=1)
    bench.control("nothing is less than one", did_fail=True)
