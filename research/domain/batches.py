"""How many sealed answers are opened together: never fewer than five, and five can always follow.

While a survey is open, five are kept back with every batch, so that whoever answers last is not
alone either. When it is closed, all that remains is opened at once; what cannot make five is
never opened.
"""

from __future__ import annotations

from collections.abc import Mapping

FEWEST = 5


def batch_size(waiting: int, *, is_closed: bool) -> int:
    """Return how many of the waiting answers are opened now: none, or at least five."""
    if is_closed:
        return waiting if waiting >= FEWEST else 0
    return waiting - FEWEST if waiting >= 2 * FEWEST else 0


def leftovers(waiting: Mapping[str, int]) -> set[str]:
    """Return the populations of a closed survey whose answers cannot make five by themselves.

    They are opened together, without the name of the population, when all of them make five.
    """
    few = {name for name, count in waiting.items() if 0 < count < FEWEST}
    return few if sum(waiting[name] for name in few) >= FEWEST else set()
