"""Who gets what at the addresses of announcements."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("announcements:index", None, everyone(200, 405)),
]
