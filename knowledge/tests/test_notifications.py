"""What knowledge tells, from the deed to the bell."""

from __future__ import annotations

import pytest

from knowledge.models import Visibility
from knowledge.services.publishing import publish_article, withdraw_article
from knowledge.services.talking import remove_comment, take_back_comment, write_comment
from knowledge.tests.factories import PublishedFactory, head_of, own, teacher_of
from members.tests.factories import HoldingFactory
from portal.notifications.models import Notice, Notification
from portal.notifications.services import fan_out
from portal.outbox.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def teacher():
    return teacher_of()


def tell(topic):
    """Do the worker's part for the last message of this topic; return who was told."""
    fan_out(OutboxMessage.objects.filter(topic=topic).order_by("pk").last())
    return {row.recipient for row in Notification.objects.filter(notice__kind=topic)}


def test_a_new_article_is_told_to_the_unit_and_not_to_its_author(teacher):
    colleague = teacher_of(teacher.holding.post.unit)
    teacher_of()

    publish_article(own(teacher, visibility=Visibility.PUBLIC), by=teacher)

    assert tell("knowledge.article_published") == {colleague.member}
    notice = Notice.objects.get()
    assert notice.title.startswith("เรื่องเล่า: ")
    assert notice.office_text == teacher.holding.post.unit.office.label


def test_an_article_that_was_taken_back_meanwhile_is_told_to_nobody(teacher):
    teacher_of(teacher.holding.post.unit)
    article = publish_article(own(teacher), by=teacher)
    withdraw_article(article, reason="ผิด", by=teacher)

    assert tell("knowledge.article_published") == set()


def test_a_comment_is_told_to_the_author_and_who_wrote_before(teacher):
    article = own(teacher, PublishedFactory)
    first, second = teacher_of(article.owner_unit), teacher_of(article.owner_unit)
    write_comment(article, text="หนึ่ง", by=first)

    write_comment(article, text="สอง", by=second)

    assert tell("knowledge.commented") == {teacher.member, first.member}


def test_who_lost_sight_of_the_article_is_not_told_of_comments(teacher):
    article = own(teacher, PublishedFactory, visibility=Visibility.GROUP)
    gone, stays = teacher_of(article.owner_unit), teacher_of(article.owner_unit)
    write_comment(article, text="หนึ่ง", by=gone)
    type(gone.holding).objects.filter(pk=gone.holding.pk).update(to_on="2020-12-31")

    write_comment(article, text="สอง", by=stays)

    assert tell("knowledge.commented") == {teacher.member}


def test_a_comment_that_was_taken_back_is_told_to_nobody(teacher):
    article = own(teacher, PublishedFactory)
    reader = teacher_of(article.owner_unit)
    take_back_comment(write_comment(article, text="พลาด", by=reader), by=reader)

    assert tell("knowledge.commented") == set()


def test_who_is_overruled_hears_why(teacher):
    article = own(teacher, PublishedFactory)
    head, reader = head_of(article.owner_unit), teacher_of(article.owner_unit)
    comment = write_comment(article, text="ด.ช.ก", by=reader)

    remove_comment(comment, reason="มีชื่อเด็ก", by=head)
    assert tell("knowledge.comment_removed") == {reader.member}
    withdraw_article(article, reason="ข้อมูลเก่า", by=head)
    assert tell("knowledge.article_withdrawn") == {teacher.member}

    said = list(Notice.objects.order_by("pk").values_list("lines", flat=True))
    assert said == [["เหตุผล: มีชื่อเด็ก"], ["เหตุผล: ข้อมูลเก่า"]]


def test_a_second_post_in_the_unit_is_no_second_bell(teacher):
    colleague = teacher_of(teacher.holding.post.unit)
    HoldingFactory(member=colleague.member, role="school_clerk", unit=teacher.holding.post.unit)
    publish_article(own(teacher), by=teacher)

    tell("knowledge.article_published")

    assert Notification.objects.count() == 1
