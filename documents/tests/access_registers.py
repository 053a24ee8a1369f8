"""Who gets what at the registers' pages: lines, numbers by hand, prints, the year's end."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from documents.models import Arrival, EntryState, RegisterBook, RegisterEntry, Series
from documents.services.issuing import Issue, issue_number
from documents.services.receiving import receive_arrivals
from documents.services.reserving import reserve_number
from documents.tests.factories import ArrivalFactory, SentLetterFactory
from portal.core.clock import be_year, db_now, today
from portal.core.thaidates import short_date
from tests.access_matrix import Access, everyone, those
from tests.world import World

DESK = ("school-clerk", "school-director")
ISSUERS = (*DESK, "registrar", "other-clerk", "other-registrar")
HEADS = ("director", "deputy")
FOLLOWERS = (*HEADS, "registrar", "officer")


def received_by_the_school(world: World) -> Arrival:
    """A letter of the office that the school received, in the register of this year."""
    letter = SentLetterFactory(owner_unit=world.group)
    arrival = ArrivalFactory(letter=letter, unit=world.school)
    receive_arrivals([arrival.pk], key=uuid4(), by=world.actor("school-clerk"))
    return Arrival.objects.get(pk=arrival.pk)


def receipt(world: World) -> dict[str, Any]:
    return {"pk": received_by_the_school(world).pk}


def line(world: World) -> dict[str, Any]:
    return {"pk": received_by_the_school(world).entry_id}


def subject_of_a_line(world: World) -> dict[str, Any]:
    return {**line(world), "column": "subject"}


def book(world: World) -> dict[str, Any]:
    entry = RegisterEntry.objects.get(pk=line(world)["pk"])
    return {"pk": entry.book_id}


def order_of_the_school(world: World) -> RegisterEntry:
    return issue_number(
        world.school,
        Series.ORDER,
        issue=Issue(subject="แต่งตั้งคณะกรรมการ", dated_on=today()),
        key=uuid4(),
        by=world.actor("school-clerk"),
    )


def order(world: World) -> dict[str, Any]:
    return {"pk": order_of_the_school(world).pk}


def order_of_the_office(world: World) -> dict[str, Any]:
    entry = issue_number(
        world.office,
        Series.ORDER,
        issue=Issue(subject="แต่งตั้งคณะกรรมการ", dated_on=today()),
        key=uuid4(),
        by=world.actor("registrar"),
    )
    return {"pk": entry.pk}


def reserved_by_the_school(world: World) -> dict[str, Any]:
    entry = reserve_number(
        world.school,
        Series.OUT,
        purpose="หนังสือเชิญ",
        expires_on=today(),
        key=uuid4(),
        by=world.actor("school-clerk"),
    )
    assert entry.state == EntryState.RESERVED
    return {"pk": entry.pk}


def send_register(world: World) -> dict[str, Any]:
    made, _ = RegisterBook.objects.get_or_create(
        unit=world.school, series=Series.OUT, be_year=be_year(db_now())
    )
    return {"pk": made.pk}


def this_year(world: World) -> dict[str, Any]:
    line(world)
    return {"unit": world.school.pk, "be_year_of_books": be_year(db_now())}


# What is sent ------------------------------------------------------------------------------------


def other_words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": uuid4(),
        "seen": RegisterEntry.objects.get(pk=kwargs["pk"]).subject,
        "value": f"เรื่องที่แก้ {uuid4()}",
        "reason": "พิมพ์ผิด",
    }


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "reason": "ออกซ้ำ"}


def one_order(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": uuid4(),
        "unit": world.school.pk,
        "series": "order",
        "subject": "แต่งตั้งเวร",
        "dated_on": short_date(today()),
    }


def three_awards(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": uuid4(),
        "unit": world.school.pk,
        "subject": "ค่ายวิชาการ",
        "count": "3",
        "dated_on": short_date(today()),
    }


def one_reservation(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": uuid4(),
        "unit": world.school.pk,
        "series": "out",
        "purpose": "หนังสือเชิญ",
        "expires_on": short_date(today()),
    }


REGISTER_ROWS = [
    *(
        Access(
            name,
            None,
            everyone(403, 403) | those(ISSUERS, 200, 422) | those(DESK, 200, 302),
            post=body,
        )
        for name, body in (
            ("documents:register-issue", one_order),
            ("documents:register-awards", three_awards),
        )
    ),
    # A group's writers keep numbers of its memos.
    Access(
        "documents:register-reserve",
        None,
        everyone(403, 403) | those((*ISSUERS, "officer"), 200, 422) | those(DESK, 200, 302),
        post=one_reservation,
    ),
    Access("documents:register-entry", line, everyone(404, 405) | those(DESK, 200, 405)),
    Access(
        "documents:register-entry",
        order_of_the_office,
        everyone(404, 405) | those((*HEADS, "registrar"), 200, 405),
    ),
    Access(
        "documents:register-correct",
        subject_of_a_line,
        everyone(404, 404) | those(DESK, 200, 302),
        post=other_words,
    ),
    Access(
        "documents:register-void",
        order,
        everyone(405, 404) | those(DESK, 405, 302),
        post=reason,
    ),
    Access(
        "documents:register-void",
        order_of_the_office,
        everyone(405, 404) | those(HEADS, 405, 403) | those(("registrar",), 405, 302),
        post=reason,
    ),
    Access(
        "documents:register-void",
        reserved_by_the_school,
        everyone(405, 404) | those(DESK, 405, 302),
        post=reason,
    ),
    Access("documents:register-paper", order, everyone(405, 404) | those(DESK, 405, 422)),
    Access("documents:register-print", book, everyone(404, 404) | those(DESK, 200, 302)),
    Access("documents:register-pdf", book, everyone(404, 405) | those(DESK, 200, 405)),
    Access("documents:register-xlsx", book, everyone(404, 405) | those(DESK, 200, 405)),
    Access(
        "documents:register-delivery", send_register, everyone(404, 405) | those(DESK, 200, 405)
    ),
    Access(
        "documents:register-year",
        this_year,
        everyone(404, 404) | those(DESK, 200, 422),
        post=reason,
    ),
    Access("documents:register-closing", this_year, everyone(404, 405) | those(DESK, 302, 405)),
    Access("documents:register-year-xlsx", this_year, everyone(404, 405) | those(DESK, 200, 405)),
    Access(
        "documents:arrival-receipt",
        receipt,
        everyone(404, 405) | those(DESK, 200, 405) | those(FOLLOWERS, 200, 405),
    ),
]
