"""Who gets what where a letter is taken back, put right, used again, or may not arrive."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from documents.models import ArrivalState, LetterState
from documents.tests.access_sending import draft, sent_to_the_school, submitted
from documents.tests.factories import ArrivalFactory, SentLetterFactory
from tests.access_matrix import Access, everyone, those
from tests.world import World

FOLLOWERS = ("director", "deputy", "registrar", "officer")
HEADS = ("director", "deputy")
DESK = ("school-clerk", "school-director")


# What an address is about ------------------------------------------------------------------------


def recalled_from_the_school(world: World) -> dict[str, Any]:
    now = timezone.now()
    letter = SentLetterFactory(
        owner_unit=world.group,
        state=LetterState.RECALLED,
        recalled_at=now,
        recall_reason="แนบไฟล์ผิด",
    )
    arrival = ArrivalFactory(
        letter=letter,
        unit=world.school,
        state=ArrivalState.RECALLED,
        is_open=False,
        recalled_at=now,
    )
    return {"pk": arrival.letter_id}


# What is sent ------------------------------------------------------------------------------------


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "reason": "แนบไฟล์ผิด"}


def replacing(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "succession": "replaces"}


ROWS = [
    Access(
        "documents:letter-recall",
        sent_to_the_school,
        everyone(404, 404)
        | {"registrar": (200, 302), "officer": (200, 403)}
        | those((*HEADS, *DESK), 403, 403),
        post=reason,
    ),
    Access(
        "documents:letter-succeed",
        sent_to_the_school,
        everyone(405, 404)
        | those(("registrar", "officer"), 405, 302)
        | those((*HEADS, *DESK), 405, 403),
        post=replacing,
    ),
    # What is left of a recalled letter: a trace for its recipients, the summary for its senders.
    Access(
        "documents:letter",
        recalled_from_the_school,
        everyone(404, 405) | those((*FOLLOWERS, *DESK), 200, 405),
    ),
    Access(
        "documents:letter-board",
        recalled_from_the_school,
        everyone(404, 405) | those(FOLLOWERS, 200, 405),
    ),
    Access(
        "documents:letter-reuse",
        sent_to_the_school,
        everyone(404, 404) | those(FOLLOWERS, 200, 422) | those(DESK, 403, 403),
    ),
    Access(
        "documents:letter-answers-zip",
        sent_to_the_school,
        everyone(405, 404) | those(FOLLOWERS, 405, 200) | those(DESK, 405, 403),
    ),
    Access("documents:letter-quiet", draft, everyone(404, 405) | those(("officer",), 200, 405)),
    Access(
        "documents:letter-quiet",
        submitted,
        everyone(404, 405) | those(("officer", "registrar"), 200, 405) | those(HEADS, 403, 405),
    ),
]
