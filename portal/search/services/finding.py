"""Find what a member may open: the index proposes, the room's gate decides, the thing speaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from portal.core.resources import Findable, Resource, resource_for, scopes_of
from portal.core.thaitext import normalise
from portal.search.domain import Piece, Wanted, compact, marked, snippet
from portal.search.models import SearchDoc
from portal.search.querysets import NEWEST, Question

PAGE_SIZE = 20
RANKED = 200
BATCH = 60
MOST_LOOKED_AT = 2_000
LONGEST_KEY = 18
FIRST_OF_RANKED = "r"
OLDER = "n"


@dataclass(frozen=True)
class Hit:
    """One thing that was found, as it is now, with the words marked."""

    label: str
    icon: str
    url: str
    title: list[Piece]
    snippet: list[Piece]
    number: str
    place: str
    on: date | None


@dataclass(frozen=True)
class Found:
    """One page of hits; `next_cursor` leads on, and nothing says how many there are."""

    hits: list[Hit]
    next_cursor: str = ""


def find_things(
    wanted: Wanted,
    *,
    member: Any,
    kinds: frozenset[str] | None = None,
    newest: bool = False,
    cursor: str = "",
) -> Found:
    """Return a page of what is wanted among what the member may open; None is the public.

    `newest` orders by day. Otherwise the newest 200 that may be opened come by how well they fit,
    and the rest by day. A cursor that makes no sense is the first page.
    """
    search = _Search(Question(wanted, scopes_of(member), kinds), member)
    sort, at = _read_cursor(cursor)
    if sort == OLDER or newest:
        return search.by_day(before=at if sort == OLDER else NEWEST)
    return search.by_fit(skip=at)


def _read_cursor(cursor: str) -> tuple[str, int]:
    sort, digits = cursor[:1], cursor[1:]
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_KEY
    if sort in {FIRST_OF_RANKED, OLDER} and is_number:
        return sort, int(digits)
    return FIRST_OF_RANKED, 0


class _Search:
    """One search by one member."""

    def __init__(self, question: Question, member: Any) -> None:
        self.question = question
        self.wanted = question.wanted
        self.member = member
        self.looked_at = 0
        self.last_id = NEWEST

    def by_day(self, *, before: int) -> Found:
        """The newest page below the id."""
        docs = list(islice(self._open_docs(before, BATCH), PAGE_SIZE + 1))
        return Found(self._hits(docs[:PAGE_SIZE]), self._older_than(docs, PAGE_SIZE))

    def by_fit(self, *, skip: int) -> Found:
        """A page of the newest 200, those that fit best first; then the way to the older ones."""
        docs = list(islice(self._open_docs(NEWEST, RANKED + 1), RANKED + 1))
        older = self._older_than(docs, RANKED)
        ranked = sorted(docs[:RANKED], key=self._weight, reverse=True)
        end = skip + PAGE_SIZE
        more = f"{FIRST_OF_RANKED}{end}" if end < len(ranked) else older
        return Found(self._hits(ranked[skip:end]), more)

    def _weight(self, doc: SearchDoc) -> tuple[int, int]:
        return self.wanted.weigh(doc.title, doc.text, doc.number), doc.pk

    def _older_than(self, docs: list[SearchDoc], size: int) -> str:
        """Return the cursor behind `size` documents, or behind the last one looked at."""
        if len(docs) > size:
            return f"{OLDER}{docs[size - 1].pk}"
        return f"{OLDER}{self.last_id}" if self.looked_at >= MOST_LOOKED_AT else ""

    def _open_docs(self, before: int, batch: int) -> Iterator[SearchDoc]:
        """Yield, newest first, the documents that fit and whose things the member may open."""
        while self.looked_at < MOST_LOOKED_AT:
            ids = SearchDoc.objects.candidates(self.question, before=before, limit=batch)
            docs = SearchDoc.objects.filter(pk__in=ids).order_by("-pk")
            fitting = [doc for doc in docs if self.wanted.fits(doc.text, doc.number)]
            may_open = self._may_open(fitting)
            for doc in fitting:
                if doc.object_id in may_open[doc.kind]:
                    yield doc
            self.looked_at += len(ids)
            if len(ids) < batch:
                return
            before = self.last_id = ids[-1]

    def _may_open(self, docs: Iterable[SearchDoc]) -> dict[str, set[int]]:
        """Ask the gate of every kind once; what nobody answers for is closed."""
        opened = defaultdict(set)
        for kind, (resource, pks) in _by_kind(docs).items():
            rows = resource.visible_to(self.member).filter(pk__in=pks)
            opened[kind] = set(rows.values_list("pk", flat=True))
        return opened

    def _hits(self, docs: list[SearchDoc]) -> list[Hit]:
        """Return what the things say now; who has changed since, and fits no more, is left out."""
        now: dict[tuple[str, int], tuple[Resource, Findable]] = {}
        for kind, (resource, pks) in _by_kind(docs).items():
            rows = resource.visible_to(self.member).filter(pk__in=pks)
            for thing in resource.with_parts(rows) if resource.with_parts else rows:
                findable = resource.find(thing) if resource.find else None
                if findable is not None and self._still_fits(findable):
                    now[kind, thing.pk] = resource, findable
        keys = [(doc.kind, doc.object_id) for doc in docs]
        return [self._hit(*now[key]) for key in keys if key in now]

    def _still_fits(self, findable: Findable) -> bool:
        text = normalise(f"{findable.title} {findable.number} {findable.body}")
        return self.wanted.fits(text, compact(findable.number))

    def _hit(self, resource: Resource, findable: Findable) -> Hit:
        words = [self.wanted.phrase, *(word.text for word in self.wanted.words)]
        return Hit(
            label=resource.label,
            icon=resource.icon,
            url=findable.url,
            title=marked(findable.title, words),
            snippet=snippet(findable.body, words),
            number=findable.number,
            place=findable.place,
            on=findable.on,
        )


def _by_kind(docs: Iterable[SearchDoc]) -> dict[str, tuple[Resource, list[int]]]:
    """Return the keys of the documents by kind, with the resource that answers for it."""
    pks = defaultdict(list)
    for doc in docs:
        pks[doc.kind].append(doc.object_id)
    found = {kind: (resource_for(kind), some) for kind, some in sorted(pks.items())}
    return {kind: (resource, some) for kind, (resource, some) in found.items() if resource}
