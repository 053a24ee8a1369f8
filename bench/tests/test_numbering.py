"""The benchmark of numbers works at small scale; its figures of timing are not judged here."""

from __future__ import annotations

import pytest

from bench import numbering
from bench.harness import Bench, measure


@pytest.mark.postgres
@pytest.mark.redis
def test_numbers_are_gapless_and_every_control_fails(models):
    bench = Bench("numbering", scale="small", models=models)

    result = measure(bench, numbering.run)

    assert result["pass"], result["figures"].get("reason")
    assert [control["failed"] for control in result["control"].values()] == [True] * 4
