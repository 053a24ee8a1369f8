"""Who gets what where recipient and owner speak: questions, calls, and the page of a school."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from documents.models import Inquiry
from documents.tests.access_sending import recipient
from documents.tests.factories import ArrivalFactory, SentLetterFactory
from tests.access_matrix import Access, everyone, those
from tests.world import World

OFFICE = ("director", "deputy", "registrar", "officer", "other-registrar")
OVERSEERS = ("director", "deputy")
ANSWERING = ("registrar", "officer")
DESK = ("school-clerk", "school-director")


def asked(world: World) -> dict[str, Any]:
    letter = SentLetterFactory(owner_unit=world.group)
    arrival = ArrivalFactory(letter=letter, unit=world.school)
    inquiry = Inquiry.objects.create(
        arrival=arrival,
        text="นับอย่างไร",
        asked_at=timezone.now(),
        asked_by=world.members["school-clerk"],
    )
    return {"pk": inquiry.pk}


def answered(world: World) -> dict[str, Any]:
    found = asked(world)
    Inquiry.objects.filter(pk=found["pk"]).update(
        answer="ตามจริง", answered_at=timezone.now(), answered_by=world.members["officer"]
    )
    return found


def the_school(world: World) -> dict[str, Any]:
    return {"pk": world.school.pk}


def question(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "text": "นับอย่างไร"}


def answer(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"answer": "ตามจริง"}


def words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"published_text": "นับอย่างไร"}


def a_call(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "spoke_to": "ครูสุดา"}


ROWS = [
    Access(
        "documents:arrival-ask",
        recipient,
        everyone(404, 404) | those(DESK, 302, 302),
        post=question,
    ),
    Access("documents:inquiries", None, everyone(403, 405) | those(OFFICE, 200, 405)),
    # Who asked knows it from under the letter; the page is the owner's.
    Access(
        "documents:inquiry",
        asked,
        everyone(404, 404) | those(OVERSEERS, 200, 403) | those(ANSWERING, 200, 302),
        post=answer,
    ),
    Access(
        "documents:inquiry-publish",
        answered,
        everyone(405, 404) | those(OVERSEERS, 405, 403) | those(ANSWERING, 405, 302),
        post=words,
    ),
    Access("documents:calls", None, everyone(403, 405) | those(OFFICE, 200, 405)),
    Access("documents:quiet-units", None, everyone(403, 405) | those((*OFFICE, "admin"), 200, 405)),
    Access(
        "documents:arrival-call",
        recipient,
        everyone(404, 404) | those(OVERSEERS, 403, 403) | those(ANSWERING, 200, 302),
        post=a_call,
    ),
    Access(
        "documents:unit",
        the_school,
        everyone(404, 405) | those(("director", "deputy", "registrar", "officer", *DESK), 200, 405),
    ),
]
