"""Comments: write, mend within a quarter of an hour, take away with a reason."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from knowledge.models import Article, Comment
from knowledge.policies import can_change_comment, can_comment, can_remove_comment
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.thaitext import one_line, tidy
from portal.outbox.services import publish

LONGEST = 2_000
TOO_LATE = "เกิน 15 นาทีแล้ว จึงแก้หรือลบเองไม่ได้ เขียนความเห็นเพิ่มได้"


def _checked(text: str) -> str:
    text = tidy(text.replace("\x00", "").replace("\r\n", "\n")).strip()
    if not text:
        raise DomainError("พิมพ์ความเห็น")
    if len(text) > LONGEST:
        raise DomainError(f"ความเห็นยาวได้ไม่เกิน {LONGEST:,} ตัวอักษร")
    return text


@transaction.atomic
def write_comment(article: Article, *, text: str, key: UUID | None = None, by: Actor) -> Comment:
    """The comment stands below the published article; its author and earlier writers are told."""
    locked = Article.objects.lock(article.pk)
    if by.holding is None or not can_comment(by):
        raise PermissionDenied
    if not locked.is_published:
        raise DomainError("เรื่องนี้ยังไม่เผยแพร่ จึงยังแสดงความเห็นไม่ได้")
    text = _checked(text)
    with once(by, key, {"comment": locked.pk, "text": text}) as done:
        if done.is_repeat and done.result:
            return Comment.objects.get(pk=done.result["comment"])
        comment = Comment.objects.create(
            article=locked,
            author=by.member,
            unit=by.holding.post.unit,
            text=text,
            written_at=db_now(),
        )
        done.result = {"comment": comment.pk}
        record("comment.written", comment, by=by, article=locked.pk)
        publish("knowledge.commented", locked, by=by, comment=comment.pk)
    return comment


def _own(comment: Comment, by: Actor) -> Comment:
    """Return the actor's own comment under lock, while it may still be changed."""
    locked = Comment.objects.select_related("article__owner_unit").lock(comment.pk)
    require(can_change_comment(by, locked))
    if locked.is_removed:
        raise DomainError("ความเห็นนี้ลบไปแล้ว")
    if not locked.may_change_at(db_now()):
        raise DomainError(TOO_LATE)
    return locked


@transaction.atomic
def change_comment(comment: Comment, *, text: str, by: Actor) -> Comment:
    """The comment says this from now on, and that it was mended."""
    locked = _own(comment, by)
    locked.text, locked.edited_at = _checked(text), db_now()
    locked.save(update_fields=["text", "edited_at"])
    record("comment.changed", locked, by=by)
    return locked


@transaction.atomic
def take_back_comment(comment: Comment, *, by: Actor) -> Comment:
    """The author took the comment back; its words are gone, its place stays."""
    locked = _own(comment, by)
    locked.text, locked.removed_at, locked.removed_by = "", db_now(), by.member
    locked.save(update_fields=["text", "removed_at", "removed_by"])
    record("comment.taken_back", locked, by=by)
    return locked


@transaction.atomic
def remove_comment(comment: Comment, *, reason: str, by: Actor) -> Comment:
    """The unit of the article took the comment away; who, and why, stands in its place."""
    locked = Comment.objects.select_related("article__owner_unit").lock(comment.pk)
    require(can_remove_comment(by, locked))
    reason = one_line(reason)
    if not reason:
        raise DomainError("บอกเหตุผลที่ลบ")
    if locked.is_removed:
        raise DomainError("ความเห็นนี้ลบไปแล้ว")
    locked.removed_at, locked.removed_by = db_now(), by.member
    locked.removed_for, locked.removal_reason = locked.article.owner_unit, reason
    locked.save(update_fields=["removed_at", "removed_by", "removed_for", "removal_reason"])
    record("comment.removed", locked, by=by, reason=reason)
    if locked.author_id != by.member.pk:
        publish("knowledge.comment_removed", locked.article, by=by, comment=locked.pk)
    return locked
