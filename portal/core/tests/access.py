"""Who gets what at the addresses of the ground itself."""

from __future__ import annotations

from tests.access_matrix import Access, everyone

ROWS = [
    Access("livez", None, everyone(200, 405, anonymous=(200, 405))),
    Access("readyz", None, everyone(200, 405, anonymous=(200, 405))),
    Access("design", None, everyone(404, 405, anonymous=(302, 302)) | {"admin": (200, 405)}),
]
