"""The benchmark of a school's day works at small scale; its figures of timing are not judged."""

from __future__ import annotations

import pytest

from bench import inbox
from bench.harness import Bench, measure


@pytest.mark.postgres
@pytest.mark.redis
def test_a_schools_pages_are_asked_and_none_asks_too_many_questions(models):
    bench = Bench("inbox", scale="small", models=models)

    result = measure(bench, inbox.run)

    assert result["pass"], result["figures"].get("reason")
    assert set(inbox.MOST_HELLOS) == {
        name.removesuffix("_hellos") for name in result["figures"] if name.endswith("_hellos")
    }
