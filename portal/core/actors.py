"""Who acts: the person, the post they act in, and the post they act for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from members.models import Member


class Actor(Protocol):
    """Whoever does a deed; every service takes one as the keyword `by`."""

    @property
    def member(self) -> Any: ...
    @property
    def holding(self) -> Any: ...
    @property
    def for_post(self) -> Any: ...


@dataclass(frozen=True)
class SystemActor:
    """The house itself: the worker, a command, a daily job."""

    name: str = "ระบบ"
    member: None = None
    holding: None = None
    for_post: None = None


SYSTEM = SystemActor()


class PortalRequest(HttpRequest):
    """A request after the middleware: signed in, with the acting post and htmx."""

    actor: Any
    user: Member
    htmx: HtmxDetails


def reader_of(request: PortalRequest) -> Member | None:
    """Return who reads; None for a visitor."""
    return request.user if request.user.is_authenticated else None
