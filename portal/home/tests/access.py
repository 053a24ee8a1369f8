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


def kept_by_the_administrator(get: int, post: int) -> dict[str, tuple[int, int]]:
    """Return what the administrator gets; nobody else keeps the office's settings."""
    shut = 403 if get != 405 else 405
    return everyone(shut, 403 if post != 405 else 405) | {"admin": (get, post)}


ROWS = [
    # With an office there, nobody sets up a first one any more.
    Access("setup", None, everyone(404, 404, anonymous=(404, 404))),
    Access("office-setup", None, kept_by_the_administrator(200, 405)),
    Access("office-garuda", None, kept_by_the_administrator(405, 422)),
    Access("office-mail", None, kept_by_the_administrator(405, 302)),
    Access("office-schools", None, kept_by_the_administrator(200, 422)),
    Access("home", None, everyone(200, 405, anonymous=(200, 405))),
    Access("help", None, everyone(200, 405, anonymous=(200, 405))),
    Access("help-page", first_page, everyone(200, 405, anonymous=(200, 405))),
    Access("help-page", no_such_page, everyone(404, 405, anonymous=(404, 405))),
]
