"""Who gets what at the addresses of search."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

OPEN = everyone(200, 405, anonymous=(200, 405))

ROWS = [
    Access("search:search", None, OPEN),
    Access("search:search", None, OPEN, query="?q=%E0%B8%81%E0%B8%B2%E0%B8%A3&kind=letters"),
]
