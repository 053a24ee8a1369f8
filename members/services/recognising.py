"""Who asks: a session with its member, their posts and what their bell counts, by one question.

Every page asks this before anything else. Django asks in two steps, session first and member
afterwards; so the member whom the session brought along waits here until they are asked for, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from members.models import Holding, Member, Session
from members.querysets import as_held, holdings_on, holds
from portal.core.clock import now_here, today
from portal.core.prepared import prepared
from portal.notifications.models import UnreadCounter

_recognised: ContextVar[Member | None] = ContextVar("recognised", default=None)


def session_by_key(key: str) -> Session | None:
    """Return the session that lasts, if any; its member is recognised (without a post: by two)."""
    forget_recognised()
    found = _holdings_by_session(key, now_here(), today())
    if not found:
        session = next(iter(_sessions(key, now_here())), None)
        if session is not None and session.member is not None:
            _recognised.set(_keeping(session.member, []))
        return session
    first: Any = found[0]  # with what was annotated
    first.member.unread_kept = first.unread or 0
    _recognised.set(_keeping(first.member, found))
    return Session(
        session_key=key,
        session_data=first.session_data,
        expire_date=first.expire_date,
        member=first.member,
    )


def member_of_session(pk: int) -> Member | None:
    """Return this member, who keeps their current holdings: brought by the session or asked for."""
    brought = _recognised.get()
    forget_recognised()
    if brought is not None and brought.pk == pk:
        return brought
    found = holdings_on(pk, today(), model=Holding)
    member = found[0].member if found else next(iter(_members(pk)), None)
    return None if member is None else _keeping(member, found)


def forget_recognised() -> None:
    """Nobody is recognised: another request begins."""
    _recognised.set(None)


def _keeping(member: Member, holdings: Sequence[Holding]) -> Member:
    """Let the member keep these holdings, which are all current ones."""
    member.holdings_kept = tuple(holdings)
    for held in holdings:
        held.member = member
    return member


@prepared
def _holdings_by_session(key: str, now: datetime, day: date) -> QuerySet[Holding]:
    """The current holdings of the session's member, each with session and count of the bell."""
    unread = UnreadCounter.objects.filter(member=OuterRef("member")).values("n")
    rows = Holding.objects.filter(
        holds("", on=day), member__sessions__session_key=key, member__sessions__expire_date__gt=now
    ).annotate(
        session_data=F("member__sessions__session_data"),
        expire_date=F("member__sessions__expire_date"),
        unread=Subquery(unread),
    )
    return as_held(rows)


@prepared
def _sessions(key: str, now: datetime) -> QuerySet[Session]:
    rows = Session.objects.filter(session_key=key, expire_date__gt=now)
    return rows.select_related("member")


@prepared
def _members(pk: int) -> QuerySet[Member]:
    return Member.objects.filter(pk=pk)
