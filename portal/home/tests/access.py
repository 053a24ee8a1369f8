"""Who gets what at the first page and in the manual."""

from __future__ import annotations

from typing import Any

from portal.home.services import manual_pages
from tests.access_matrix import Access, everyone
from tests.world import World


def first_page(world: World) -> dict[str, Any]:
    return {"slug": next(iter(manual_pages()))}


def no_such_page(world: World) -> dict[str, Any]:
    return {"slug": "no-such-page"}


ROWS = [
    Access("home", None, everyone(200, 405, anonymous=(200, 405))),
    Access("help", None, everyone(200, 405, anonymous=(200, 405))),
    Access("help-page", first_page, everyone(200, 405, anonymous=(200, 405))),
    Access("help-page", no_such_page, everyone(404, 405, anonymous=(404, 405))),
]
