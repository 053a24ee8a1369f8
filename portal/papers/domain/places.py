"""Where the receipt stamp goes on a page, however the page is turned or cropped."""

from __future__ import annotations

from dataclasses import dataclass

STAMP_WIDTH_MM = 50.0
STAMP_HEIGHT_MM = 25.0
EDGE_MM = 5.0
PLACES = {
    "top_right": "มุมขวาบน",
    "top_center": "กลางด้านบน",
    "top_left": "มุมซ้ายบน",
    "below_top_right": "ด้านขวา ใต้มุมบน",
    "bottom_right": "มุมขวาล่าง",
}


def stamp_box(page_width_mm: float, page_height_mm: float, place: str) -> tuple[float, float]:
    """Where the stamp's top left corner lies, from the top left corner of the page as it is seen.

    On a page too small for stamp and margin the stamp keeps its size and moves to the edge.
    """
    right = page_width_mm - EDGE_MM - STAMP_WIDTH_MM
    bottom = page_height_mm - EDGE_MM - STAMP_HEIGHT_MM
    corners = {
        "top_right": (right, EDGE_MM),
        "top_center": ((page_width_mm - STAMP_WIDTH_MM) / 2, EDGE_MM),
        "top_left": (EDGE_MM, EDGE_MM),
        "below_top_right": (right, EDGE_MM + STAMP_HEIGHT_MM),
        "bottom_right": (right, bottom),
    }
    x, y = corners[place]
    return max(min(x, right), 0.0), max(min(y, bottom), 0.0)


POINTS_PER_MM = 72 / 25.4
# For each turn of the page: which corner of its box is seen top left (right edge?, top edge?), and
# which way in the box the reader's right and up point.
TURNS = {
    0: ((False, True), (1, 0), (0, 1)),
    90: ((False, False), (0, 1), (-1, 0)),
    180: ((True, False), (-1, 0), (0, -1)),
    270: ((True, True), (0, -1), (1, 0)),
}


@dataclass(frozen=True, kw_only=True)
class SeenPage:
    """A PDF page as a reader sees it: visible box in user units, turn, user unit in points."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int = 0
    unit: float = 1.0

    @property
    def size_mm(self) -> tuple[float, float]:
        scale = self.unit / POINTS_PER_MM
        width, height = (self.right - self.left) * scale, (self.top - self.bottom) * scale
        return (height, width) if self.turn in (90, 270) else (width, height)

    def matrix(self, x_mm: float, y_mm: float, height_mm: float) -> tuple[float, ...]:
        """What brings a drawing in millimetres upright to (x, y) from the seen top left corner."""
        (at_right, at_top), right, up = TURNS[self.turn]
        corner = (self.right if at_right else self.left, self.top if at_top else self.bottom)
        scale = POINTS_PER_MM / self.unit
        down = y_mm + height_mm
        return (
            right[0] * scale,
            right[1] * scale,
            up[0] * scale,
            up[1] * scale,
            corner[0] + (right[0] * x_mm - up[0] * down) * scale,
            corner[1] + (right[1] * x_mm - up[1] * down) * scale,
        )
