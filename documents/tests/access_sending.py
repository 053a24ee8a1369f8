"""Who gets what at the addresses of the sending side."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from documents.models import Letter, LetterState, RegisterBook, ResponseKind, Series
from documents.services.drafting import attach_enclosure
from documents.services.sending import prepare_sending
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    answered_arrival,
)
from portal.core.actors import SYSTEM
from portal.core.clock import be_year, db_now
from portal.files.domain.kinds import PDF
from portal.files.services import store_bytes
from portal.files.tests.factories import pdf_bytes
from tests.access_matrix import Access, everyone, those
from tests.world import World

OFFICE = ("director", "deputy", "registrar", "officer", "other-registrar")
FOLLOWERS = ("director", "deputy", "registrar", "officer")
HEADS = ("director", "deputy")
DESK = ("school-clerk", "school-director")
WRITERS = (*OFFICE, *DESK, "other-clerk")
KEEPERS = ("registrar", "school-clerk", "school-director", "other-clerk", "other-registrar")


# What an address is about ------------------------------------------------------------------------


def draft(world: World) -> dict[str, Any]:
    """A draft is its own group's business: not even the registrar knows of it."""
    return {"pk": LetterFactory(owner_unit=world.group).pk}


def submitted(world: World) -> dict[str, Any]:
    letter = LetterFactory(owner_unit=world.group, state=LetterState.SUBMITTED)
    Letter.objects.filter(pk=letter.pk).update(submitted_at=letter.created_at)
    return {"pk": letter.pk}


def discarded(world: World) -> dict[str, Any]:
    return {"pk": LetterFactory(owner_unit=world.group, state=LetterState.DISCARDED).pk}


def sent_to_the_school(world: World) -> dict[str, Any]:
    letter = SentLetterFactory(owner_unit=world.group)
    return {"pk": ArrivalFactory(letter=letter, unit=world.school).letter_id}


def recipient(world: World) -> dict[str, Any]:
    letter = SentLetterFactory(owner_unit=world.group)
    return {"pk": ArrivalFactory(letter=letter, unit=world.school).pk}


def answer(world: World) -> dict[str, Any]:
    letter = SentLetterFactory(
        owner_unit=world.group, response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION]
    )
    arrival, _ = answered_arrival(letter=letter, unit=world.school)
    return {"pk": arrival.responses.get().pk}


def file_of_a_draft(world: World) -> dict[str, Any]:
    letter = LetterFactory(owner_unit=world.group)
    stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    use = attach_enclosure(letter, stored=stored, name="แบบ.pdf", by=world.actor("officer"))
    return {"pk": letter.pk, "public_id": use.public_id}


def book_of_the_school(world: World) -> dict[str, Any]:
    """The book may be there already: the crawl makes the things of all rows in one world."""
    book, _ = RegisterBook.objects.get_or_create(
        unit=world.school, series=Series.IN, be_year=be_year(db_now())
    )
    return {"pk": book.pk}


# What is sent ------------------------------------------------------------------------------------


def new_subject(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "subject": "เรื่องใหม่"}


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "ยังไม่ครบ"}


def frozen(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    letter = Letter.objects.select_related("owner_unit", "office").get(pk=kwargs["pk"])
    snapshot = prepare_sending(letter, by=world.actor("registrar"))
    return {"snapshot": snapshot.pk, "key": uuid4()}


def more_time(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"due_on": "31/12/2599", "due_time": "16.30", "reason": "น้ำท่วม"}


def start_of_the_school(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"unit": world.school.pk, "series": Series.IN, "start_number": "๖๑๒"}


def everybody_in(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to-all_schools": "on"}


ROWS = [
    Access("documents:sent", None, everyone(403, 405) | those(WRITERS, 200, 405)),
    Access("documents:letter-new", None, everyone(403, 403) | those(WRITERS, 200, 422)),
    # A draft
    Access(
        "documents:letter-edit",
        draft,
        everyone(404, 404) | those(("officer",), 200, 302),
        post=new_subject,
    ),
    Access(
        "documents:letter-edit",
        submitted,
        everyone(404, 404) | those(("officer", "registrar"), 302, 302) | those(HEADS, 403, 403),
        post=new_subject,
    ),
    Access(
        "documents:letter-edit",
        sent_to_the_school,
        everyone(404, 404) | those(FOLLOWERS, 200, 200) | those(DESK, 403, 403),
        post=new_subject,
    ),
    Access(
        "documents:letter-save",
        draft,
        everyone(405, 404) | those(("officer",), 405, 200),
        post=new_subject,
    ),
    Access("documents:letter-upload", draft, everyone(405, 404) | those(("officer",), 405, 422)),
    Access(
        "documents:letter-file-remove",
        file_of_a_draft,
        everyone(405, 404) | those(("officer",), 405, 302),
    ),
    Access("documents:letter-preview", draft, everyone(404, 405) | those(("officer",), 200, 405)),
    Access("documents:letter-preview", submitted, everyone(404, 405) | those(FOLLOWERS, 200, 405)),
    Access(
        "documents:letter-audience",
        draft,
        everyone(404, 404) | those(("officer",), 200, 302),
        post=everybody_in,
    ),
    Access("documents:letter-submit", draft, everyone(405, 404) | those(("officer",), 405, 302)),
    Access(
        "documents:letter-return",
        submitted,
        everyone(405, 404) | those(("officer", "registrar"), 405, 302) | those(HEADS, 405, 403),
        post=reason,
    ),
    Access("documents:letter-discard", draft, everyone(405, 404) | those(("officer",), 405, 302)),
    Access(
        "documents:letter-restore", discarded, everyone(405, 404) | those(("officer",), 405, 302)
    ),
    # Numbering and sending
    Access(
        "documents:letter-confirm",
        submitted,
        everyone(404, 404) | those(("registrar",), 302, 200) | those(("officer", *HEADS), 302, 403),
    ),
    Access(
        "documents:letter-send",
        submitted,
        everyone(404, 404) | those(("registrar",), 302, 302) | those(("officer", *HEADS), 302, 403),
        post=frozen,
    ),
    # Following
    *(
        Access(
            name,
            sent_to_the_school,
            everyone(404, 405) | those(FOLLOWERS, 200, 405) | those(DESK, 403, 405),
        )
        for name in (
            "documents:letter-board",
            "documents:letter-progress",
            "documents:letter-board-xlsx",
        )
    ),
    Access("documents:arrival", recipient, everyone(404, 405) | those(FOLLOWERS, 200, 405)),
    Access(
        "documents:arrival-extend",
        recipient,
        everyone(404, 404) | those(("officer", "registrar"), 302, 302) | those(HEADS, 403, 403),
        post=more_time,
    ),
    Access(
        "documents:response-accept",
        answer,
        everyone(405, 404)
        | those(("officer", "registrar"), 405, 302)
        | those((*HEADS, *DESK), 405, 403),
    ),
    Access(
        "documents:response-return",
        answer,
        everyone(405, 404)
        | those(("officer", "registrar"), 405, 302)
        | those((*HEADS, *DESK), 405, 403),
        post=reason,
    ),
    # Registers
    Access("documents:registers", None, everyone(200, 405)),
    Access(
        "documents:register-start",
        None,
        everyone(403, 403) | those(KEEPERS, 302, 422) | those(DESK, 302, 302),
        post=start_of_the_school,
    ),
    Access("documents:register", book_of_the_school, everyone(404, 405) | those(DESK, 200, 405)),
]
