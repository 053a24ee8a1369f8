"""Who gets what at the addresses of research."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("research:index", None, everyone(200, 405)),
]
