"""Comments, bookmarks, and the mark of having read."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from knowledge.models import Bookmark, Comment, Reading
from knowledge.services.reading import log_reading, most_read_for, set_bookmark
from knowledge.services.talking import (
    change_comment,
    remove_comment,
    take_back_comment,
    write_comment,
)
from knowledge.tests.factories import (
    ArticleFactory,
    CommentFactory,
    PublishedFactory,
    ReadingFactory,
    WithdrawnFactory,
    head_of,
    own,
    teacher_of,
)
from members.services import Actor
from members.tests.factories import MemberFactory
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return PublishedFactory()


@pytest.fixture
def reader(article):
    return teacher_of(article.owner_unit)


def written(article, by, text="ลองแล้วได้ผล"):
    return write_comment(article, text=text, by=by)


def test_a_comment_stands_under_its_writers_name_and_place(article, reader):
    comment = written(article, reader, "  ขอบคุณ\r\nมาก ")

    assert comment.text == "ขอบคุณ\nมาก"
    assert (comment.author, comment.unit) == (reader.member, article.owner_unit)
    assert history_of(comment) == ["comment.written"]
    assert published("knowledge.commented") == 1


def test_the_same_form_sent_twice_is_one_comment(article, reader):
    key = uuid4()

    first = write_comment(article, text="ซ้ำ", key=key, by=reader)
    second = write_comment(article, text="ซ้ำ", key=key, by=reader)

    assert first == second
    assert published("knowledge.commented") == 1


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "\u200b", "ก" * 2_001])
def test_an_empty_or_endless_comment_is_refused(article, reader, text):
    with pytest.raises(DomainError):
        written(article, reader, text)

    assert not Comment.objects.exists()


@pytest.mark.parametrize("make", [ArticleFactory, WithdrawnFactory])
def test_nothing_is_said_below_what_is_not_published(reader, make):
    with pytest.raises(DomainError, match="ยังไม่เผยแพร่"):
        written(make(), reader)


def test_who_holds_no_post_does_not_comment(article):
    with pytest.raises(PermissionDenied):
        written(article, Actor(MemberFactory()))


def test_ones_own_comment_is_mended_and_taken_back_for_a_quarter_of_an_hour(article, reader, clock):
    clock(2026, 11, 20, 9, 0)
    early, late = written(article, reader, "หนึ่ง"), written(article, reader, "สอง")

    clock(2026, 11, 20, 9, 14)
    assert change_comment(early, text="หนึ่งแก้", by=reader).edited_at is not None
    taken = take_back_comment(early, by=reader)
    clock(2026, 11, 20, 9, 16)

    assert (taken.text, taken.is_removed, taken.removed_for) == ("", True, None)
    assert history_of(early) == ["comment.written", "comment.changed", "comment.taken_back"]
    for deed in (
        lambda: change_comment(late, text="ช้า", by=reader),
        lambda: take_back_comment(late, by=reader),
    ):
        with pytest.raises(DomainError, match="15 นาที"):
            deed()
    with pytest.raises(DomainError, match="ลบไปแล้ว"):
        change_comment(early, text="ฟื้น", by=reader)


def test_nobody_mends_what_another_said(article, reader):
    comment = written(article, reader)
    head = head_of(article.owner_unit)

    for deed in (
        lambda: change_comment(comment, text="แทน", by=head),
        lambda: take_back_comment(comment, by=head),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_the_unit_takes_a_comment_away_and_says_why(article, reader):
    comment = written(article, reader)
    head = head_of(article.owner_unit)

    with pytest.raises(DomainError, match="เหตุผล"):
        remove_comment(comment, reason=" ", by=head)
    removed = remove_comment(comment, reason="มีชื่อเด็ก", by=head)

    assert (removed.removed_for, removed.removal_reason) == (article.owner_unit, "มีชื่อเด็ก")
    assert history_of(comment)[-1] == "comment.removed"
    assert published("knowledge.comment_removed") == 1
    with pytest.raises(DomainError, match="ลบไปแล้ว"):
        remove_comment(comment, reason="อีกครั้ง", by=head)


def test_readers_do_not_take_others_comments_away(article, reader):
    comment = CommentFactory(article=article)

    for other in (reader, teacher_of(), head_of(teacher_of().holding.post.unit)):
        with pytest.raises(PermissionDenied):
            remove_comment(comment, reason="ไม่ชอบ", by=other)


# Bookmarks and readings ---------------------------------------------------------------------------


def test_a_bookmark_is_set_and_taken_off_however_often(article, reader):
    for is_kept, count in ((True, 1), (True, 1), (False, 0), (False, 0)):
        set_bookmark(article, is_kept=is_kept, by=reader)
        assert Bookmark.objects.count() == count


def test_a_draft_is_not_kept_for_later(reader):
    with pytest.raises(DomainError):
        set_bookmark(ArticleFactory(), is_kept=True, by=reader)


def test_a_reader_counts_once_and_the_author_never(reader):
    author = teacher_of()
    article = own(author, PublishedFactory)

    for member in (reader.member, reader.member, author.member):
        log_reading(article, by=member)

    assert [row.member for row in Reading.objects.all()] == [reader.member]


def test_most_read_counts_this_terms_readers_of_what_one_may_read(reader, clock):
    now = clock(2026, 11, 20)
    school = reader.holding.post.unit
    often, once, old, foreign = (PublishedFactory(owner_unit=school) for _ in range(4))
    type(foreign).objects.filter(pk=foreign.pk).update(state="draft")
    for article, count in ((often, 3), (once, 1), (foreign, 5)):
        ReadingFactory.create_batch(count, article=article, read_at=now)
    ReadingFactory.create_batch(9, article=old, read_at=clock(2026, 3, 1))
    clock(2026, 11, 20)

    rows = most_read_for(reader.member, 4)

    assert [(row, row.readers) for row in rows] == [(often, 3), (once, 1)]
    assert most_read_for(None, 4) == []
