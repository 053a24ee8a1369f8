"""Publishing and taking back."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from knowledge.models import ArticleState
from knowledge.resources import article_waits
from knowledge.services.publishing import publish_article, withdraw_article
from knowledge.services.reading import latest_for
from knowledge.tests.factories import (
    ArticleFactory,
    DiscardedFactory,
    PublishedFactory,
    WithdrawnFactory,
    head_of,
    own,
    teacher_of,
)
from members.models import Role
from members.tests.factories import ActorFactory
from portal.audit.models import AuditEntry
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError, InvalidTransition
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher():
    return teacher_of()


def test_the_author_publishes_and_it_is_said_once(teacher):
    article = publish_article(own(teacher), by=teacher)

    assert article.state == ArticleState.PUBLISHED
    assert article.published_at is not None
    assert history_of(article) == ["article.published"]
    assert published("knowledge.article_published") == published("search.refresh") == 1
    assert latest_for(teacher.member, 5) == [article]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"summary": ""}, "สรุปสั้น"),
        ({"body": "<p> &nbsp; </p>"}, "เนื้อเรื่อง"),
        ({"category": None}, "หมวด"),
    ],
)
def test_what_is_not_complete_is_not_published(teacher, fields, words):
    article = own(teacher, **fields)

    with pytest.raises(DomainError, match=f"ยังขาด: .*{words}"):
        publish_article(article, by=teacher)

    article.refresh_from_db()
    assert article.is_draft
    assert published("knowledge.article_published") == 0


@pytest.mark.parametrize("make", [PublishedFactory, DiscardedFactory])
def test_what_is_out_already_or_thrown_away_is_not_published(teacher, make):
    with pytest.raises(InvalidTransition):
        publish_article(own(teacher, make), by=teacher)


def test_colleagues_do_not_publish_for_the_author_but_the_head_may(teacher):
    school = teacher.holding.post.unit
    article = own(teacher)
    colleague = teacher_of(school)

    with pytest.raises(PermissionDenied):
        publish_article(article, by=colleague)

    assert publish_article(article, by=head_of(school)).is_published


def test_taken_back_it_is_gone_for_readers_and_comes_back_quietly(teacher):
    reader = teacher_of(teacher.holding.post.unit)
    article = publish_article(own(teacher), by=teacher)
    first = article.published_at

    withdrawn = withdraw_article(article, reason=" ตัวเลข\nผิด ", by=teacher)

    assert (withdrawn.state, withdrawn.withdrawal_reason) == (ArticleState.WITHDRAWN, "ตัวเลข ผิด")
    assert latest_for(reader.member, 5) == []
    assert published("knowledge.article_withdrawn") == 0

    again = publish_article(article, by=teacher)

    assert (again.published_at, again.withdrawn_at, again.withdrawal_reason) == (first, None, "")
    assert published("knowledge.article_published") == 1
    assert published("search.refresh") == 3
    assert history_of(article) == ["article.published", "article.withdrawn", "article.published"]


def test_the_head_takes_it_back_and_the_author_is_told(teacher):
    article = own(teacher, PublishedFactory)

    withdraw_article(article, reason="ซ้ำกับเรื่องเดิม", by=head_of(article.owner_unit))

    assert published("knowledge.article_withdrawn") == 1
    assert AuditEntry.objects.get(action="article.withdrawn").data["reason"] == "ซ้ำกับเรื่องเดิม"


def test_who_moved_away_still_takes_the_own_words_back(teacher):
    article = own(teacher, PublishedFactory)
    moved = ActorFactory(role=Role.TEACHER, holding__member=teacher.member)

    assert withdraw_article(article, reason="ย้ายแล้ว", by=moved).is_withdrawn


def test_nobody_else_takes_it_back_and_never_without_a_reason(teacher):
    article = own(teacher, PublishedFactory)

    with pytest.raises(PermissionDenied):
        withdraw_article(article, reason="ไม่ชอบ", by=teacher_of(article.owner_unit))
    with pytest.raises(DomainError, match="เหตุผล"):
        withdraw_article(article, reason=" \n ", by=teacher)
    with pytest.raises(InvalidTransition):
        withdraw_article(own(teacher), reason="ยังไม่เผยแพร่", by=teacher)


def test_a_draft_that_lies_for_a_week_waits_for_its_author(teacher, clock):
    young = own(teacher)
    old = own(teacher)
    type(old).objects.filter(pk=old.pk).update(saved_at=clock(2026, 1, 5))
    clock(2026, 1, 12, 1)
    type(young).objects.filter(pk=young.pk).update(saved_at=clock(2026, 1, 12))
    own(teacher, WithdrawnFactory)
    ArticleFactory(owner_unit=teacher.holding.post.unit)
    clock(2026, 1, 13)

    rows = list(article_waits(teacher.member))

    assert [(row.subject, row.deed) for row in rows] == [(old.title, "เขียนต่อ")]
