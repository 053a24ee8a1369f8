"""Which articles, comments and bookmarks a reader may find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from members.models import Member, Unit
from members.querysets import holds
from portal.core.querysets import BaseQuerySet
from portal.core.thaitext import normalise

if TYPE_CHECKING:
    from knowledge.models import Article, Bookmark, Category, Comment, Reading, Revision, Tag

NUL = "\x00"  # PostgreSQL keeps none and looks for none
LONGEST_SEARCH = 200
LIVE = "published"


def visible(member: Member | None, path: str = "") -> Q:
    """Articles (found at `path`) that the reader may open; None is the public.

    What is published for all is everybody's; for members, everybody's who holds a post in the
    owner's office, its groups or its schools. Everything else, drafts and withdrawn articles with
    it, is the author's and the owner unit's own.
    """
    live = {f"{path}state": LIVE}
    public = Q(**live, **{f"{path}visibility": "public"})
    if member is None or not member.pk:
        return public
    if not member.is_active:
        return Q(pk__in=[])
    units = Unit.objects.held_by(member)
    for_members = Q(
        **live, **{f"{path}visibility": "members", f"{path}office__in": units.values("office")}
    )
    own = Q(**{f"{path}author": member}) | Q(**{f"{path}owner_unit__in": units})
    return public | for_members | own


def readers_of(article: Article) -> QuerySet[Member]:
    """Return the members who may open the article: the other side of `visible`."""
    is_live = article.state == LIVE
    if is_live and article.visibility == "public":
        return Member.objects.active()
    own = holds("holdings__", post__unit=article.owner_unit_id) | Q(pk=article.author_id)
    if is_live and article.visibility == "members":
        own |= holds("holdings__", post__unit__office=article.office_id)
    return Member.objects.fitting(own)


class ArticleQuerySet(BaseQuerySet["Article"]):
    """What people have told and written down."""

    def visible_to(self, member: Member | None) -> Self:
        """Articles the reader may open: see `visible`; None is a visitor."""
        return self.filter(visible(member))

    def published(self) -> Self:
        return self.filter(state=LIVE)

    def kept(self) -> Self:
        """Everything but thrown-away drafts."""
        return self.exclude(state="discarded")

    def written_by(self, member: Member) -> Self:
        return self.filter(author=member)

    def matching(self, words: str) -> Self:
        """Articles that have every one of these words in title, summary or tags."""
        found = self
        for word in normalise(words.replace(NUL, "")[:LONGEST_SEARCH]).split():
            found = found.filter(text_search__contains=word)
        return found

    def for_list(self) -> Self:
        """With what a row of a list shows."""
        return self.select_related("owner_unit", "author", "category").defer("body")


def readable_articles(member: Member | None) -> Count:
    """How many published articles of a shelf, a tag or a unit this reader may read."""
    shown = visible(member, "articles__") & Q(articles__state=LIVE)
    return Count("articles", filter=shown, distinct=True)


class CategoryQuerySet(BaseQuerySet["Category"]):
    """The shelves of an office."""

    def with_counts_for(self, member: Member | None) -> Self:
        """Shelves that hold something this reader may read, with how many published articles."""
        return self.annotate(total=readable_articles(member)).filter(total__gt=0)


class TagQuerySet(BaseQuerySet["Tag"]):
    """Words under which articles are found."""

    def with_counts_for(self, member: Member | None) -> Self:
        """Tags of something this reader may read, those of most articles first."""
        counted = self.annotate(total=readable_articles(member)).filter(total__gt=0)
        return counted.order_by("-total", "key")


class RevisionQuerySet(BaseQuerySet["Revision"]):
    """What an article said in each of its versions."""


class CommentQuerySet(BaseQuerySet["Comment"]):
    """What readers wrote below an article."""

    def visible_to(self, member: Member | None) -> Self:
        """Comments of published articles that the reader may open."""
        return self.filter(visible(member, "article__"), article__state=LIVE)


class BookmarkQuerySet(BaseQuerySet["Bookmark"]):
    """What members keep for later."""

    def of(self, member: Member) -> Self:
        """The member's bookmarks of published articles that are still open to them."""
        return self.filter(visible(member, "article__"), member=member, article__state=LIVE)


class ReadingQuerySet(BaseQuerySet["Reading"]):
    """Who has read what."""


def is_among(rows: BaseQuerySet[Bookmark] | BaseQuerySet[Reading], member: Member) -> Exists:
    """A condition: the member has such a row for the article."""
    return Exists(rows.filter(article=OuterRef("pk"), member=member))
