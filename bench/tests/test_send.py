"""The benchmark of sending works at small scale; its figures of timing are not judged."""

from __future__ import annotations

import pytest

from bench import send
from bench.harness import Bench, measure


@pytest.mark.postgres
@pytest.mark.redis
def test_a_circular_takes_few_statements_and_a_loop_does_not(models):
    bench = Bench("send", scale="small", models=models)

    result = measure(bench, send.run)

    assert result["pass"], result["figures"].get("reason")
    _, loop = result["control"].values()  # the first is of timing
    assert loop["failed"] is True
