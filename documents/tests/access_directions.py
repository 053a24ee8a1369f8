"""Who gets what of letters between schools, of memos, of orders, and of what is circulated."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from documents.models import LetterKind, LetterOrigin, LetterState
from documents.services.assigning import circulate_arrival, people_of
from documents.tests.factories import (
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    answered_arrival,
    received_arrival,
)
from members.models import Unit
from members.tests.factories import GroupFactory
from tests.access_matrix import Access, everyone, those
from tests.world import World

OVERSEERS = ("director", "deputy", "registrar")
DESK = ("school-clerk", "school-director")
OPENING = frozenset(
    {"documents.opening", "documents.arrival.opened_at", "documents.arrival.opened_by"}
)


# What an address is about ------------------------------------------------------------------------


def school_letter(world: World, **fields: Any) -> Any:
    """A letter of the school to its neighbour."""
    return SentLetterFactory(
        owner_unit=world.school,
        origin=LetterOrigin.SCHOOL,
        kind=LetterKind.EXTERNAL,
        audience_rule={"units": [world.other_school.pk]},
        **fields,
    )


def to_the_neighbour(world: World) -> dict[str, Any]:
    return {"pk": ArrivalFactory(letter=school_letter(world), unit=world.other_school).letter_id}


def lying_at_the_neighbours(world: World) -> dict[str, Any]:
    return {"pk": ArrivalFactory(letter=school_letter(world), unit=world.other_school).pk}


def received_by_the_neighbour(world: World) -> dict[str, Any]:
    arrival, _ = received_arrival(letter=school_letter(world), unit=world.other_school)
    return {"pk": arrival.pk}


def answered_by_the_neighbour(world: World) -> dict[str, Any]:
    letter = school_letter(
        world,
        response_kind="form",
        questions=[{"key": "q1", "kind": "number", "label": "กี่คน", "required": True}],
    )
    arrival, _ = answered_arrival(letter=letter, unit=world.other_school)
    return {"pk": arrival.responses.get().pk}


def to_office_and_neighbour(world: World) -> dict[str, Any]:
    letter = school_letter(world)
    ArrivalFactory(letter=letter, unit=world.office)
    return {"pk": ArrivalFactory(letter=letter, unit=world.other_school).letter_id}


def school_draft(world: World) -> dict[str, Any]:
    letter = LetterFactory(
        owner_unit=world.school, origin=LetterOrigin.SCHOOL, kind=LetterKind.EXTERNAL
    )
    return {"pk": letter.pk}


def own_order(world: World) -> Any:
    letter = SentLetterFactory(
        owner_unit=world.school,
        origin=LetterOrigin.SCHOOL,
        kind=LetterKind.ORDER,
        audience_rule={"units": [world.school.pk]},
    )
    return ArrivalFactory(letter=letter, unit=world.school, state="received", is_open=False)


def own_order_of_the_school(world: World) -> dict[str, Any]:
    return {"pk": own_order(world).letter_id}


def own_order_at_the_desk(world: World) -> dict[str, Any]:
    return {"pk": own_order(world).pk}


def circulated_to_the_teacher(world: World) -> dict[str, Any]:
    arrival = own_order(world)
    circulate_arrival(
        arrival, readers=[world.members["teacher"]], by=world.actor("school-director")
    )
    return {"pk": arrival.letter_id}


def known_to_the_teacher(world: World) -> dict[str, Any]:
    arrival = own_order(world)
    [made] = circulate_arrival(
        arrival, readers=[world.members["teacher"]], by=world.actor("school-director")
    )
    return {"pk": made.pk}


def memo_from(unit: Unit, to: Unit, **fields: Any) -> Any:
    letter = SentLetterFactory(
        owner_unit=unit, kind=LetterKind.MEMO, audience_rule={"groups": [to.pk]}
    )
    return ArrivalFactory(letter=letter, unit=to, **fields)


def memo_of_the_group(world: World) -> dict[str, Any]:
    return {"pk": memo_from(world.group, GroupFactory(office=world.office)).letter_id}


def memo_between_others(world: World) -> dict[str, Any]:
    return {
        "pk": memo_from(
            GroupFactory(office=world.office), GroupFactory(office=world.office)
        ).letter_id
    }


def memo_draft(world: World) -> dict[str, Any]:
    letter = LetterFactory(
        owner_unit=world.group,
        kind=LetterKind.MEMO,
        audience_rule={"groups": [GroupFactory(office=world.office).pk]},
    )
    return {"pk": letter.pk}


def published_order(world: World) -> dict[str, Any]:
    """Numbered and sent to nobody: everybody of the office reads it."""
    letter = SentLetterFactory(
        owner_unit=GroupFactory(office=world.office), kind=LetterKind.ORDER, audience_rule={}
    )
    return {"pk": letter.pk}


def submitted_order(world: World) -> dict[str, Any]:
    letter = LetterFactory(
        owner_unit=world.group,
        kind=LetterKind.ORDER,
        audience_rule={},
        state=LetterState.SUBMITTED,
    )
    letter.submitted_at = letter.created_at
    letter.save(update_fields=["submitted_at"])
    return {"pk": letter.pk}


# What is sent ------------------------------------------------------------------------------------


def key(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4()}


def to_all(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"who": "all", "sure": len(people_of(world.school.pk)) - 1}


def all_schools(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to-all_schools": "on", "to-from": world.school.pk}


def new_subject(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "subject": "เรื่องใหม่"}


ROWS = [
    # School to school: the office is a stranger to it
    Access(
        "documents:letter",
        to_the_neighbour,
        everyone(404, 405) | those(DESK, 302, 405) | {"other-clerk": (200, 405)},
        get_writes=OPENING,
    ),
    Access(
        "documents:letter",
        to_office_and_neighbour,
        everyone(404, 405)
        | those(DESK, 302, 405)
        | those(OVERSEERS, 200, 405)
        | {"other-clerk": (200, 405)},
        get_writes=OPENING,
    ),
    *(
        Access(
            name,
            to_the_neighbour,
            everyone(404, 405) | those(DESK, 200, 405) | {"other-clerk": (403, 405)},
        )
        for name in (
            "documents:letter-board",
            "documents:letter-progress",
            "documents:letter-board-xlsx",
        )
    ),
    Access(
        "documents:letter-board",
        to_office_and_neighbour,
        everyone(404, 405) | those(DESK, 200, 405) | those((*OVERSEERS, "other-clerk"), 403, 405),
    ),
    Access(
        "documents:arrival", lying_at_the_neighbours, everyone(404, 405) | those(DESK, 200, 405)
    ),
    Access(
        "documents:response-accept",
        answered_by_the_neighbour,
        everyone(405, 404) | those(DESK, 405, 302) | {"other-clerk": (405, 403)},
    ),
    Access(
        "documents:arrival-reply",
        received_by_the_neighbour,
        everyone(405, 404) | {"other-clerk": (405, 302)},
        post=key,
    ),
    Access(
        "documents:letter-audience",
        school_draft,
        everyone(404, 404) | those(DESK, 200, 302),
        post=all_schools,
    ),
    Access(
        "documents:letter-edit",
        school_draft,
        everyone(404, 404) | those(DESK, 200, 302),
        post=new_subject,
    ),
    # A school's own order, and who has to know of it
    Access(
        "documents:letter",
        own_order_of_the_school,
        everyone(404, 405) | those(DESK, 200, 405),
        get_writes=OPENING,
    ),
    Access(
        "documents:letter",
        circulated_to_the_teacher,
        everyone(404, 405) | those((*DESK, "teacher"), 200, 405),
        get_writes=OPENING,
    ),
    Access(
        "documents:circulation",
        own_order_at_the_desk,
        everyone(404, 404) | those(DESK, 200, 302),
        post=to_all,
    ),
    Access(
        "documents:assignment-acknowledge",
        known_to_the_teacher,
        everyone(405, 404) | those(DESK, 405, 403) | {"teacher": (405, 302)},
    ),
    # Memos between groups
    Access(
        "documents:letter",
        memo_of_the_group,
        everyone(404, 405) | those((*OVERSEERS, "officer"), 302, 405),
    ),
    Access(
        "documents:letter",
        memo_between_others,
        everyone(404, 405) | those(OVERSEERS, 302, 405),
    ),
    Access(
        "documents:letter-confirm",
        memo_draft,
        everyone(404, 404) | {"officer": (302, 200)},
    ),
    # Orders and announcements
    Access(
        "documents:letter",
        published_order,
        everyone(404, 405) | those((*OVERSEERS, "officer"), 200, 405),
    ),
    Access(
        "documents:letter-confirm",
        submitted_order,
        everyone(404, 404)
        | {"registrar": (302, 200)}
        | those(("director", "deputy", "officer"), 302, 403),
    ),
]
