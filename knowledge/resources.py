"""What the house may find of knowledge, and which drafts wait for their author."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse

from knowledge.models import Article, ArticleState, Visibility
from knowledge.querysets import readers_of
from members.models import Member
from portal.core.clock import bangkok, db_now
from portal.core.resources import (
    PUBLIC,
    Findable,
    Resource,
    Waiting,
    in_office,
    in_unit,
    of_member,
    register,
)
from portal.richtext.domain import plain_text

UNFINISHED_AFTER = timedelta(days=7)
MAX_WAITING = 20


def find_article(article: Article) -> Findable | None:
    """Return what the search keeps of a published article; nothing of any other."""
    if not article.is_published or article.published_at is None:
        return None
    scopes = {
        Visibility.PUBLIC: frozenset({PUBLIC}),
        Visibility.MEMBERS: frozenset({in_office(article.office_id)}),
        Visibility.GROUP: frozenset(),
    }[Visibility(article.visibility)]
    tags = " ".join(tag.name for tag in article.tags.all())
    return Findable(
        title=article.title,
        url=article.get_absolute_url(),
        scopes=scopes | {of_member(article.author_id), in_unit(article.owner_unit_id)},
        body="\n".join([article.summary, article.core_line, plain_text(article.body), tags]),
        on=bangkok(article.published_at).date(),
        place=f"{article.get_kind_display()} · {article.owner_unit.label}",
    )


def article_waits(member: Member) -> Iterable[Waiting]:
    """Return the member's own drafts that nobody has touched for a week."""
    rows = (
        Article.objects.written_by(member)
        .filter(state=ArticleState.DRAFT, saved_at__lt=db_now() - UNFINISHED_AFTER)
        .select_related("owner_unit")
        .defer("body")
        .order_by("saved_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.title,
            url=reverse("knowledge:article-edit", args=[row.pk]),
            state="ร่างที่เขียนค้างไว้",
            unit=row.owner_unit.label,
            deed="เขียนต่อ",
        )
        for row in rows
    ]


register(
    Resource(
        model=Article,
        label="ความรู้",
        icon="book-open",
        visible_to=lambda member: Article.objects.visible_to(member),
        readers=readers_of,
        find=find_article,
        with_parts=lambda rows: rows.select_related("owner_unit").prefetch_related("tags"),
        waiting=article_waits,
    )
)
