"""Where a member is signed in: which browsers, since when, and signing them out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from members.domain import browser_words
from members.models import AGENT, Member, Session
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import now_here
from portal.core.errors import DomainError

SEEN_EVERY = timedelta(minutes=1)
MOST_NOTED = 10_000

logger = logging.getLogger(__name__)

_noted: dict[str, datetime] = {}  # by session: when this process last saw it written


@dataclass(frozen=True)
class Device:
    """A browser in which the member is signed in; `name` does not tell the session's key."""

    name: str
    words: str
    began_at: datetime | None
    last_seen_at: datetime | None
    is_current: bool


def device_name(key: str) -> str:
    """Return what a page calls the session of this key, from which nobody finds the key."""
    return salted_hmac("members.devices", key, algorithm="sha256").hexdigest()[:32]


def devices_of(member: Member, *, current: str | None) -> list[Device]:
    """Return the browsers in which the member is signed in: `current` first, then the latest."""
    sessions = Session.objects.filter(member=member, expire_date__gt=now_here())
    found = [
        Device(
            name=device_name(session.session_key),
            words=browser_words(str(session.get_decoded().get(AGENT, ""))),
            began_at=session.began_at,
            last_seen_at=session.last_seen_at,
            is_current=session.session_key == current,
        )
        for session in sessions.order_by("-last_seen_at", "-began_at")
    ]
    return sorted(found, key=lambda device: not device.is_current)


@transaction.atomic
def end_device(member: Member, name: str, *, by: Actor) -> None:
    """The member is signed out in that browser; DomainError when they are there no longer."""
    sessions = Session.objects.filter(member=member)
    session = next((one for one in sessions if device_name(one.session_key) == name), None)
    if session is None:
        raise DomainError("เครื่องนี้ออกจากระบบไปแล้ว")
    words = browser_words(str(session.get_decoded().get(AGENT, "")))
    session.delete()
    record("auth.session_ended", member, by=by, device=words)


@transaction.atomic
def end_sessions(member: Member, *, keep: str | None = None, why: str, by: Actor) -> int:
    """The member is signed out everywhere but in the session `keep`; return in how many."""
    others = Session.objects.filter(member=member).exclude(session_key=keep or "")
    count, _ = others.delete()
    if count:
        record("auth.sessions_ended", member, by=by, count=count, why=why)
    return count


def note_seen(key: str) -> None:
    """The session was used now: written at most once a minute, and never in the way of a page."""
    now = now_here()
    if is_noted(key, now):
        return
    is_due = Q(last_seen_at__isnull=True) | Q(last_seen_at__lte=now - SEEN_EVERY)
    try:
        with transaction.atomic():  # on SQLite, in the queue of those who write
            Session.objects.filter(is_due, session_key=key).update(last_seen_at=now)
    except DatabaseError:
        logger.warning("session.not_noted", exc_info=True)


def is_noted(key: str, now: datetime) -> bool:
    """Answer whether this process has known for less than a minute; from now on it has."""
    last = _noted.get(key)
    if last is not None and abs(now - last) < SEEN_EVERY:
        return True
    if len(_noted) >= MOST_NOTED:
        _noted.clear()
    _noted[key] = now
    return False
