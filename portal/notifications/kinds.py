"""What the house can tell its members: a registry that every room fills in `notifications.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.db.models import QuerySet

from portal.notifications.domain import Group

if TYPE_CHECKING:
    from members.models import Member
    from portal.outbox.models import OutboxMessage


@dataclass(frozen=True)
class Text:
    """What a notification says, on every channel: rendered once for all who get it.

    `lines` are at most three plain lines; `url` is an address inside the portal; `unit_text` names
    the school or group it is about. Whatever is secret stands in none of them.
    """

    title: str
    lines: Sequence[str] = ()
    url: str = ""
    unit_text: str = ""


@dataclass(frozen=True)
class Office:
    """In whose name mail goes out, and on which days its office is closed."""

    name: str = ""
    holidays: Collection[date] = ()


class Kind:
    """One kind of notification. Its `key` is the topic of the outbox row that causes it.

    A room subclasses it in its `notifications.py` and publishes to the topic in a service; bell,
    read marks, mail and retries are the house's business. Every method may be asked again later:
    whoever is no longer among `recipients`, or what is no longer true, is not sent.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "bell"
    group: ClassVar[Group] = Group.NEW
    """Where it stands in the morning mail; other than new, it reminds of what waits already."""

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        """Return the members whom this message concerns now."""
        raise NotImplementedError

    def text(self, message: OutboxMessage) -> Text:
        """Return what is said to them."""
        raise NotImplementedError

    def is_urgent(self, message: OutboxMessage) -> bool:
        """Answer whether mail goes at once instead of with the next morning's digest."""
        return False

    def is_still_true(self, message: OutboxMessage) -> bool:
        """Answer whether there is still a reason to tell anybody."""
        return True

    def office(self, message: OutboxMessage) -> Office:
        """Return the office that speaks; without one, only Saturday and Sunday are closed."""
        return Office()


KindT = TypeVar("KindT", bound=type[Kind])
Follower = Callable[[Kind], None]

_kinds: dict[str, Kind] = {}
_followers: list[Follower] = []


def register(kind: KindT) -> KindT:
    """Make the kind known to the house; its messages are told to their recipients from now on."""
    one = kind()
    _kinds[one.key] = one
    for follow in _followers:
        follow(one)
    return kind


def kind_of(key: str) -> Kind | None:
    """Return the kind with this key, or None when its room no longer has it."""
    return _kinds.get(key)


def kinds() -> list[Kind]:
    """Return all kinds in the order of their keys."""
    return [_kinds[key] for key in sorted(_kinds)]


def for_each_kind(follow: Follower) -> None:
    """Call `follow` for every kind known now and for every one registered later.

    The rooms register before or after `tasks.py` is imported; neither order loses one.
    """
    _followers.append(follow)
    for kind in kinds():
        follow(kind)
