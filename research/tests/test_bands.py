"""Two tables of levels: looked up on the rounded mean, without a hole."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.domain.bands import CUT_50, INTERVAL, band_table
from research.domain.questions import AGREEMENT
from research.domain.scales import tally


@pytest.mark.parametrize(
    ("mean", "by_cut", "by_interval"),
    [
        ("5", "มากที่สุด", "มากที่สุด"),
        ("4.51", "มากที่สุด", "มากที่สุด"),
        ("4.505", "มากที่สุด", "มากที่สุด"),
        ("4.5049", "มาก", "มากที่สุด"),
        ("4.205", "มาก", "มากที่สุด"),
        ("4.2049", "มาก", "มาก"),
        ("3.505", "มาก", "มาก"),
        ("3.41", "ปานกลาง", "มาก"),
        ("3.404", "ปานกลาง", "ปานกลาง"),
        ("2.505", "ปานกลาง", "น้อย"),
        ("2.61", "ปานกลาง", "ปานกลาง"),
        ("1.81", "น้อย", "น้อย"),
        ("1.51", "น้อย", "น้อยที่สุด"),
        ("1.504", "น้อยที่สุด", "น้อยที่สุด"),
        ("1", "น้อยที่สุด", "น้อยที่สุด"),
    ],
)
def test_the_level_of_a_mean(mean, by_cut, by_interval):
    assert band_table(CUT_50).level(Fraction(mean)) == by_cut
    assert band_table(INTERVAL).level(Fraction(mean)) == by_interval


def test_a_mean_on_the_edge_from_real_answers():
    """200 answers that sum to 901 have the mean 4.505 exactly."""
    item = tally([5] * 101 + [4] * 99)

    assert item.exact_mean == Fraction(901, 200)
    assert item.mean.text == "4.51"
    assert band_table(CUT_50).level(item.exact_mean) == "มากที่สุด"


def test_the_limits_as_they_are_printed():
    assert [band.limits for band in band_table(CUT_50).bands] == [
        "4.51–5.00",
        "3.51–4.50",
        "2.51–3.50",
        "1.51–2.50",
        "1.00–1.50",
    ]
    assert [band.limits for band in band_table(INTERVAL).bands] == [
        "4.21–5.00",
        "3.41–4.20",
        "2.61–3.40",
        "1.81–2.60",
        "1.00–1.80",
    ]
    assert band_table(CUT_50).name == "เกณฑ์ตัดที่ .50"
    assert band_table(INTERVAL).name == "เกณฑ์ช่วงเท่ากัน ช่วงละ 0.80"


@pytest.mark.parametrize(
    ("points", "limits"),
    [
        (3, ["2.34–3.00", "1.67–2.33", "1.00–1.66"]),
        (4, ["3.26–4.00", "2.51–3.25", "1.76–2.50", "1.00–1.75"]),
    ],
)
def test_other_scales_have_equal_intervals(points, limits):
    levels = [str(level) for level in range(points)]
    table = band_table(CUT_50, points=points, levels=levels)

    assert table.key == INTERVAL
    assert [band.limits for band in table.bands] == limits


def test_no_mean_has_no_level():
    assert band_table(CUT_50).level(None) == ""


@given(st.integers(2, 10), st.data())
def test_there_is_no_hole_between_two_levels(points, data):
    table = band_table(INTERVAL, points=points, levels=[str(level) for level in range(points)])
    mean = data.draw(st.fractions(min_value=1, max_value=points, max_denominator=5000))

    assert table.level(mean)
    for upper, lower in zip(table.bands, table.bands[1:], strict=False):
        assert upper.low - lower.high == Fraction(1, 100)


@given(st.fractions(min_value=1, max_value=5, max_denominator=5000))
def test_a_higher_mean_never_has_a_lower_level(mean):
    for key in (CUT_50, INTERVAL):
        table = band_table(key)
        higher = min(mean + Fraction(1, 7), Fraction(5))
        assert AGREEMENT.index(table.level(mean)) <= AGREEMENT.index(table.level(higher))
