"""Means, S.D. and frequencies against figures worked out by hand."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.domain.figures import DASH
from research.domain.questions import NO_OPINION
from research.domain.scales import (
    Tally,
    person_score,
    ranks,
    recode,
    scores,
    tally,
)

answers = st.lists(st.sampled_from([1, 2, 3, 4, 5, NO_OPINION, None]), max_size=60)
counted = st.lists(st.integers(1, 5), min_size=2, max_size=60)


def test_figures_of_a_small_item_by_hand():
    """5 4 4 3 1: sum 17, mean 3.4; SS = 67 - 57.8 = 9.2; 9.2 / 4 = 2.3; root 1.5166."""
    item = tally([5, 4, 4, 3, 1, NO_OPINION, None])

    assert (item.n, item.rows, item.no_opinion, item.blank) == (5, 7, 1, 1)
    assert item.counts == (1, 0, 1, 2, 1)
    assert item.exact_mean == Fraction(17, 5)
    assert item.exact_variance == Fraction(23, 10)
    assert item.mean.text == "3.40"
    assert item.sd.text == "1.52"
    assert item.sd.value == pytest.approx(1.51657508881031, abs=1e-12)
    assert item.median.text == "4.00"


def test_percent_is_of_those_who_answered_and_beside_it_of_all():
    item = tally([5, 5, 5, 1, NO_OPINION, None, None, None])

    line = item.frequencies[4]

    assert (line.count, line.percent.text, line.percent_of_all.text) == (3, "75.0", "37.5")


def test_the_item_of_the_reference_table():
    """412 answers by hand: 58 103 115 95 41 → sum 1194, mean 2.898…, S.D. 1.202…."""
    item = Tally((58, 103, 115, 95, 41))

    assert item.exact_mean == Fraction(1194, 412)
    assert item.mean.text == "2.90"
    squares = 58 + 4 * 103 + 9 * 115 + 16 * 95 + 25 * 41
    assert item.exact_variance == (squares - Fraction(1194**2, 412)) / 411
    assert item.sd.text == "1.20"


@pytest.mark.parametrize("values", [[], [None, None], [NO_OPINION] * 6])
def test_nobody_answered_is_a_dash(values):
    item = tally(values)

    assert (item.mean.text, item.sd.text, item.median.text) == (DASH, DASH, DASH)
    assert item.mean.reason == item.sd.reason == "ไม่มีผู้ตอบ"
    assert item.frequencies[0].percent.text == DASH


def test_one_answer_has_a_mean_and_no_spread():
    item = tally([4])

    assert item.mean.text == "4.00"
    assert item.sd.text == DASH
    assert item.sd.reason == "มีคำตอบเดียว จึงหาค่า S.D. ไม่ได้"


def test_equal_answers_have_a_spread_of_zero():
    assert tally([3] * 7).sd.text == "0.00"


def test_an_even_number_has_its_median_between_two():
    assert tally([1, 2, 3, 5]).median.text == "2.50"


def test_values_off_the_scale_are_missing():
    assert tally([1, 7, 99, -3, 5]).n == 2


@given(answers)
def test_figures_stay_within_the_scale(values):
    item = tally(values)

    assert item.rows == len(values)
    if item.n:
        assert 1 <= item.exact_mean <= 5
    if item.n > 1:
        assert 0 <= item.exact_variance <= 8


@given(counted, st.randoms())
def test_the_order_of_answers_changes_nothing(values, rng):
    shuffled = rng.sample(values, len(values))

    assert tally(values) == tally(shuffled)


@given(counted)
def test_figures_agree_with_the_standard_library(values):
    item = tally(values)
    exact = [Fraction(value) for value in values]

    assert item.exact_mean == statistics.mean(exact)
    assert item.exact_variance == statistics.variance(exact)
    assert item.median.value == statistics.median(values)


@given(answers)
def test_reversing_mirrors_the_mean_and_keeps_the_spread(values):
    item = tally(values)
    mirrored = tally([recode(value, points=5, is_reverse=True) for value in values])

    assert item.reversed().counts == mirrored.counts
    assert item.reversed().reversed() == item
    assert item.reversed().exact_variance == item.exact_variance
    if item.n:
        assert item.exact_mean + item.reversed().exact_mean == 6


@given(answers, answers)
def test_two_groups_add_up(first, second):
    assert tally(first) + tally(second) == tally(first + second)


# Dimensions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "score"),
    [
        ([5, 4, None, None], Fraction(9, 2)),
        ([5, None, None, None], None),
        ([1, 2, 3, None, None], Fraction(2)),
        ([1, 2, None, None, None], None),
        ([None, None], None),
        ([], None),
        ([3] * 6 + [None] * 6, Fraction(3)),
        ([3] * 5 + [None] * 7, None),
    ],
)
def test_a_person_has_a_score_when_half_is_answered(values, score):
    assert person_score(values) == score


def test_a_dimension_is_the_mean_of_people_not_of_answers():
    """People 4.5, 2 and 5: mean 23/6 = 3.83; all answers pooled would give 3.75 and another S.D."""
    found = scores([Fraction(9, 2), Fraction(2), Fraction(5), None])

    assert found.n == 3
    assert found.mean.text == "3.83"
    assert found.exact_variance == Fraction(31, 12)
    assert found.sd.text == "1.61"


def test_a_dimension_of_nobody_and_of_one():
    assert scores([None, None]).mean.text == DASH
    assert scores([Fraction(4)]).mean.text == "4.00"
    assert scores([Fraction(4)]).sd.text == DASH


def test_a_recoded_answer():
    assert recode(2, points=5, is_reverse=True) == 4
    assert recode(2, points=7, is_reverse=True) == 6
    assert recode(2, points=5, is_reverse=False) == 2
    assert recode(NO_OPINION, points=5, is_reverse=True) is None
    assert recode(None, points=5, is_reverse=True) is None


def test_the_largest_mean_is_first_and_equals_share():
    assert ranks([Fraction(3), Fraction(5), None, Fraction(3), Fraction(1)]) == [2, 1, None, 2, 4]
