"""The access matrix: every address of the portal × every role, by number.

A room writes its rows in `<room>/tests/access.py` as a list `ROWS`:

    from tests.access_matrix import Access, everyone
    from tests.world import World

    def arrived(world: World) -> dict[str, Any]:
        letter = SentLetterFactory(office=world.office, schools=[world.school])
        return {"pk": letter.pk}

    ROWS = [
        Access(
            "documents:letter-receive",
            arrived,
            everyone(404, 404) | {
                "registrar": (403, 403),
                "school-clerk": (200, 302),
                "school-director": (200, 302),
            },
            post=lambda world, kwargs: {"key": str(uuid4())},
        ),
    ]

- `setup(world)` makes the thing the address is about and returns the address's arguments; None
  when it takes none. `world` is `tests.world.World`: an office, its group, the school the matter
  belongs to, another school, another office, and a member for every role.
- The answers are (GET, POST) and name every role of `tests.world.ROLES`; `everyone(get, post)`
  fills them, with 302 to the sign-in page for anonymous. The scheme of the house: anonymous 302
  (or 404), a stranger 404, seen but not allowed 403, a method the address does not know 405.
  A room may write several rows for one address: own and others', one per state that matters.
- `post(world, kwargs)` is the body of the POST (empty without it: a form then answers 422).
- `get_writes` names what this GET may write, the whole list of the house being in these rows:
  `"documents.reading"` (a table) or `"documents.arrival.opened_at"` (a column). A session may
  always be written: any GET of a member notes its last use, at most once a minute.

Every row is asked by every role, and beside the answers three things are checked: no GET changes
anything that is not named, no POST without a CSRF token gets past 403, and nothing is a 500.
Django's admin and allauth's pages are judged by one rule each (`tests/test_access.py`); views
that need no sign-in are the closed list PUBLIC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from members.models import Session
from tests.surroundings import our_apps
from tests.world import ANONYMOUS, ROLES, World

PUBLIC = frozenset(
    {
        "home",
        "setup",
        "livez",
        "readyz",
        "help",
        "help-page",
        "search:search",
        "announcements:index",
        "announcements:announcement",
        "members:directory",
        "members:schools",
        "problems:report",
        "problems:thanks",
        "knowledge:index",
        "knowledge:list",
        "knowledge:article",
        "files:download",
        "members:use-code",
        "research:answer",
    }
)
ALWAYS_WRITABLE = frozenset({"members.session"})
ONLY_READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")

Answers = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Access:
    """What every role gets at one address, for one thing in one state."""

    url_name: str
    setup: Callable[[World], dict[str, Any]] | None
    answers: Answers
    post: Callable[[World, dict[str, Any]], dict[str, Any]] | None = None
    query: str = ""
    get_writes: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        return f"{self.url_name}-{self.setup.__name__}" if self.setup else self.url_name


def everyone(get: int, post: int, *, anonymous: tuple[int, int] = (302, 302)) -> Answers:
    """Return these answers for every signed-in role, and the way to the sign-in for the rest."""
    return dict.fromkeys(ROLES, (get, post)) | {ANONYMOUS: anonymous}


def those(names: Iterable[str], get: int, post: int) -> Answers:
    """Return these answers for the roles named."""
    return dict.fromkeys(names, (get, post))


def all_rows() -> list[Access]:
    """Return the rows of every room and foundation."""
    return [
        row
        for app in our_apps()
        if (Path(app.path) / "tests" / "access.py").is_file()
        for row in import_module(f"{app.name}.tests.access").ROWS
    ]


# The addresses --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """One entry of the URLconf; `owner` is "admin", "allauth" or "" for our own."""

    name: str
    route: str
    view: Callable[..., HttpResponseBase]
    owner: str

    @property
    def is_public(self) -> bool:
        return not getattr(self.view, "login_required", True)


def addresses() -> list[Address]:
    """Return every address of the URLconf in use."""
    return list(_walk(get_resolver(), "", "", ""))


def _walk(resolver: URLResolver, route: str, namespace: str, owner: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Address(f"{namespace}{entry.name or here}", here, entry.callback, owner)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, here, inner, owner or _owner_of(entry))


def _owner_of(resolver: URLResolver) -> str:
    if resolver.namespace == "admin":
        return "admin"
    module = getattr(resolver.urlconf_module, "__name__", "")
    return "allauth" if module.split(".")[0] == "allauth" else ""


# Asking ---------------------------------------------------------------------------------------


def complaints_about(row: Access, world: World) -> list[str]:
    """Ask the row's address as every role; return what did not come out as the row says."""
    kwargs = row.setup(world) if row.setup else {}
    url = reverse(row.url_name, kwargs=kwargs)
    body = row.post(world, kwargs) if row.post else {}
    found = []
    for role in ROLES:
        get, post = row.answers[role]
        key = _session(world, role)
        found += _ask(
            f"{row} {role} GET", get, lambda role=role, key=key: _get(row, role, key, url)
        )
        found += _ask(f"{row} {role} POST", post, lambda key=key: _client(key).post(url, body))
        found += _ask(
            f"{row} {role} POST without token",
            403,
            lambda key=key: _client(key, enforce_csrf_checks=True).post(url, body),
        )
    return found


class GetWrote(Exception):
    """A GET changed what its row does not name."""


def _to_be_undone() -> transaction.Atomic:
    """A block that lets a `durable` service run inside it, as the block of every test does."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


def _ask(what: str, expected: int, request: Callable[[], HttpResponseBase]) -> list[str]:
    """Make one request, undo whatever it did, and return at most one complaint."""
    try:
        with _to_be_undone():
            response = request()
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001 - whatever escapes a view is the complaint
        return [f"{what}: {type(error).__name__}: {error}"]
    if response.status_code == expected:
        return []
    return [f"{what}: {response.status_code} instead of {expected}"]


def _session(world: World, role: str) -> str:
    """Sign the role in once for all that is asked, which is undone; return the session's key."""
    if role == ANONYMOUS:
        return ""
    client = Client()
    client.force_login(world.members[role])
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def _client(key: str, **options: Any) -> Client:
    client = Client(**options)
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def _get(row: Access, role: str, key: str, url: str) -> HttpResponseBase:
    client = _client(key)
    if row.answers[role][0] == HTTPStatus.METHOD_NOT_ALLOWED:
        return client.get(url + row.query)  # the view never runs
    with _to_be_undone():
        with _watch() as statements:
            response = client.get(url + row.query)
            if response.streaming:
                b"".join(response)
        after = table_prints(row.get_writes) if statements else {}
        transaction.set_rollback(True)
    before = table_prints(row.get_writes) if statements else {}
    changed = sorted(table for table in after if after[table] != before[table])
    if changed:
        raise GetWrote(", ".join(changed))
    return response


@contextmanager
def _watch() -> Iterator[list[str]]:
    """Gather every statement that may change a table, but for sessions.

    Only after such a statement the tables are compared: whoever wrote nothing changed nothing.
    """
    seen: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        words = str(sql).lstrip()
        if not words.startswith(ONLY_READS) and f'"{Session._meta.db_table}"' not in words:
            seen.append(words)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def table_prints(writable: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return a fingerprint of every table, leaving out the writable tables and columns."""
    prints = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in writable | ALWAYS_WRITABLE or not model._meta.managed:
            continue
        columns = [
            column.attname
            for column in model._meta.concrete_fields
            if f"{label}.{column.name}" not in writable
        ]
        rows = list(model._base_manager.order_by("pk").values_list(*columns))
        prints[label] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return prints
