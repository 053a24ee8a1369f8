"""What the tests of the benchmarks share: databases that are migrated once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.harness import Models


@pytest.fixture(scope="session")
def models() -> Iterator[Models]:
    """The models that every benchmark copies; they are gone with the last test."""
    with closing(Models()) as models:
        yield models
