"""Nobody is shown among fewer than five, nor found by taking one view from another."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.domain.suppression import HIDDEN, K, common_rows, hidden_groups, safe_columns

sizes = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), max_size=6)


def found_by_subtraction(shown_sizes: dict[str, int], hidden: frozenset[str]) -> list[int]:
    """The attacker: all groups together, less the groups that are shown. Returns what is left."""
    if hidden == frozenset(shown_sizes):
        return []
    return [sum(size for group, size in shown_sizes.items() if group in hidden)]


def hide_small_only(groups: dict[str, int]) -> frozenset[str]:
    """The control: hide what is small, and nothing more."""
    return frozenset(group for group, size in groups.items() if 0 < size < K)


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        ({"a": 40, "b": 30}, ""),
        ({"a": 40, "b": 3}, "ab"),
        ({"a": 40, "b": 3, "c": 9}, "bc"),
        ({"a": 40, "b": 3, "c": 4}, "bc"),
        ({"a": 40, "b": 1, "c": 2}, "abc"),
        ({"a": 40, "b": 1, "c": 2, "d": 6}, "bcd"),
        ({"a": 40, "b": 0}, ""),
        ({"a": 40, "b": 0, "c": 4}, "ac"),
        ({"a": 2, "b": 2}, "ab"),
        ({"a": 0, "b": 0}, "ab"),
        ({}, ""),
    ],
)
def test_which_groups_are_hidden(groups, hidden):
    assert hidden_groups(groups) == frozenset(hidden)


def test_a_group_hidden_for_another_reason_takes_one_with_it():
    assert hidden_groups({"a": 20, "b": 30, "c": 40}, also={"b"}) == {"a", "b"}


@given(sizes)
def test_no_small_group_is_shown(groups):
    hidden = hidden_groups(groups)

    assert all(size == 0 or size >= K for group, size in groups.items() if group not in hidden)


@given(sizes)
def test_subtraction_never_leaves_fewer_than_five(groups):
    hidden = hidden_groups(groups)

    assert all(left == 0 or left >= K for left in found_by_subtraction(groups, hidden))


@given(sizes)
def test_subtraction_never_leaves_one_small_group_alone(groups):
    hidden = hidden_groups(groups)
    small = [group for group, size in groups.items() if 0 < size < K]
    if small and hidden != frozenset(groups):
        assert sum(1 for group in hidden if groups[group]) >= 2


def test_hiding_only_the_small_gives_them_away():
    """The attack works against the control: 43 answers less 40 shown are the 3 of group b."""
    groups = {"a": 40, "b": 3}

    assert found_by_subtraction(groups, hide_small_only(groups)) == [3]
    assert found_by_subtraction(groups, hidden_groups(groups)) == []


def test_the_attack_finds_small_groups_in_many_plain_tables():
    """Over every small table: the control is broken often, the rule never."""
    tables = [dict(zip("abc", row, strict=True)) for row in combinations(range(12), 3)]

    def broken(rule):
        left = [left for table in tables for left in found_by_subtraction(table, rule(table))]
        return sum(1 for size in left if 0 < size < K)

    assert broken(hide_small_only) > 20
    assert broken(hidden_groups) == 0


# Single rows ------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["ก", "ข", "ค", "ง"]), max_size=40))
def test_every_row_has_at_least_five_alike(keys):
    kept = common_rows(keys)
    shown = [key if is_kept else None for key, is_kept in zip(keys, kept, strict=True)]

    if len(keys) >= K:
        assert all(size >= K for size in Counter(shown).values())


def test_rare_rows_lose_their_key_and_take_the_next_rarest_along():
    keys = ["ชาย"] * 9 + ["หญิง"] * 6 + ["อื่น"] * 2

    assert common_rows(keys) == [True] * 9 + [False] * 8
    assert common_rows(["ชาย"] * 9 + ["หญิง"] * 6) == [True] * 15
    assert common_rows([]) == []


@given(st.lists(st.tuples(*(st.sampled_from("กขค") for _ in range(4))), min_size=K, max_size=60))
def test_single_rows_stand_among_five_in_all_their_columns(rows):
    columns = [list(column) for column in zip(*rows, strict=True)]

    safe = safe_columns(columns, given=["*"] * len(rows))

    assert all(size >= K for size in Counter(zip(*safe, strict=True)).values())


def test_columns_that_are_common_enough_are_shown_whole():
    columns = [["ชาย"] * 6 + ["หญิง"] * 6, ["ครู"] * 12]

    assert safe_columns(columns, given=[0] * 12) == columns
    assert safe_columns([["ก"] * 9 + ["ข"]], given=[0] * 10) == [[HIDDEN] * 10]
