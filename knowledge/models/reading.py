"""What readers leave behind: comments, bookmarks, the mark of having read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from knowledge.models.articles import Article
from knowledge.querysets import BookmarkQuerySet, CommentQuerySet, ReadingQuerySet
from members.models import Unit

MEMBER = settings.AUTH_USER_MODEL
MAY_CHANGE_FOR = timedelta(minutes=15)


class Comment(models.Model):
    """What a member wrote below an article; removed ones leave their place and the reason."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("ความเห็น", max_length=2_000)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(MEMBER, null=True, on_delete=models.PROTECT, related_name="+")
    removed_for = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    removal_reason = models.CharField("เหตุผล", max_length=300, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["article", "id"], name="comment_article")]

    def __str__(self) -> str:
        return f"ความเห็นที่ {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#comment-{self.pk}"

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    def may_change_at(self, now: datetime) -> bool:
        """Answer whether its author may still mend it or take it back."""
        return not self.is_removed and now < self.written_at + MAY_CHANGE_FOR


class Bookmark(models.Model):
    """A member keeps an article for later."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="bookmarks")
    member = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "member"], name="bookmark_once")]
        indexes = [models.Index(fields=["member", "-kept_at", "-id"], name="bookmark_member")]

    def __str__(self) -> str:
        return f"{self.member_id} → {self.article_id}"


class Reading(models.Model):
    """A member has read an article: one row for both, whatever came after."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="readings")
    member = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "member"], name="reading_once")]
        indexes = [models.Index(fields=["-read_at"], name="reading_newest")]

    def __str__(self) -> str:
        return f"{self.member_id} → {self.article_id}"
