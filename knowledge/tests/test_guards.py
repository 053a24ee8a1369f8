"""What the database refuses for knowledge, whoever asks (`knowledge/checks.py`)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from knowledge.models import Article, Comment, Reading, Revision
from knowledge.tests.factories import CommentFactory, PublishedFactory, ReadingFactory
from members.tests.factories import OfficeFactory

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def article():
    article = PublishedFactory(version=3)
    CommentFactory(article=article)
    ReadingFactory(article=article)
    return article


def refused(work):
    try:
        with transaction.atomic():
            work()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("model", [Article, Revision, Comment, Reading])
def test_nothing_that_was_told_or_said_is_ever_deleted(article, model):
    count = model.objects.count()
    table = connection.ops.quote_name(model._meta.db_table)

    def delete():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    assert count > 0
    assert refused(delete)
    assert model.objects.count() == count


def test_versions_and_readings_keep_every_word(article):
    assert refused(lambda: Revision.objects.update(body="<p>ไม่เคยพูด</p>"))
    assert refused(lambda: Reading.objects.update(read_at=timezone.now()))


def test_an_article_keeps_its_office_and_counts_forwards(article):
    rows = Article.objects.filter(pk=article.pk)
    elsewhere = OfficeFactory()

    assert refused(lambda: rows.update(office=elsewhere))
    assert refused(lambda: rows.update(version=2))
    assert not refused(lambda: rows.update(version=4))


def test_a_comment_keeps_its_writer_and_its_place(article):
    rows, other = Comment.objects.filter(article=article), PublishedFactory()

    assert refused(lambda: rows.update(article=other))
    assert refused(lambda: rows.update(author=other.author))
    assert refused(lambda: rows.update(written_at=timezone.now()))
    assert not refused(lambda: rows.update(text=""))


@pytest.mark.parametrize(
    "fields", [{"state": "gone"}, {"visibility": "world"}, {"kind": "poem"}, {"published_at": None}]
)
def test_the_table_knows_its_words(article, fields):
    assert refused(lambda: Article.objects.filter(pk=article.pk).update(**fields))
