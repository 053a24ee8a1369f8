"""What every page of the house needs to know."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from members.models import OFFICE_ROLES, Role, Unit, UnitKind
from members.services import Actor
from portal.announcements.services import strip_for
from portal.home.services import help_address
from portal.notifications.services import unread_count

# Label, the shorter word for the bottom bar, icon, namespace: the rooms beside letters, in order.
ROOMS = (
    ("คลังความรู้", "ความรู้", "book-open", "knowledge"),
    ("ประชุม", "", "users", "meetings"),
    ("แบบสอบถาม", "", "list-checks", "research"),
    ("ประกาศ", "", "megaphone", "announcements"),
)


def house(request: HttpRequest) -> dict[str, Any]:
    """Return office, rooms, acting post, bell and help, for base.html; queries only when shown."""
    actor: Actor | None = getattr(request, "actor", None) or None
    facts: dict[str, Any] = {
        "is_demo": settings.IS_DEMO,
        "help_url": help_address(request),
        "actor": actor,
    }
    if actor is None or not actor.member:
        only = SimpleLazyObject(_only_office)
        door = {
            "office": only,
            "house": SimpleLazyObject(lambda: name_of(cast("Unit | None", only))),
            "school_count": SimpleLazyObject(_count_schools),
        }
        return facts | door
    office = actor.holding.post.unit.office if actor.holding else _only_office()
    return facts | {
        "office": office,
        "house": name_of(office),
        "nav": rooms(request, actor),
        "holdings": actor.holdings,
        "reader": reader_of(actor),
        "bell_count": SimpleLazyObject(lambda: unread_count(actor.member)),
        "announced": SimpleLazyObject(lambda: strip_for(actor.member)),
    }


def name_of(office: Unit | None) -> str:
    """Return the office's name for the band; nothing where nobody's stands on the door."""
    return (office.short_name or office.name) if office else ""


def _only_office() -> Unit | None:
    """Return the office when there is but one; with several, nobody's name stands on the door."""
    offices = list(Unit.objects.filter(kind=UnitKind.OFFICE)[:2])
    return offices[0] if len(offices) == 1 else None


def _count_schools() -> int:
    """Return how many schools the only office has, for the words on the sign-in page."""
    office = _only_office()
    return Unit.objects.filter(office=office).schools().open().count() if office else 0


class Place(NamedTuple):
    """A room in the band and in the bottom bar; `current` when the page is one of its."""

    label: str
    short: str
    icon: str
    url: str
    current: bool


def rooms(request: HttpRequest, actor: Actor) -> tuple[Place, ...]:
    """Return the rooms that are open, for the tabs and the bottom bar."""
    match = request.resolver_match
    here = (match.namespace or match.view_name) if match else ""
    return _rooms(letters_name(actor), here)


@lru_cache(maxsize=200)
def _rooms(letters: str, here: str) -> tuple[Place, ...]:
    """Return the rooms with the one that stands open, worked out once for each."""
    return (
        Place("งานของฉัน", "", "house", reverse("home"), here == "home"),
        Place("หนังสือ", "", "inbox", reverse(letters), here == "documents"),
        *(
            Place(label, short, icon, reverse(f"{room}:index"), here == room)
            for label, short, icon, room in ROOMS
        ),
    )


class Work(NamedTuple):
    """A post in which the person may work; `current` when they do."""

    holding: int
    label: str
    current: bool


class Reader(NamedTuple):
    """Who is signed in, as the band, the menu and a printed page name them."""

    name: str
    posts_line: str
    posts: tuple[Work, ...]
    is_staff: bool


def reader_of(actor: Actor) -> Reader:
    """Return whoever is signed in, as values."""
    current = actor.holding.pk if actor.holding else None
    return Reader(
        name=str(actor.member),
        posts_line=posts_line(actor),
        posts=tuple(
            Work(holding.pk, str(holding), holding.pk == current)
            for holding in actor.holdings or ()
        ),
        is_staff=actor.member.is_staff,
    )


def letters_name(actor: Actor) -> str:
    """Return the page where this person's letters begin: the office writes, a school receives."""
    role = actor.holding.post.role if actor.holding else ""
    if role == Role.TEACHER:
        return "documents:assigned"
    return "documents:sent" if role in OFFICE_ROLES else "documents:inbox"


def posts_line(actor: Actor) -> str:
    """Say in which posts the person works: the one post, or “ธุรการ 3 โรงเรียน”."""
    posts = [holding.post for holding in actor.holdings or ()]
    if len(posts) > 1 and len({post.role for post in posts}) == 1:
        return f"{posts[0].title.removesuffix('โรงเรียน')} {len(posts)} โรงเรียน"
    return str(actor.holding) if actor.holding else "ยังไม่มีตำแหน่ง"
