"""Lines of registers for tests: taken by hand, and those that are there."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from documents.models import Letter, RegisterEntry, Series
from documents.services.issuing import Issue, issue_number
from documents.services.reserving import reserve_number
from members.models import Unit
from members.services import Actor
from portal.core.clock import today

LAST_DAY = date(today().year, 12, 31)


def unit_of(actor: Actor) -> Unit:
    """Return the unit in whose post the actor stands."""
    return actor.holding.post.unit


def order(
    by: Actor, subject: str = "แต่งตั้งคณะกรรมการ", *, series: str = Series.ORDER, key: Any = None
) -> RegisterEntry:
    """Return the line of an order whose number was issued today."""
    issue = Issue(subject=subject, dated_on=today(), signer="ผู้อำนวยการ")
    return issue_number(unit_of(by), series, issue=issue, key=key or uuid4(), by=by)


def reserve(by: Actor, series: str = Series.OUT, day: date = LAST_DAY) -> RegisterEntry:
    """Return the line of a number that is kept until that day."""
    return reserve_number(
        unit_of(by), series, purpose="หนังสือเชิญ", expires_on=day, key=uuid4(), by=by
    )


def own_entry(letter: Letter) -> RegisterEntry:
    """Return the line under which the letter was sent."""
    return letter.register_entries.exclude(book__series=Series.IN).get()


def receipt_numbers() -> list[int]:
    """Return the numbers of all receive registers, sorted."""
    entries = RegisterEntry.objects.filter(book__series=Series.IN)
    return sorted(entries.values_list("number", flat=True))
