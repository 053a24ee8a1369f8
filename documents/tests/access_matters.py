"""Who gets what where a letter comes to the office: a school writes, and what becomes of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from documents.models import RegisterBook, Series
from documents.services.handling import accept_matter, assign_matter, close_matter
from documents.services.receiving import refuse_arrival
from documents.services.routing import propose_matter, route_matter
from documents.services.sending import prepare_sending
from documents.tests.matter_factories import at_office, received, school_draft
from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory
from portal.core.clock import be_year, db_now
from tests.access_matrix import Access, everyone, those
from tests.world import World

OVERSEERS = ("director", "deputy", "registrar")
HEADS = ("director", "deputy")
DESK = ("school-clerk", "school-director")
OFFICE = ("director", "deputy", "registrar", "officer", "other-registrar")
INSIDE = (*OVERSEERS, "officer")
OPENING = frozenset(
    {
        "documents.opening",
        "documents.arrival.opened_at",
        "documents.arrival.opened_by",
    }
)


# A school's letter ------------------------------------------------------------------------------


def draft_of_the_school(world: World) -> dict[str, Any]:
    return {"pk": school_draft(world.actor("school-clerk")).pk}


def waiting_at_the_office(world: World) -> dict[str, Any]:
    return {"pk": at_office(world.school).letter_id}


def arrival_at_the_office(world: World) -> dict[str, Any]:
    return {"pk": at_office(world.school).pk}


def refused_by_the_office(world: World) -> dict[str, Any]:
    arrival = at_office(world.school)
    refuse_arrival(arrival, reason="ไม่มีสิ่งที่ส่งมาด้วย", by=world.actor("registrar"))
    return {"pk": arrival.letter_id}


# A matter in its states -------------------------------------------------------------------------


def new(world: World) -> dict[str, Any]:
    return {"pk": matter_of(world).pk}


def matter_of(world: World) -> Any:
    return received(world.school, by=world.actor("registrar"))


def laid_before_the_director(world: World) -> dict[str, Any]:
    return _proposed(world, "director")


def laid_before_the_deputy(world: World) -> dict[str, Any]:
    return _proposed(world, "deputy")


def _proposed(world: World, role: str) -> dict[str, Any]:
    matter = matter_of(world)
    post = world.actor(role).holding.post
    propose_matter(matter, post=post, text="มอบกลุ่ม", by=world.actor("registrar"))
    return {"pk": matter.pk}


def at_the_group(world: World) -> dict[str, Any]:
    return {"pk": _routed(world).pk}


def _routed(world: World) -> Any:
    return route_matter(matter_of(world), main_unit=world.group, by=world.actor("registrar"))


def a_copy_for_the_group(world: World) -> dict[str, Any]:
    matter = matter_of(world)
    other = GroupFactory(office=world.office)
    route_matter(matter, main_unit=other, copies=[world.group], by=world.actor("registrar"))
    return {"pk": matter.pk}


def given_to_the_officer(world: World) -> dict[str, Any]:
    return {"pk": _assigned(world).pk}


def _assigned(world: World) -> Any:
    clerk = ActorFactory(role=Role.GROUP_CLERK, unit=world.group)
    return assign_matter(_routed(world), officer=world.members["officer"], by=clerk)


def in_the_officers_hand(world: World) -> dict[str, Any]:
    return {"pk": accept_matter(_assigned(world), by=world.actor("officer")).pk}


def settled(world: World) -> dict[str, Any]:
    matter = accept_matter(_assigned(world), by=world.actor("officer"))
    close_matter(matter, result="แจ้งแล้ว", by=world.actor("officer"))
    return {"pk": matter.pk}


def letter_at_the_group(world: World) -> dict[str, Any]:
    return {"pk": _routed(world).arrival.letter_id}


def letter_in_the_office(world: World) -> dict[str, Any]:
    return {"pk": matter_of(world).arrival.letter_id}


def stamped_at_the_group(world: World) -> dict[str, Any]:
    return {"pk": _routed(world).arrival_id}


def book_of_the_office(world: World) -> dict[str, Any]:
    book, _ = RegisterBook.objects.get_or_create(
        unit=world.office, series=Series.IN, be_year=be_year(db_now())
    )
    return {"pk": book.pk}


# What is sent -----------------------------------------------------------------------------------


def new_subject(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"version": 2, "subject": "เรื่องใหม่"}


def frozen(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    clerk = world.actor("school-clerk")
    letter = clerk.holding.post.unit.letters.select_related("office").get(pk=kwargs["pk"])
    return {"snapshot": prepare_sending(letter, by=clerk).pk, "key": uuid4()}


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "เป็นงานของกลุ่มอื่น"}


def result(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"result": "แจ้งโรงเรียนแล้ว"}


def proposal(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    post = world.actor("director").holding.post_id
    return {"key": uuid4(), "way": "propose", "post": post, "text": "มอบกลุ่ม"}


def order(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": uuid4(),
        "seen": 2,
        "presets": ["give"],
        "outcome": "route",
        "main_unit": world.group.pk,
    }


def to_the_officer(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"officer": world.members["officer"].pk}


def key(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4()}


def top_left(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"place": "top_left"}


ROWS = [
    # What a school writes
    Access(
        "documents:letter-edit",
        draft_of_the_school,
        everyone(404, 404) | those(DESK, 200, 302),
        post=new_subject,
    ),
    Access(
        "documents:letter-audience", draft_of_the_school, everyone(404, 404) | those(DESK, 200, 422)
    ),
    Access(
        "documents:letter-submit", draft_of_the_school, everyone(405, 404) | those(DESK, 405, 422)
    ),
    Access(
        "documents:letter-confirm", draft_of_the_school, everyone(404, 404) | those(DESK, 302, 200)
    ),
    Access(
        "documents:letter-send",
        draft_of_the_school,
        everyone(404, 404) | those(DESK, 302, 302),
        post=frozen,
    ),
    *(
        Access(
            "documents:letter",
            setup,
            everyone(404, 405) | those((*DESK, *OVERSEERS), 200, 405),
            get_writes=OPENING,
        )
        for setup in (waiting_at_the_office, refused_by_the_office)
    ),
    # To the office alone it is followed on its own page
    *(
        Access(
            name,
            waiting_at_the_office,
            everyone(404, 405) | those(DESK, answer, 405) | those(OVERSEERS, 403, 405),
        )
        for name, answer in (
            ("documents:letter-board", 302),
            ("documents:letter-progress", 200),
            ("documents:letter-board-xlsx", 302),
        )
    ),
    Access("documents:arrival", arrival_at_the_office, everyone(404, 405) | those(DESK, 200, 405)),
    Access(
        "documents:arrival-refuse",
        arrival_at_the_office,
        everyone(404, 404) | those(("registrar",), 302, 302) | those(HEADS, 302, 403),
        post=reason,
    ),
    # The letter of a matter leads to the matter; a school stays with its letter
    Access(
        "documents:letter",
        letter_in_the_office,
        everyone(404, 405) | those(DESK, 200, 405) | those(OVERSEERS, 302, 405),
    ),
    Access(
        "documents:letter",
        letter_at_the_group,
        everyone(404, 405) | those(DESK, 200, 405) | those(INSIDE, 302, 405),
    ),
    Access(
        "documents:arrival-stamped",
        stamped_at_the_group,
        everyone(404, 405) | those(INSIDE, 200, 405),
    ),
    Access(
        "documents:arrival-stamp",
        stamped_at_the_group,
        everyone(405, 404) | those(("registrar",), 405, 302) | those(HEADS, 405, 403),
        post=top_left,
    ),
    Access(
        "documents:register", book_of_the_office, everyone(404, 405) | those(OVERSEERS, 200, 405)
    ),
    # Matters
    Access("documents:matters", None, everyone(403, 405) | those(OFFICE, 200, 405)),
    Access(
        "documents:outside",
        None,
        everyone(403, 403) | those(("registrar", "other-registrar"), 200, 422),
    ),
    Access("documents:matter", new, everyone(404, 405) | those(OVERSEERS, 200, 405)),
    *(
        Access("documents:matter", setup, everyone(404, 405) | those(INSIDE, 200, 405))
        for setup in (at_the_group, a_copy_for_the_group, in_the_officers_hand, settled)
    ),
    Access(
        "documents:matter-propose",
        new,
        everyone(404, 404) | those(("registrar",), 200, 302) | those(HEADS, 403, 403),
        post=proposal,
    ),
    Access(
        "documents:matter-propose",
        at_the_group,
        everyone(404, 404) | those(("registrar",), 302, 302) | those((*HEADS, "officer"), 403, 403),
        post=proposal,
    ),
    Access(
        "documents:matter-endorse",
        laid_before_the_director,
        everyone(404, 404)
        | those(("director",), 200, 302)
        | those(("deputy", "registrar"), 403, 403),
        post=order,
    ),
    Access(
        "documents:matter-endorse",
        laid_before_the_deputy,
        everyone(404, 404) | those(HEADS, 200, 302) | those(("registrar",), 403, 403),
        post=order,
    ),
    Access(
        "documents:matter-endorse",
        at_the_group,
        everyone(404, 404)
        | those(("director",), 302, 302)
        | those(("deputy", "registrar", "officer"), 403, 403),
        post=order,
    ),
    # Its desk alone hands it out: neither officer nor director has that post
    Access(
        "documents:matter-assign",
        at_the_group,
        everyone(404, 404) | those(INSIDE, 403, 403),
        post=to_the_officer,
    ),
    Access(
        "documents:matter-note",
        a_copy_for_the_group,
        everyone(405, 404) | those(INSIDE, 405, 403),
    ),
    Access(
        "documents:matter-accept",
        given_to_the_officer,
        everyone(405, 404) | those(OVERSEERS, 405, 403) | those(("officer",), 405, 302),
    ),
    Access(
        "documents:matter-return",
        given_to_the_officer,
        everyone(404, 404) | those(OVERSEERS, 403, 403) | those(("officer",), 200, 302),
        post=reason,
    ),
    Access(
        "documents:matter-reply",
        in_the_officers_hand,
        everyone(405, 404) | those(OVERSEERS, 405, 403) | those(("officer",), 405, 302),
        post=key,
    ),
    Access(
        "documents:matter-close",
        in_the_officers_hand,
        everyone(404, 404) | those(OVERSEERS, 403, 403) | those(("officer",), 200, 302),
        post=result,
    ),
    Access(
        "documents:matter-reopen",
        settled,
        everyone(404, 404) | those((*HEADS, "officer"), 403, 403) | those(("registrar",), 200, 302),
        post=reason,
    ),
]
