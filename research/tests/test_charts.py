"""Bars: parts in their order, numbers from six percent, the middle on the axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.domain.charts import likert_chart, tones

counts = st.lists(st.lists(st.integers(0, 50), min_size=5, max_size=5), min_size=1, max_size=8)


def number(place: str) -> float:
    return float(place.removesuffix("%"))


def test_numbers_stand_inside_from_six_percent():
    (bar,) = likert_chart([[5, 6, 20, 30, 39]]).bars

    assert [part.number for part in bar.parts] == ["", "6", "20", "30", "39"]
    assert [part.tone for part in bar.parts] == [1, 2, 3, 4, 5]


def test_the_middle_of_the_scale_lies_on_the_axis():
    chart = likert_chart([[10, 20, 40, 20, 10], [0, 0, 20, 40, 40]])

    middles = [part.middle for bar in chart.bars for part in bar.parts if part.tone == 3]
    assert middles == [chart.axis, chart.axis]


def test_a_part_nobody_ticked_is_not_drawn():
    (bar,) = likert_chart([[0, 0, 0, 0, 9]]).bars

    assert [(part.tone, part.number) for part in bar.parts] == [(5, "100")]


@pytest.mark.parametrize("rows", [[], [[0, 0, 0, 0, 0]]])
def test_no_answers_make_no_parts(rows):
    assert all(not bar.parts for bar in likert_chart(rows).bars)


@given(counts)
def test_bars_stay_inside_the_picture_and_touch(rows):
    for bar in likert_chart(rows).bars:
        for part in bar.parts:
            assert number(part.x) >= 0
            assert number(part.x) + number(part.width) <= 100.01
        for left, right in zip(bar.parts, bar.parts[1:], strict=False):
            assert number(left.x) + number(left.width) == pytest.approx(number(right.x), abs=0.01)


def test_tones_spread_over_other_scales():
    assert tones(5) == [1, 2, 3, 4, 5]
    assert tones(3) == [1, 3, 5]
    assert tones(2) == [1, 5]
    assert tones(1) == [3]
    assert len(tones(7)) == 7
