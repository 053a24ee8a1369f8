"""Who gets what at the addresses of knowledge."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("knowledge:index", None, everyone(200, 405)),
]
