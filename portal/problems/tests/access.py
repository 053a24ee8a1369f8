"""Who may report a problem, and who reads what was reported."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from portal.problems.models import ProblemState
from portal.problems.tests.factories import ProblemFactory
from tests.access_matrix import Access, everyone
from tests.world import World


def reported(world: World) -> dict[str, Any]:
    return {"pk": ProblemFactory(office=world.office).pk}


def fixed(world: World) -> dict[str, Any]:
    return {"pk": ProblemFactory(office=world.office, state=ProblemState.FIXED).pk}


def said(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "message": "กดแล้วไม่ไป"}


NOBODYS = everyone(404, 405)
ROWS = [
    Access("problems:report", None, everyone(200, 302, anonymous=(200, 302)), post=said),
    Access("problems:thanks", None, everyone(200, 405, anonymous=(200, 405))),
    Access("problems:index", None, everyone(403, 405) | {"admin": (200, 405)}),
    Access("problems:problem", reported, NOBODYS | {"admin": (200, 405)}),
    Access("problems:problem", fixed, NOBODYS | {"admin": (200, 405)}),
    Access("problems:fix", reported, everyone(405, 404) | {"admin": (405, 302)}),
    Access("problems:reopen", fixed, everyone(405, 404) | {"admin": (405, 302)}),
]
