"""The benchmark of the board works at small scale; its figures of timing are not judged."""

from __future__ import annotations

import pytest

from bench import board
from bench.harness import Bench, measure


@pytest.mark.postgres
@pytest.mark.redis
def test_the_board_names_every_recipient(models):
    bench = Bench("board", scale="small", models=models)

    result = measure(bench, board.run)

    assert result["pass"], result["figures"].get("reason")
    assert result["figures"]["rows"] == 4
