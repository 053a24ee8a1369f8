"""Publish an article, and take it back."""

from __future__ import annotations

from django.db import transaction

from knowledge.models import Article, ArticleState
from knowledge.policies import can_publish, can_withdraw
from knowledge.services.writing import require_complete
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.thaitext import one_line
from portal.outbox.services import publish
from portal.search.services import refresh


@transaction.atomic
def publish_article(article: Article, *, by: Actor) -> Article:
    """Whoever the article is meant for may read it; the first time, the unit's people are told."""
    locked = Article.objects.select_related("owner_unit").lock(article.pk)
    require(can_publish(by, locked))
    require_complete(locked)
    before, is_first = locked.state, not locked.was_published
    locked.move_to(ArticleState.PUBLISHED)
    locked.published_at = locked.published_at or db_now()
    locked.withdrawn_at, locked.withdrawal_reason = None, ""
    locked.save(update_fields=["state", "published_at", "withdrawn_at", "withdrawal_reason"])
    record(
        "article.published",
        locked,
        by=by,
        state=[before, locked.state],
        version=locked.version,
        visibility=locked.visibility,
    )
    if is_first:
        publish("knowledge.article_published", locked, by=by)
    refresh(locked, by=by)
    return locked


@transaction.atomic
def withdraw_article(article: Article, *, reason: str, by: Actor) -> Article:
    """Only the author and the unit still see it; the author is told when somebody else did it."""
    locked = Article.objects.select_related("owner_unit").lock(article.pk)
    require(can_withdraw(by, locked))
    reason = one_line(reason)
    if not reason:
        raise DomainError("บอกเหตุผลที่ถอน")
    locked.move_to(ArticleState.WITHDRAWN)
    locked.withdrawn_at, locked.withdrawal_reason = db_now(), reason
    locked.save(update_fields=["state", "withdrawn_at", "withdrawal_reason"])
    record(
        "article.withdrawn",
        locked,
        by=by,
        state=[ArticleState.PUBLISHED, locked.state],
        reason=reason,
    )
    if by.member.pk != locked.author_id:
        publish("knowledge.article_withdrawn", locked, by=by)
    refresh(locked, by=by)
    return locked
