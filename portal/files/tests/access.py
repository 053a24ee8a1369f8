"""Rows of the access matrix: a file on a school is open to everyone with a post in its office."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.models import PagesState, StoredFile
from portal.files.services import attach, store_bytes
from portal.files.tests import factories as made
from tests.access_matrix import Access, everyone
from tests.world import ANONYMOUS, World

STRANGERS = ("other-registrar", "outsider")


def only(get: int, post: int, *, closed_post: int = 404) -> Any:
    """Open for the office's own people; for strangers the file does not exist."""
    return everyone(get, post) | dict.fromkeys(STRANGERS, (404 if get != 405 else 405, closed_post))


def downloads() -> Any:
    """The same; a visitor comes as far as the gate, which asks them to sign in."""
    return only(200, 405, closed_post=405) | {ANONYMOUS: (302, 405)}


def on_school(world: World) -> dict[str, Any]:
    return {"public_id": made.file_on(world.school).public_id}


def page_of_school(world: World) -> dict[str, Any]:
    return on_school(world) | {"number": 1}


def long_on_school(world: World) -> dict[str, Any]:
    stored = store_bytes(made.pdf_bytes(45), by=SYSTEM, media_type=PDF)
    StoredFile.objects.filter(pk=stored.pk).update(
        pages_state=PagesState.READY, pages_ready=stored.pages_wanted
    )
    use = attach(stored, world.school, role="main", name="a.pdf", by=SYSTEM)
    return {"public_id": use.public_id}


def on_its_way(world: World) -> dict[str, Any]:
    return {"public_id": uuid4()}


ROWS = [
    Access("files:incoming-files", None, everyone(405, 400)),
    # Its own doors are HEAD, PATCH and DELETE; test_pieces.py asks them as a stranger, too.
    Access("files:incoming", on_its_way, everyone(405, 405)),
    Access("files:download", on_school, downloads()),
    Access("files:pages", on_school, only(204, 405, closed_post=405)),
    Access("files:page", page_of_school, only(202, 405, closed_post=405)),
    Access("files:more-pages", long_on_school, only(405, 302)),
]
