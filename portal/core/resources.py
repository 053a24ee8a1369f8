"""What the house may find: a registry that every room fills in its `resources.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a member: for “งานของฉัน” and the morning digest.

    `deed` says what one does there, as the words of a button; without it the subject is the link.
    An event begins at `due_at` and is never overdue. What `is_unclaimed` has come in, and nobody
    has taken it on yet (ลงรับ).
    """

    subject: str
    url: str
    state: str
    due_at: datetime | None = None
    unit: str = ""
    urgency: int = 0
    deed: str = ""
    is_event: bool = False
    is_unclaimed: bool = False


# Scope words stand in the index beside the text, so that a search narrows early. They may be wider
# than the gate, never narrower, and they are never the gate: `visible_to` is.
PUBLIC = "public"
MEMBERS = "members"
OWNERS = "owners"  # the owner of the installation, for what no post opens


def of_member(pk: int) -> str:
    """The scope word of one person."""
    return f"member:{pk}"


def in_unit(pk: int) -> str:
    """The scope word of whoever holds a post in the unit."""
    return f"unit:{pk}"


def in_office(pk: int) -> str:
    """The scope word of whoever holds a post in the office, its groups or its schools."""
    return f"office:{pk}"


def staff_of(pk: int) -> str:
    """The scope word of whoever works in the office itself or its groups, not in a school."""
    return f"staff:{pk}"


@dataclass(frozen=True)
class Findable:
    """What the search keeps of one thing, and shows of it.

    `number` is found by any part of it; `on` orders the hits, newest first; `place` is the line
    under the title (group, school, state), shown but not searched. Whoever passes the thing's
    `visible_to` has at least one of its `scopes`; without any, nobody finds it. What is secret
    stands in none of these.
    """

    title: str
    url: str
    scopes: frozenset[str] = frozenset()
    body: str = ""
    number: str = ""
    on: date | None = None
    place: str = ""


@dataclass(frozen=True)
class Resource:
    """How the house finds, shows and guards one model of a room.

    `visible_to(member)` is the gate; `readers(thing)` its other side: the members who pass it.
    `waiting(member)` is one query. `find(thing)` feeds the search; None: not to be found now.
    It is asked of twenty things on one page: `with_parts(queryset)` fetches along with them what
    it reads (`select_related`, `prefetch_related`), so that it asks the database for nothing.
    Scope words that have to be asked for come from `scopes(thing)`: only the index needs them.
    Files of the things that `secret` matches are kept by no browser.
    """

    model: type[models.Model]
    label: str
    icon: str
    visible_to: Callable[[Any], models.QuerySet[Any]]
    readers: Callable[[Any], models.QuerySet[Any]] | None = None
    find: Callable[[Any], Findable | None] | None = None
    with_parts: Callable[[models.QuerySet[Any]], models.QuerySet[Any]] | None = None
    scopes: Callable[[Any], frozenset[str]] | None = None
    waiting: Callable[[Any], Iterable[Waiting]] | None = None
    secret: models.Q | None = None


ScopesOf = Callable[[Any], frozenset[str]]

_resources: dict[str, Resource] = {}
_scopes_of: list[ScopesOf] = []


def register(resource: Resource) -> None:
    """Make the model known to the house; a second registration replaces the first."""
    _resources[resource.model._meta.label_lower] = resource


def resource_for(label: str) -> Resource | None:
    """Return the resource of a model named `app.model`, or None."""
    return _resources.get(label)


def resources() -> list[Resource]:
    """Return all resources in the order of their names."""
    return [_resources[label] for label in sorted(_resources)]


def may_open(label: str, pk: int, member: Any) -> bool:
    """Answer whether the member passes the gate of this thing; unknown things are closed."""
    resource = resource_for(label)
    return resource is not None and resource.visible_to(member).filter(pk=pk).exists()


def is_secret(label: str, pk: int) -> bool:
    """Answer whether no browser may keep a file of this thing; of unknown things none may."""
    resource = resource_for(label)
    if resource is None:
        return True
    things = resource.model._default_manager
    return resource.secret is not None and things.filter(resource.secret, pk=pk).exists()


def know_scopes(scopes_of_member: ScopesOf) -> ScopesOf:
    """Make known how the scope words of a member are found; who is who tells it (`members`)."""
    _scopes_of[:] = [scopes_of_member]
    return scopes_of_member


def scopes_of(member: Any) -> frozenset[str]:
    """Return the scope words of a member; of None, who is not signed in, only `PUBLIC`."""
    if member is None or not _scopes_of:
        return frozenset({PUBLIC})
    return _scopes_of[0](member)
