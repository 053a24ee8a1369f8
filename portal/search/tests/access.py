"""Who gets what at the addresses of search."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("search:search", None, everyone(200, 405)),
]
