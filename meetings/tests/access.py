"""Who gets what at the addresses of meetings."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("meetings:index", None, everyone(200, 405)),
]
