"""What readers do and see: bookmarks, the mark of having read, what is new and what is read."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from knowledge.models import Article, Bookmark, Category, Reading, Tag
from knowledge.querysets import ArticleQuerySet, is_among, readable_articles
from members.models import Member, Unit
from members.services import Actor
from portal.core.clock import db_now
from portal.core.errors import DomainError

TERM = timedelta(days=150)


def latest_for(member: Member | None, limit: int) -> list[Article]:
    """Return the newest articles this reader may read; None is a visitor."""
    rows = Article.objects.visible_to(member).published().for_list()
    return list(rows.order_by("-published_at", "-pk")[:limit])


def most_read_for(member: Member | None, limit: int) -> list[Article]:
    """Return what most members have read in this term, each with how many (`readers`)."""
    since = db_now() - TERM
    read = (
        Reading.objects.filter(article=OuterRef("pk"), read_at__gte=since)
        .order_by()
        .values("article")
        .annotate(total=Count("pk"))
        .values("total")
    )
    rows = Article.objects.visible_to(member).published().for_list()
    return list(
        rows.annotate(readers=Coalesce(Subquery(read, output_field=IntegerField()), 0))
        .filter(readers__gt=0)
        .order_by("-readers", "-pk")[:limit]
    )


def shelves_for(member: Member | None) -> list[Category]:
    """Return the shelves with something for this reader on them, each with how many (`total`)."""
    return list(Category.objects.with_counts_for(member).order_by("sort_order", "name"))


def tags_for(member: Member | None, limit: int) -> list[Tag]:
    """Return the words under which most is found of what this reader may read."""
    return list(Tag.objects.with_counts_for(member)[:limit])


def units_for(member: Member | None, limit: int) -> list[Unit]:
    """Return the groups and schools that told this reader most, each with how much (`total`)."""
    rows = Unit.objects.annotate(total=readable_articles(member)).filter(total__gt=0)
    return list(rows.order_by("-total", "sort_order", "name")[:limit])


def with_reader(articles: ArticleQuerySet, member: Member | None) -> ArticleQuerySet:
    """Add what an article's page says of its readers, and whether this one read and keeps it."""
    read = (
        Reading.objects.filter(article=OuterRef("pk"))
        .order_by()
        .values("article")
        .annotate(total=Count("pk"))
        .values("total")
    )
    rows = articles.annotate(readers=Coalesce(Subquery(read, output_field=IntegerField()), 0))
    if member is None:
        return rows
    of_member = {
        "is_read": is_among(Reading.objects.all(), member),
        "is_kept": is_among(Bookmark.objects.all(), member),
    }
    return rows.annotate(**of_member)


def log_reading(article: Article, *, by: Member) -> None:
    """It is known that the member has read the article; a failure stops no page.

    One of the few writes a GET may do: a fact that changes no state. Authors do not count.
    """
    if article.author_id == by.pk:
        return
    try:
        with transaction.atomic():
            Reading.objects.bulk_create(
                [Reading(article=article, member=by, read_at=db_now())], ignore_conflicts=True
            )
    except DatabaseError:
        return


@transaction.atomic
def set_bookmark(article: Article, *, is_kept: bool, by: Actor) -> None:
    """The member keeps the article for later, or no more; saying so twice changes nothing."""
    if not is_kept:
        Bookmark.objects.filter(article=article, member=by.member).delete()
        return
    if not article.is_published:
        raise DomainError("เรื่องนี้ยังไม่เผยแพร่ จึงยังเก็บไว้อ่านไม่ได้")
    Bookmark.objects.bulk_create(
        [Bookmark(article=article, member=by.member, kept_at=db_now())], ignore_conflicts=True
    )
