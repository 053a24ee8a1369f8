"""A benchmark that misses what it demands."""

from bench.harness import Bench


def run(bench: Bench) -> None:
    bench.figure("units", 0, at_least=1)
