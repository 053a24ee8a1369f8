"""Races: real threads with a database connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def run_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0)` … `work(count - 1)` at once, each in a thread and connection of its own.

    All start together. The results come back in order; an exception stands in the place of its
    result, so that a race can count who won and who was told no.
    """
    start = Barrier(count)

    def one(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - the race wants to see every loser
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
