"""What knowledge tells the portal's members."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from knowledge.models import Article, Comment
from knowledge.querysets import readers_of
from members.models import Member
from members.services import office_holidays
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage


class ArticleKind(Kind):
    """News about an article; its office speaks, and closes on its own holidays."""

    icon = "book-open"

    def article(self, message: OutboxMessage) -> Article:
        return Article.objects.select_related("office", "owner_unit", "author").get(
            pk=message.subject_pk
        )

    def office(self, message: OutboxMessage) -> Office:
        office = self.article(message).office
        return Office(office.label, office_holidays(office))

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.article(message).is_published


@register
class ArticlePublished(ArticleKind):
    """Somebody in the unit has something to tell."""

    key = "knowledge.article_published"
    label = "เรื่องใหม่ในคลังความรู้"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        article = self.article(message)
        return Member.objects.holding(units=[article.owner_unit_id]).exclude(pk=article.author_id)

    def text(self, message: OutboxMessage) -> Text:
        article = self.article(message)
        return Text(
            title=f"{article.get_kind_display()}: {article.title}",
            lines=[article.summary],
            url=article.get_absolute_url(),
            unit_text=f"{article.author} · {article.owner_unit.label}",
        )


@register
class ArticleWithdrawn(ArticleKind):
    """The head of the unit took an article back; its author should know why."""

    key = "knowledge.article_withdrawn"
    label = "เรื่องของท่านถูกถอน"
    icon = "undo-2"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        author = self.article(message).author_id
        return Member.objects.active().filter(pk=author)

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.article(message).is_withdrawn

    def text(self, message: OutboxMessage) -> Text:
        article = self.article(message)
        return Text(
            title=f"ถอนออกจากคลังความรู้: {article.title}",
            lines=[f"เหตุผล: {article.withdrawal_reason}"],
            url=article.get_absolute_url(),
            unit_text=article.owner_unit.label,
        )


class CommentKind(ArticleKind):
    """News about a comment, told as news about its article."""

    icon = "message-circle"

    def comment(self, message: OutboxMessage) -> Comment:
        return Comment.objects.select_related("author", "unit", "article").get(
            pk=message.data["comment"]
        )


@register
class Commented(CommentKind):
    """Somebody wrote below an article: its author, and who wrote there before, should know."""

    key = "knowledge.commented"
    label = "ความเห็นใหม่"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        comment = self.comment(message)
        earlier = Comment.objects.filter(
            article=comment.article_id, pk__lt=comment.pk, removed_at__isnull=True
        )
        people = readers_of(comment.article).filter(
            Q(pk=comment.article.author_id) | Q(pk__in=earlier.values("author"))
        )
        return people.exclude(pk=comment.author_id)

    def is_still_true(self, message: OutboxMessage) -> bool:
        return super().is_still_true(message) and not self.comment(message).is_removed

    def text(self, message: OutboxMessage) -> Text:
        comment = self.comment(message)
        words = " ".join(comment.text.split())
        return Text(
            title=f"ความเห็นต่อ “{comment.article.title}”",
            lines=[words if len(words) <= 160 else f"{words[:159]}…"],
            url=comment.get_absolute_url(),
            unit_text=f"{comment.author} · {comment.unit.label}",
        )


@register
class CommentRemoved(CommentKind):
    """The unit took somebody's comment away, and says why."""

    key = "knowledge.comment_removed"
    label = "ความเห็นของท่านถูกลบ"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        author = self.comment(message).author_id
        return Member.objects.active().filter(pk=author)

    def text(self, message: OutboxMessage) -> Text:
        comment = self.comment(message)
        return Text(
            title=f"ลบความเห็นของท่านใน “{comment.article.title}”",
            lines=[f"เหตุผล: {comment.removal_reason}"],
            url=comment.get_absolute_url(),
            unit_text="",
        )
