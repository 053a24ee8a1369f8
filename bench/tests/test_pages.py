"""The benchmark of a slow phone works at small scale; its figures of timing are not judged."""

from __future__ import annotations

import pytest

from bench import pages
from bench.harness import Bench, measure


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.browser
def test_pages_come_over_a_slow_line(models):
    bench = Bench("pages", scale="small", models=models)

    result = measure(bench, pages.run)

    assert result["pass"], result["figures"].get("reason")
    assert [control["failed"] for control in result["control"].values()] == [True]
