"""What the house may find: a registry that every room fills in its `resources.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a member: for “งานของฉัน” and the morning digest."""

    subject: str
    url: str
    state: str
    due_at: datetime | None = None
    unit: str = ""
    urgency: int = 0


@dataclass(frozen=True)
class Resource:
    """How the house finds, shows and guards one model of a room.

    `visible_to(member)` is the gate; `readers(thing)` its other side: the members who pass it.
    `waiting(member)` is one query; `text(thing)` feeds the search.
    """

    model: type[models.Model]
    label: str
    icon: str
    visible_to: Callable[[Any], models.QuerySet[Any]]
    readers: Callable[[Any], models.QuerySet[Any]] | None = None
    text: Callable[[Any], str] | None = None
    waiting: Callable[[Any], Iterable[Waiting]] | None = None


_resources: dict[str, Resource] = {}


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
