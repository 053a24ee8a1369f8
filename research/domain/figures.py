"""Figures as they are shown: rounded half-up on the exact fraction, or a dash with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, sqrt

DASH = "–"
PLACES = 2


@dataclass(frozen=True)
class Figure:
    """A figure of a page: its value, its text, and why there is none."""

    value: float | None
    text: str = DASH
    reason: str = ""

    @property
    def is_known(self) -> bool:
        return self.value is not None


def cannot(reason: str) -> Figure:
    """Return a figure that cannot be computed, with the reason in Thai."""
    return Figure(None, DASH, reason)


def half_up(value: Fraction, places: int = PLACES) -> Fraction:
    """Round half-up on the exact fraction: 4.505 is 4.51, which binary floats get wrong."""
    scale = 10**places
    return Fraction((2 * value * scale + 1) // 2, scale)


def half_up_root(square: Fraction, places: int = PLACES) -> Fraction:
    """Round the square root of a fraction half-up, without ever leaving whole numbers."""
    scale = 10**places
    return Fraction((isqrt((square * (2 * scale) ** 2).__floor__()) + 1) // 2, scale)


def as_text(rounded: Fraction, places: int = PLACES) -> str:
    """Write a rounded fraction with all its places: 4.50, 0.05, -0.25."""
    whole = abs(rounded.numerator) * 10**places // rounded.denominator
    sign = "-" if rounded < 0 else ""
    if not places:
        return f"{sign}{whole}"
    return f"{sign}{whole // 10**places}.{whole % 10**places:0{places}d}"


def figure(value: Fraction | None, *, otherwise: str, places: int = PLACES) -> Figure:
    """Return the figure of an exact value, or the dash with the reason."""
    if value is None:
        return cannot(otherwise)
    return Figure(float(value), as_text(half_up(value, places), places))


def root_figure(square: Fraction | None, *, otherwise: str, places: int = PLACES) -> Figure:
    """Return the figure of a square root, or the dash with the reason."""
    if square is None:
        return cannot(otherwise)
    return Figure(sqrt(square), as_text(half_up_root(square, places), places))


def percent(part: int, whole: int, *, places: int = 1) -> Figure:
    """Return part of whole as a percentage."""
    share = Fraction(100 * part, whole) if whole else None
    return figure(share, otherwise=NOBODY, places=places)


NOBODY = "ไม่มีผู้ตอบ"
ONE_ONLY = "มีคำตอบเดียว จึงหาค่า S.D. ไม่ได้"
