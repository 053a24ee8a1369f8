"""Rounding is half-up on the exact fraction."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.domain.figures import (
    DASH,
    as_text,
    cannot,
    figure,
    half_up,
    half_up_root,
    percent,
    root_figure,
)

fractions = st.fractions(min_value=0, max_value=1000, max_denominator=100_000)


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("4.505", "4.51"),
        ("4.205", "4.21"),
        ("2.505", "2.51"),
        ("1.005", "1.01"),
        ("2.675", "2.68"),
        ("4.5049999", "4.50"),
        ("4.5", "4.50"),
        ("0", "0.00"),
        ("0.005", "0.01"),
    ],
)
def test_a_half_goes_up_where_binary_floats_go_down(exact, shown):
    assert as_text(half_up(Fraction(exact))) == shown


def test_floats_would_give_another_value():
    """The control: Python's own rounding of the float is what the portal must not use."""
    assert f"{4.505:.2f}" != "4.51" or f"{1.005:.2f}" != "1.01"


@given(fractions)
def test_rounding_agrees_with_decimal(value):
    getcontext().prec = 60
    exact = Decimal(value.numerator) / Decimal(value.denominator)

    expected = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    assert Decimal(as_text(half_up(value))) == expected


@given(fractions)
def test_a_root_is_rounded_without_leaving_whole_numbers(square):
    rounded = half_up_root(square)
    below, above = rounded - Fraction(1, 200), rounded + Fraction(1, 200)

    assert max(below, 0) ** 2 <= square < above**2


def test_a_root_that_ends_in_a_half_goes_up():
    assert as_text(half_up_root(Fraction("1.005") ** 2)) == "1.01"


def test_what_cannot_be_computed_is_a_dash_with_its_reason():
    unknown = figure(None, otherwise="ไม่มีผู้ตอบ")

    assert (unknown.text, unknown.reason, unknown.value) == (DASH, "ไม่มีผู้ตอบ", None)
    assert unknown == root_figure(None, otherwise="ไม่มีผู้ตอบ") == cannot("ไม่มีผู้ตอบ")
    assert not unknown.is_known


def test_percent_of_nobody_is_no_percent():
    assert percent(0, 0).text == DASH
    assert percent(412, 538).text == "76.6"
    assert percent(1, 8, places=0).text == "13"


def test_negative_values_keep_their_sign():
    assert as_text(half_up(Fraction("-0.25"))) == "-0.25"
    assert as_text(half_up(Fraction("-1.5"), 0), 0) == "-1"
