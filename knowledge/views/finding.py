"""Who asks, what they may see, and in which of their posts they may do something."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from knowledge.models import Article
from knowledge.policies import can_edit
from members.services import Actor, act_where
from portal.core.actors import PortalRequest


def article_of(request: PortalRequest, pk: int) -> Article:
    """Return the article when this member may see it; anything else does not exist."""
    rows = Article.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("owner_unit", "office", "author"), pk=pk)


def editor_of(request: PortalRequest, article: Article) -> Actor:
    return act_where(request.actor, can_edit, article)
