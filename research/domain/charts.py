"""The bars of a Likert chart: where each part begins and how wide it is, in percent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from research.domain.figures import as_text, half_up

NUMBER_FROM = 6


@dataclass(frozen=True)
class Part:
    """One part of a bar: a point of the scale."""

    tone: int
    x: str
    width: str
    middle: str
    number: str


@dataclass(frozen=True)
class Bar:
    """One bar; the middle of the scale lies on the axis."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chart:
    """Bars on a common axis."""

    axis: str
    bars: tuple[Bar, ...]


def likert_chart(counts: Sequence[Sequence[int]]) -> Chart:
    """Return the stacked bars of items, each with its counts of the points from low to high."""
    shares = [_shares(row) for row in counts]
    lefts = [_left_of_middle(row) for row in shares]
    left = max(lefts, default=Fraction(0))
    right = max(
        (sum(row) - own for row, own in zip(shares, lefts, strict=True)), default=Fraction(0)
    )
    scale = 100 / (left + right) if left + right else Fraction(0)
    bars = [
        _bar(row, start=(left - own) * scale, scale=scale)
        for row, own in zip(shares, lefts, strict=True)
    ]
    return Chart(_place(left * scale), tuple(bars))


def tones(points: int) -> list[int]:
    """Return the colour of each point, 1 (low) to 5 (high): the five tones spread over k points."""
    if points == 1:
        return [3]
    return [int(half_up(1 + Fraction(4 * step, points - 1), 0)) for step in range(points)]


def _shares(counts: Sequence[int]) -> list[Fraction]:
    n = sum(counts)
    return [Fraction(100 * f, n) if n else Fraction(0) for f in counts]


def _left_of_middle(shares: Sequence[Fraction]) -> Fraction:
    half, is_odd = divmod(len(shares), 2)
    below = sum(shares[:half], Fraction(0))
    return below + shares[half] / 2 if is_odd else below


def _bar(shares: Sequence[Fraction], *, start: Fraction, scale: Fraction) -> Bar:
    parts = []
    for tone, share in zip(tones(len(shares)), shares, strict=True):
        width = share * scale
        if share:
            number = as_text(half_up(share, 0), 0) if share >= NUMBER_FROM else ""
            parts.append(
                Part(tone, _place(start), _place(width), _place(start + width / 2), number)
            )
        start += width
    return Bar(tuple(parts))


def _place(percent: Fraction) -> str:
    return f"{as_text(half_up(percent, 3), 3)}%"
