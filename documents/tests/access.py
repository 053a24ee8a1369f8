"""Who gets what at the addresses of letters: the receiving side, and what the sending side adds."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from documents.models import Letter, ResponseKind
from documents.services.assigning import assign_arrival
from documents.services.drafting import MAIN
from documents.tests.access_contact import ROWS as CONTACT_ROWS
from documents.tests.access_directions import ROWS as DIRECTION_ROWS
from documents.tests.access_matters import ROWS as MATTER_ROWS
from documents.tests.access_recalling import ROWS as RECALLING_ROWS
from documents.tests.access_registers import REGISTER_ROWS
from documents.tests.access_sending import ROWS as SENDING_ROWS
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    SentLetterFactory,
    clerk_of,
    received_arrival,
)
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.services import attach, store_bytes
from portal.files.tests.factories import pdf_bytes
from tests.access_matrix import Access, everyone
from tests.world import World

DESK = ("school-clerk", "school-director")
SENDERS = ("director", "deputy", "registrar", "officer")
OPENING = frozenset(
    {
        "documents.opening",
        "documents.arrival.opened_at",
        "documents.arrival.opened_by",
    }
)


def desk(get: int, post: int) -> dict[str, tuple[int, int]]:
    """What the school's own desk gets."""
    return dict.fromkeys(DESK, (get, post))


def senders(get: int, post: int) -> dict[str, tuple[int, int]]:
    """What the office that sent the letter gets."""
    return dict.fromkeys(SENDERS, (get, post))


def letter_of(world: World, **fields: Any) -> Letter:
    """A letter of the world's group, with its PDF."""
    letter = SentLetterFactory(owner_unit=world.group, **fields)
    stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    attach(stored, letter, role=MAIN, name="หนังสือ.pdf", by=SYSTEM)
    return letter


# What an address is about ------------------------------------------------------------------------


def waiting(world: World) -> dict[str, Any]:
    return {"pk": ArrivalFactory(letter=letter_of(world), unit=world.school).pk}


def received(world: World) -> dict[str, Any]:
    arrival, _ = received_arrival(letter=letter_of(world), unit=world.school)
    return {"pk": arrival.pk}


def with_form(world: World) -> dict[str, Any]:
    letter = letter_of(world, response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION])
    arrival, _ = received_arrival(letter=letter, unit=world.school)
    return {"pk": arrival.pk}


def at_the_school(world: World) -> dict[str, Any]:
    return {"pk": ArrivalFactory(letter=letter_of(world), unit=world.school).letter_id}


def at_the_neighbours(world: World) -> dict[str, Any]:
    return {"pk": ArrivalFactory(letter=letter_of(world), unit=world.other_school).letter_id}


def for_the_teacher_in_person(world: World) -> dict[str, Any]:
    arrival = ArrivalFactory(
        letter=letter_of(world), unit=world.school, member=world.members["teacher"]
    )
    return {"pk": arrival.letter_id}


def assigned_letter(world: World) -> dict[str, Any]:
    arrival, _ = received_arrival(letter=letter_of(world), unit=world.school)
    teacher = world.members["teacher"]
    assign_arrival(arrival, assignees=[teacher], by=clerk_of(world.school))
    return {"pk": arrival.letter_id}


def assigned(world: World) -> dict[str, Any]:
    arrival, clerk = received_arrival(letter=letter_of(world), unit=world.school)
    made = assign_arrival(arrival, assignees=[world.members["teacher"]], by=clerk)
    return {"pk": made[0].pk}


def assigned_copy(world: World) -> dict[str, Any]:
    arrival, clerk = received_arrival(letter=letter_of(world), unit=world.school)
    assign_arrival(arrival, assignees=[world.members["teacher"]], by=clerk)
    return {"pk": arrival.pk}


# What is sent ------------------------------------------------------------------------------------


def one_of_the_school(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    arrival = ArrivalFactory(letter=letter_of(world), unit=world.school)
    return {"key": uuid4(), "arrival": arrival.pk}


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "ไม่ใช่เรื่องของโรงเรียนนี้"}


def to_the_teacher(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"assignees": [world.members["teacher"].pk], "note": "ดำเนินการ"}


def two(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "q1": "2"}


def top_left(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"place": "top_left"}


ROWS = [
    Access("documents:inbox", None, everyone(200, 405)),
    Access("documents:assigned", None, everyone(200, 405)),
    # An id that is not at one's desk refuses the whole request.
    Access(
        "documents:receive",
        None,
        everyone(405, 403) | desk(405, 200),
        post=one_of_the_school,
    ),
    Access(
        "documents:letter",
        at_the_school,
        everyone(404, 405) | desk(200, 405) | senders(302, 405),
        get_writes=OPENING,
    ),
    Access(
        "documents:letter",
        at_the_neighbours,
        everyone(404, 405) | {"other-clerk": (200, 405)} | senders(302, 405),
        get_writes=OPENING,
    ),
    Access(
        "documents:letter",
        for_the_teacher_in_person,
        everyone(404, 405) | {"teacher": (200, 405)} | senders(302, 405),
        get_writes=OPENING,
    ),
    Access(
        "documents:letter",
        assigned_letter,
        everyone(404, 405) | desk(200, 405) | {"teacher": (200, 405)} | senders(302, 405),
        get_writes=OPENING,
    ),
    Access("documents:arrival-refuse", waiting, everyone(404, 404) | desk(302, 302), post=reason),
    Access(
        "documents:arrival-assign",
        received,
        everyone(404, 404) | desk(302, 302),
        post=to_the_teacher,
    ),
    Access("documents:arrival-answer", with_form, everyone(404, 404) | desk(302, 302), post=two),
    Access("documents:arrival-half", with_form, everyone(405, 404) | desk(405, 302), post=two),
    Access("documents:arrival-half-save", with_form, everyone(405, 404) | desk(405, 200), post=two),
    Access(
        "documents:arrival-stamp",
        received,
        everyone(405, 404) | desk(405, 302),
        post=top_left,
    ),
    Access("documents:arrival-stamped", received, everyone(404, 405) | desk(200, 405)),
    Access(
        "documents:arrival-stamped",
        assigned_copy,
        everyone(404, 405) | desk(200, 405) | {"teacher": (200, 405)},
    ),
    Access(
        "documents:assignment-acknowledge",
        assigned,
        everyone(405, 404) | desk(405, 403) | {"teacher": (405, 302)},
    ),
    *CONTACT_ROWS,
    *SENDING_ROWS,
    *DIRECTION_ROWS,
    *RECALLING_ROWS,
    *MATTER_ROWS,
    *REGISTER_ROWS,
]
