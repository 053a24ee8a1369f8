"""A shelf of things of a kind that only tests know, each with its readers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from members.models import Holiday
from members.tests.factories import OfficeFactory
from portal.core import resources
from portal.core.actors import SYSTEM
from portal.core.resources import PUBLIC, Findable, Resource, of_member
from portal.outbox.services import drain
from portal.search.domain import read_query
from portal.search.services import find_things, refresh

FIRST_DAY = date(2026, 1, 5)
KIND = "members.holiday"


@dataclass
class Shelf:
    """Papers lie on holidays: any row will do, what it says stands here."""

    papers: dict[int, Findable | None] = field(default_factory=dict)
    readers: dict[int, set[Any]] = field(default_factory=dict)
    is_guarded: bool = True
    office: Any = None
    asked: int = 0

    def put(self, title: str, *, to: Any = (None,), scopes: Any = None, **said: Any) -> Holiday:
        """Lay a paper there, for these members (None: for all), and let the worker index it."""
        self.office = self.office or OfficeFactory()
        day = FIRST_DAY + timedelta(days=len(self.papers))
        thing = Holiday.objects.create(office=self.office, on=day, name="กระดาษ")
        words = {PUBLIC if member is None else of_member(member.pk) for member in to}
        paper = Findable(
            title=title,
            url=f"/paper/{thing.pk}/",
            scopes=frozenset(scopes or words),
            **{"on": day, **said},
        )
        self.papers[thing.pk] = paper
        self.readers[thing.pk] = {member.pk if member else None for member in to}
        self.index(thing)
        return thing

    def change(self, thing: Holiday, **said: Any) -> None:
        self.papers[thing.pk] = replace(self.papers[thing.pk], **said)
        self.index(thing)

    def withdraw(self, thing: Holiday) -> None:
        self.papers[thing.pk] = None
        self.index(thing)

    def index(self, *things: Holiday) -> None:
        refresh(*things, by=SYSTEM)
        drain("test")

    def visible_to(self, member: Any) -> Any:
        if not self.is_guarded:
            return Holiday.objects.all()
        pk = member.pk if member else None
        allowed = [key for key, some in self.readers.items() if {None, pk} & some]
        return Holiday.objects.filter(pk__in=allowed)

    def find(self, thing: Holiday) -> Findable | None:
        self.asked += 1
        return self.papers[thing.pk]

    def search(self, typed: str, member: Any = None, **options: Any) -> Any:
        return find_things(read_query(typed), member=member, **options)

    def titles(self, typed: str, member: Any = None, **options: Any) -> list[str]:
        """Return the titles of the first page."""
        found = self.search(typed, member, **options)
        return ["".join(piece.text for piece in hit.title) for hit in found.hits]


@pytest.fixture
def shelf(db: None, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    known = dict(resources._resources)
    known[KIND] = Resource(
        model=Holiday,
        label="กระดาษ",
        icon="file-text",
        visible_to=shelf.visible_to,
        find=shelf.find,
    )
    monkeypatch.setattr(resources, "_resources", known)
    return shelf
