"""The level of a mean in words: two tables are in use, and they disagree, so each has its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from research.domain.figures import as_text, half_up
from research.domain.questions import AGREEMENT

CUT_50 = "0.50"
INTERVAL = "0.80"
HUNDREDTH = Fraction(1, 100)


@dataclass(frozen=True)
class Band:
    """One level with its limits, both included, in hundredths."""

    low: Fraction
    high: Fraction
    level: str

    @property
    def limits(self) -> str:
        return f"{as_text(self.low)}–{as_text(self.high)}"


@dataclass(frozen=True)
class BandTable:
    """A table of levels, from the highest to the lowest, without a hole."""

    key: str
    name: str
    bands: tuple[Band, ...]

    def level(self, mean: Fraction | None) -> str:
        """Return the level of a mean, looked up on its value of two places; "" for none."""
        if mean is None:
            return ""
        rounded = half_up(mean)
        return next((band.level for band in self.bands if rounded >= band.low), "")


def band_table(key: str, *, points: int = 5, levels: Sequence[str] = AGREEMENT) -> BandTable:
    """Return the table of a k-point scale; `levels` from the lowest to the highest.

    The cut at .50 is known for five points alone; every other scale has equal intervals.
    """
    if key == CUT_50 and points == 5:
        lows = [Fraction(1), *(Fraction(100 * point + 51, 100) for point in range(1, 5))]
        name = "เกณฑ์ตัดที่ .50"
    else:
        key = INTERVAL
        lows = [Fraction(1), *(_above(step, points) for step in range(1, points))]
        width = as_text(half_up(Fraction(points - 1, points)))
        name = f"เกณฑ์ช่วงเท่ากัน ช่วงละ {width}"
    highs = [*(low - HUNDREDTH for low in lows[1:]), Fraction(points)]
    bands = [Band(*band) for band in zip(lows, highs, levels, strict=True)]
    return BandTable(key, name, tuple(reversed(bands)))


def _above(step: int, points: int) -> Fraction:
    """Return the first hundredth above the end of that many intervals."""
    end = 1 + Fraction(step * (points - 1), points)
    return Fraction((100 * end).__floor__() + 1, 100)
