"""Sizes of pages: in points as the PDF has them, on paper, and as pictures."""

from __future__ import annotations

SHORT_SIDE = 850
LONG_SIDE = 2400
POINTS_PER_MM = 72 / 25.4


def picture_size(width: float, height: float) -> tuple[int, int]:
    """Return the size of a page's picture in pixels: A4 becomes 850 × 1202, at most 2400 long."""
    scale = min(SHORT_SIDE / min(width, height), LONG_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def millimetres(points: float) -> float:
    """Turn points into millimetres."""
    return points / POINTS_PER_MM
