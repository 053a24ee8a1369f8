"""Races with real threads: two editors, two of the same form, two of everything."""

from __future__ import annotations

from uuid import uuid4

import pytest

from knowledge.domain import read_tags
from knowledge.models import Article, Bookmark, Comment, Reading, Revision, Tag
from knowledge.services.publishing import publish_article
from knowledge.services.reading import log_reading, set_bookmark
from knowledge.services.talking import write_comment
from knowledge.services.writing import ArticleConflict, create_article, save_article
from knowledge.tests.factories import PublishedFactory, own, teacher_of
from portal.core.errors import InvalidTransition
from portal.outbox.tests.factories import published

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

THREADS = 6


@pytest.fixture
def teacher():
    return teacher_of()


def kinds(answers):
    return sorted(type(answer).__name__ for answer in answers)


def test_of_many_who_save_one_page_one_wins_and_nobody_is_overwritten(race, teacher):
    article = own(teacher)

    answers = race(
        THREADS,
        lambda n: save_article(article, version=1, changes={"title": f"เรื่อง {n}"}, by=teacher),
    )

    won = [answer for answer in answers if isinstance(answer, Article)]
    assert len(won) == 1
    assert sum(isinstance(answer, ArticleConflict) for answer in answers) == THREADS - 1
    assert Article.objects.get().title == won[0].title
    assert Revision.objects.count() == 2


def test_who_asks_for_the_version_each_time_loses_nothing(race, teacher):
    """The control: with the version of the moment, every save is kept."""
    article = own(teacher)

    def save(number):
        while True:
            seen = Article.objects.get(pk=article.pk).version
            try:
                return save_article(
                    article, version=seen, changes={"title": f"เรื่อง {number}"}, by=teacher
                )
            except ArticleConflict:
                continue

    race(THREADS, save)

    assert Revision.objects.count() == THREADS + 1


def test_one_form_posted_at_once_begins_one_draft_and_says_one_thing(race, teacher):
    school, key, other = teacher.holding.post.unit, uuid4(), uuid4()
    article = own(teacher, PublishedFactory)

    race(THREADS, lambda n: create_article(school, title="เรื่อง", key=key, by=teacher))
    race(THREADS, lambda n: write_comment(article, text="ซ้ำ", key=other, by=teacher))

    assert Article.objects.count() == 2
    assert Comment.objects.count() == 1


def test_published_once_told_once(race, teacher):
    article = own(teacher)

    answers = race(THREADS, lambda n: publish_article(article, by=teacher))

    assert sum(isinstance(answer, InvalidTransition) for answer in answers) == THREADS - 1
    assert published("knowledge.article_published") == 1


def test_readers_bookmarks_and_tags_at_once_are_one_each(race, teacher):
    reader = teacher_of(teacher.holding.post.unit)
    article = own(teacher, PublishedFactory)
    drafts = [own(teacher) for _ in range(THREADS)]

    def do(number):
        log_reading(article, by=reader.member)
        set_bookmark(article, is_kept=True, by=reader)
        save_article(
            drafts[number], version=1, changes={}, tags=read_tags("นิทาน, ทะเลสาบ"), by=teacher
        )

    answers = race(THREADS, do)

    assert kinds(answers) == ["NoneType"] * THREADS
    assert (Reading.objects.count(), Bookmark.objects.count(), Tag.objects.count()) == (1, 1, 2)
    assert all(draft.tags.count() == 2 for draft in drafts)
