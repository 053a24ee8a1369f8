"""Keep one document per thing that can be found, as the thing is now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import Any

from django.db import models, transaction

from portal.core.actors import Actor
from portal.core.locks import lock_on
from portal.core.resources import Findable, Resource, resource_for
from portal.core.thaitext import normalise
from portal.outbox.services import publish
from portal.search.domain import EDITION, atoms_of_normalised, compact, number_parts
from portal.search.models import SearchDoc
from portal.search.querysets import add_to_terms, mark, part

TOPIC = "search.refresh"
BATCH = 200
LONGEST_TEXT = 200_000
SEQUENCE_BITS = 24
Progress = Callable[[int], None]


def refresh(*things: models.Model, by: Actor) -> None:
    """The worker brings the index up to date with these things after the commit.

    Every service that changes what `Resource.find` answers calls it, in the deed's transaction;
    of a thing that will be deleted before that, while it still has its key.
    """
    if len(things) == 1:
        publish(TOPIC, things[0], by=by)
        return
    pks: dict[str, set[int]] = defaultdict(set)
    for thing in things:
        pks[thing._meta.label_lower].add(thing.pk)
    for kind, found in pks.items():
        for some in _in_batches(sorted(found)):
            publish(TOPIC, by=by, kind=kind, pks=some)


@transaction.atomic
def index_things(kind: str, pks: Iterable[int]) -> int:
    """The index says of these things what they say now; return how many documents changed.

    A thing that is gone, or not to be found now, has no document. A second run changes nothing.
    One worker at a time writes the index: who waits reads the things afterwards.
    """
    lock_on("search.index")
    resource = resource_for(kind)
    wanted = list(pks)
    known = {doc.object_id: doc for doc in SearchDoc.objects.of_things(kind, wanted)}
    new = {}
    if resource is not None and resource.find is not None:
        for thing in _things(resource).filter(pk__in=wanted):
            findable = resource.find(thing)
            if findable is not None:
                scopes = resource.scopes(thing) if resource.scopes else findable.scopes
                new[thing.pk] = replace(findable, scopes=scopes)
    return _write(kind, known, new)


def _things(resource: Resource) -> models.QuerySet[Any]:
    things = resource.model._default_manager.all()
    return resource.with_parts(things) if resource.with_parts else things


def _write(kind: str, known: dict[int, SearchDoc], new: dict[int, Findable]) -> int:
    """Replace the documents that differ; count their atoms out and in."""
    gone = [doc for pk, doc in known.items() if pk not in new]
    fresh = []
    for pk, findable in sorted(new.items()):
        digest = _digest(findable)
        doc = known.get(pk)
        if doc is None or (doc.digest, doc.edition) != (digest, EDITION):
            fresh.append((pk, findable, digest))
            gone += [doc] if doc else []
    changes: Counter[str] = Counter()
    for doc in gone:
        changes.subtract({"", *doc.atoms.split()})
    SearchDoc.objects.filter(pk__in=[doc.pk for doc in gone]).delete()
    free = _FreeIds()
    docs = [_document(kind, pk, findable, digest, free) for pk, findable, digest in fresh]
    SearchDoc.objects.bulk_create(docs)
    for doc in docs:
        changes.update({"", *doc.atoms.split()})
    add_to_terms(changes)
    return len(docs) + len(gone)


def _digest(findable: Findable) -> str:
    """Return a fingerprint of what is indexed of a thing."""
    said = [
        findable.title,
        findable.number,
        findable.body,
        str(findable.on),
        *sorted(findable.scopes),
    ]
    return blake2b("\x00".join(said).encode(), digest_size=16).hexdigest()


def _document(kind: str, pk: int, findable: Findable, digest: str, free: _FreeIds) -> SearchDoc:
    text = normalise(f"{findable.title} {findable.number} {findable.body}").replace("\x00", "")
    text = text[:LONGEST_TEXT]
    marks = {mark(scope) for scope in findable.scopes} | {mark(f"kind{kind}")}
    return SearchDoc(
        id=free.take(findable.on),
        kind=kind,
        object_id=pk,
        title=normalise(findable.title).replace("\x00", ""),
        number=compact(findable.number).replace("\x00", ""),
        text=text,
        atoms=" ".join(atoms_of_normalised(text)),
        parts=" ".join(part(end) for end in number_parts(findable.number)),
        marks=" ".join(sorted(marks)),
        digest=digest,
        edition=EDITION,
    )


class _FreeIds:
    """Ids that nobody has: the day, then a number within it. What has no day is always of now."""

    def __init__(self) -> None:
        self.last: dict[int, int] = {}

    def take(self, on: date | None) -> int:
        day = (on or date.max).toordinal()
        if day not in self.last:
            first = day << SEQUENCE_BITS
            found = SearchDoc.objects.filter(pk__gte=first, pk__lt=first + (1 << SEQUENCE_BITS))
            highest = found.aggregate(highest=models.Max("pk"))["highest"]
            self.last[day] = first if highest is None else highest
        self.last[day] += 1
        return self.last[day]


def reindex(resource: Resource, *, after: int = 0, progress: Progress = lambda pk: None) -> int:
    """Every thing of this kind with a key above `after` is in the index as it is now.

    In batches of their own transactions, in the order of keys: `progress` hears the last key, with
    which an interrupted run goes on. Return how many documents changed.
    """
    changed, last = 0, after
    kind = resource.model._meta.label_lower
    keys = resource.model._default_manager.order_by("pk").values_list("pk", flat=True)
    while pks := list(keys.filter(pk__gt=last)[:BATCH]):
        changed += index_things(kind, pks)
        last = pks[-1]
        progress(last)
    return changed


def forget_gone(kind: str) -> int:
    """No document is left of a thing of this kind that is gone; return how many there were."""
    changed, last = 0, 0
    resource = resource_for(kind)
    docs = SearchDoc.objects.filter(kind=kind).order_by("object_id")
    keys = docs.values_list("object_id", flat=True)
    while pks := list(keys.filter(object_id__gt=last)[:BATCH]):
        there: set[int] = set()
        if resource is not None and resource.find is not None:
            things = resource.model._default_manager.filter(pk__in=pks)
            there = set(things.values_list("pk", flat=True))
        if missing := [pk for pk in pks if pk not in there]:
            changed += index_things(kind, missing)
        last = pks[-1]
    return changed


def _in_batches(pks: Sequence[int]) -> Iterable[list[int]]:
    return (list(pks[at : at + BATCH]) for at in range(0, len(pks), BATCH))
