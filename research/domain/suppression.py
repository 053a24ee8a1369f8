"""What may be shown of groups: nobody's answers among fewer than five, nor by subtraction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence

K = 5
HIDDEN = "*"


def hidden_groups(
    sizes: Mapping[str, int], *, k: int = K, also: Collection[str] = ()
) -> frozenset[str]:
    """Return the groups that stay hidden while all groups together are shown.

    A group of one to k - 1 is hidden. What is hidden must not be what is left when the visible
    groups are taken from all: then the smallest other group is hidden, too, until at least two
    groups and k answers are left over. `also` are hidden for another reason. Below k together,
    nothing is shown at all. A group without answers has nothing to hide, and hides nobody.
    """
    filled = {group: size for group, size in sizes.items() if size}
    if sum(filled.values()) < k:
        return frozenset(sizes)
    hidden = {group for group, size in filled.items() if size < k} | set(also)
    rest = sorted((size, group) for group, size in filled.items() if group not in hidden)
    while rest and _is_bare([filled[group] for group in hidden if group in filled], k):
        hidden.add(rest.pop(0)[-1])
    return frozenset(hidden)


def _is_bare(left_over: Sequence[int], k: int) -> bool:
    """Answer whether these hidden groups, taken together, are still too few."""
    return bool(left_over) and (len(left_over) < 2 or sum(left_over) < k)


def common_rows(keys: Sequence[Hashable], *, k: int = K) -> list[bool]:
    """Tell of each row whether its key may stand in a list of single rows.

    A key that fewer than k rows share is left out of its rows. The rows without a key are a class
    of their own and must be k as well: else the rarest key that is left goes, too.
    """
    sizes = Counter(keys)
    shown = {key for key, size in sizes.items() if size >= k}
    bare = sum(size for key, size in sizes.items() if key not in shown)
    for key in sorted(shown, key=lambda key: (sizes[key], repr(key))):
        if not bare or bare >= k:
            break
        shown.discard(key)
        bare += sizes[key]
    return [key in shown for key in keys]


def safe_columns(
    columns: Sequence[Sequence[Hashable]], *, given: Sequence[Hashable], k: int = K
) -> list[list[Hashable]]:
    """Return the columns of single rows with HIDDEN wherever a row would stand among too few.

    `given` is what is known of each row already (its group). Column by column every class of rows
    that are equal so far is split only into parts of at least k; so are the rows in the end.
    """
    known: list[Hashable] = list(given)
    safe = []
    for column in columns:
        shown: list[Hashable] = list(column)
        for rows in _classes(known):
            kept = common_rows([column[row] for row in rows], k=k)
            for row, is_kept in zip(rows, kept, strict=True):
                if not is_kept:
                    shown[row] = HIDDEN
        safe.append(shown)
        known = list(zip(known, shown, strict=True))
    return safe


def _classes(known: Sequence[Hashable]) -> list[list[int]]:
    found: dict[Hashable, list[int]] = {}
    for row, key in enumerate(known):
        found.setdefault(key, []).append(row)
    return list(found.values())
