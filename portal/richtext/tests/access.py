"""Who gets what at the addresses of rich text: the empty frame, for everybody who may write."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("richtext:frame", None, everyone(200, 405)),
]
