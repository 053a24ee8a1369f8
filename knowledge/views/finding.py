"""Who asks, what they may see, and in which of their posts they may do something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from knowledge.models import Article
from knowledge.policies import can_edit
from members.models import Member
from members.services import Actor
from portal.core.actors import PortalRequest


def reader_of(request: PortalRequest) -> Member | None:
    """Return who reads; None for a visitor."""
    return request.user if request.user.is_authenticated else None


def article_of(request: PortalRequest, pk: int) -> Article:
    """Return the article when this member may see it; anything else does not exist."""
    rows = Article.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("owner_unit", "office", "author"), pk=pk)


def in_post(request: PortalRequest, may: Callable[[Actor, Any], bool], thing: Any) -> Actor:
    """Return this person in the post that may do it, the acting one first; 403 when none may."""
    actor: Actor = request.actor
    others = [
        Actor(member=actor.member, holding=held, holdings=actor.holdings)
        for held in actor.holdings or ()
    ]
    for candidate in (actor, *others):
        if may(candidate, thing):
            return candidate
    raise PermissionDenied


def may_do(request: PortalRequest, may: Callable[[Actor, Any], bool], thing: Any) -> bool:
    """Answer whether one of this person's posts may do it; a visitor may nothing."""
    if reader_of(request) is None:
        return False
    try:
        in_post(request, may, thing)
    except PermissionDenied:
        return False
    return True


def editor_of(request: PortalRequest, article: Article) -> Actor:
    return in_post(request, can_edit, article)
