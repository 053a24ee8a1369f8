"""Writing: nothing is lost, every save is a version, and only those who may do it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from knowledge.domain import read_tags
from knowledge.models import Article, ArticleState, Revision, Tag, Visibility
from knowledge.services.publishing import publish_article
from knowledge.services.writing import (
    ATTACHMENT,
    COVER,
    ArticleConflict,
    attach_file,
    create_article,
    discard_article,
    missing_for_publishing,
    recover_article,
    remove_file,
    restore_version,
    save_article,
    set_cover,
)
from knowledge.tests.factories import (
    ArticleFactory,
    CategoryFactory,
    DiscardedFactory,
    PublishedFactory,
    WithdrawnFactory,
    head_of,
    own,
    teacher_of,
)
from members.models import Role
from members.tests.factories import ActorFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.errors import Conflict, DomainError, InvalidTransition
from portal.files.services import PICTURES, files_of, store_upload
from portal.files.tests.factories import picture, upload
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher():
    return teacher_of()


def versions(article):
    return list(
        Revision.objects.filter(article=article).order_by("version").values_list("version", "title")
    )


# Beginning ----------------------------------------------------------------------------------------


def test_a_teacher_begins_a_draft_for_the_school(teacher):
    school = teacher.holding.post.unit

    article = create_article(school, title="น้ำท่วม 3 วัน", by=teacher)

    assert (article.state, article.version) == (ArticleState.DRAFT, 0)
    assert (article.author, article.owner_unit, article.office) == (
        teacher.member,
        school,
        school.office,
    )
    assert history_of(article) == []


def test_nobody_writes_for_a_unit_that_is_not_theirs(teacher):
    with pytest.raises(PermissionDenied):
        create_article(SchoolFactory(), title="ของเขา", by=teacher)

    assert not Article.objects.exists()


def test_the_same_form_sent_twice_begins_one_draft(teacher):
    school, key = teacher.holding.post.unit, uuid4()

    first = create_article(school, title="เรื่อง", key=key, by=teacher)
    second = create_article(school, title="เรื่อง", key=key, by=teacher)

    assert first == second
    with pytest.raises(Conflict):
        create_article(school, title="เรื่องอื่น", key=key, by=teacher)


# Saving -------------------------------------------------------------------------------------------


def test_each_save_is_one_version_with_its_words(teacher):
    article = own(teacher, title="หนึ่ง")

    saved = save_article(
        article,
        version=1,
        changes={"title": "  ส\u0e4d\u0e32คัญ  มาก", "body": "<p>ใหม่</p><script>ร้าย()</script>"},
        by=teacher,
    )

    assert (saved.version, saved.title, saved.body) == (2, "สำคัญ มาก", "<p>ใหม่</p>")
    assert versions(article) == [(1, "หนึ่ง"), (2, "สำคัญ มาก")]
    assert Revision.objects.get(version=2).saved_by == teacher.member


def test_a_save_without_news_makes_no_version(teacher):
    article = own(teacher, title="เหมือนเดิม")

    saved = save_article(article, version=1, changes={"title": "เหมือนเดิม"}, tags=[], by=teacher)

    assert saved.version == 1
    assert len(versions(article)) == 1


def test_two_editors_the_second_is_told_and_nothing_is_overwritten(teacher):
    article = own(teacher)
    head = head_of(article.owner_unit)
    save_article(article, version=1, changes={"title": "ของหัวหน้า"}, by=head)

    with pytest.raises(ArticleConflict) as conflict:
        save_article(article, version=1, changes={"title": "ของครู"}, by=teacher)

    assert conflict.value.current.title == "ของหัวหน้า"
    article.refresh_from_db()
    assert (article.title, article.version) == ("ของหัวหน้า", 2)


def test_tags_are_made_by_typing_and_shared_by_their_key(teacher):
    first, second = own(teacher), own(teacher)

    save_article(first, version=1, changes={}, tags=read_tags("O-NET, นิทาน"), by=teacher)
    save_article(second, version=1, changes={}, tags=read_tags("o-net"), by=teacher)
    save_article(first, version=2, changes={}, tags=read_tags("นิทาน"), by=teacher)

    assert sorted(Tag.objects.values_list("key", flat=True)) == ["o-net", "นิทาน"]
    assert [tag.name for tag in second.tags.all()] == ["O-NET"]
    assert [tag.name for tag in first.tags.all()] == ["นิทาน"]
    assert "o-net" not in Article.objects.get(pk=first.pk).text_search


def test_too_many_tags_are_refused_and_nothing_is_saved(teacher):
    article = own(teacher)
    nine = read_tags(",".join(f"คำ{n}" for n in range(9)))

    with pytest.raises(DomainError, match="ไม่เกิน 8 คำ"):
        save_article(article, version=1, changes={"title": "ใหม่"}, tags=nine, by=teacher)

    article.refresh_from_db()
    assert article.version == 1
    assert not Tag.objects.exists()


def test_a_shelf_of_another_office_is_refused(teacher):
    with pytest.raises(DomainError, match="หมวดของสำนักงานนี้"):
        save_article(own(teacher), version=1, changes={"category": CategoryFactory()}, by=teacher)


def test_a_published_article_is_changed_openly(teacher):
    article = own(teacher, PublishedFactory)

    save_article(article, version=1, changes={"visibility": Visibility.PUBLIC}, by=teacher)

    assert history_of(article) == ["article.changed"]
    assert published("search.refresh") == 1


def test_a_published_article_stays_complete(teacher):
    article = own(teacher, PublishedFactory)

    with pytest.raises(DomainError, match=r"ยังขาด: .*สรุปสั้น"):
        save_article(article, version=1, changes={"summary": " "}, by=teacher)

    article.refresh_from_db()
    assert article.summary


def test_a_draft_is_changed_without_history(teacher):
    article = own(teacher)

    save_article(article, version=1, changes={"title": "ใหม่"}, by=teacher)

    assert history_of(article) == []
    assert published("search.refresh") == 0


@pytest.mark.parametrize("make", [ArticleFactory, PublishedFactory, WithdrawnFactory])
def test_the_author_and_who_leads_the_unit_write_and_nobody_else(teacher, make):
    school = teacher.holding.post.unit
    article = own(teacher, make)
    moved = ActorFactory(role=Role.TEACHER, holding__member=teacher.member)
    others = [
        teacher_of(school),
        ActorFactory(role=Role.SCHOOL_CLERK, unit=school),
        head_of(SchoolFactory(office=school.office)),
        moved,
    ]

    for other in others:
        with pytest.raises(PermissionDenied):
            save_article(article, version=1, changes={"title": "แก้"}, by=other)

    assert (
        save_article(article, version=1, changes={"title": "แก้"}, by=head_of(school)).version == 2
    )
    assert save_article(article, version=2, changes={"title": "แก้อีก"}, by=teacher).version == 3


# Earlier versions ---------------------------------------------------------------------------------


def test_an_old_version_comes_back_as_a_new_one(teacher):
    article = own(teacher, PublishedFactory, title="ดีแล้ว")
    save_article(article, version=1, changes={"title": "แย่ลง", "body": "<p>ลบหมด</p>"}, by=teacher)

    restored = restore_version(article, number=1, version=2, by=teacher)

    assert (restored.version, restored.title) == (3, "ดีแล้ว")
    assert [row[1] for row in versions(article)] == ["ดีแล้ว", "แย่ลง", "ดีแล้ว"]
    assert Revision.objects.get(version=3).restores == 1
    assert history_of(article) == ["article.changed", "article.changed"]


def test_an_old_version_does_not_come_back_over_one_nobody_saw(teacher):
    article = own(teacher)
    save_article(article, version=1, changes={"title": "สอง"}, by=teacher)
    save_article(article, version=2, changes={"title": "สาม"}, by=teacher)

    with pytest.raises(ArticleConflict):
        restore_version(article, number=1, version=2, by=teacher)


# Files --------------------------------------------------------------------------------------------


def a_picture(teacher):
    return store_upload(upload(picture(), "ภาพ.jpg"), by=teacher, kinds=PICTURES)


def test_a_new_cover_takes_the_place_of_the_old_one(teacher):
    article = own(teacher)
    first = set_cover(article, stored=a_picture(teacher), name="ก.jpg", alt="เรือ", by=teacher)

    second = set_cover(article, stored=a_picture(teacher), name="ข.jpg", by=teacher)

    assert files_of(article, COVER) == [second]
    assert first.name == "ก.jpg"
    assert Article.objects.get(pk=article.pk).cover_alt == "เรือ"


def test_a_cover_without_words_is_not_published(teacher):
    article = own(teacher)
    set_cover(article, stored=a_picture(teacher), name="ก.jpg", by=teacher)

    assert [name for name, _ in missing_for_publishing(article)] == ["cover_alt"]
    with pytest.raises(DomainError, match="ในภาพมีอะไร"):
        publish_article(article, by=teacher)


def test_attachments_stand_in_their_order_and_end_at_ten(teacher):
    article, stored = own(teacher, PublishedFactory), a_picture(teacher)
    uses = [attach_file(article, stored=stored, name=f"{n}.jpg", by=teacher) for n in range(10)]

    with pytest.raises(DomainError, match="ไม่เกิน 10"):
        attach_file(article, stored=stored, name="11.jpg", by=teacher)
    remove_file(article, use=uses[0], by=teacher)

    assert files_of(article, ATTACHMENT) == uses[1:]
    assert history_of(article) == ["article.file_added"] * 10 + ["article.file_removed"]
    with pytest.raises(DomainError, match="ไม่ได้อยู่ในเรื่องนี้"):
        remove_file(article, use=uses[0], by=teacher)


# Throwing away ------------------------------------------------------------------------------------


def test_a_draft_is_thrown_away_and_taken_back(teacher):
    article = own(teacher)

    assert discard_article(article, by=teacher).is_discarded
    with pytest.raises(DomainError, match="ทิ้งไปแล้ว"):
        save_article(article, version=1, changes={"title": "ใหม่"}, by=teacher)

    assert recover_article(article, by=teacher).is_draft


@pytest.mark.parametrize("make", [PublishedFactory, WithdrawnFactory])
def test_what_was_published_is_never_thrown_away(teacher, make):
    with pytest.raises(InvalidTransition):
        discard_article(own(teacher, make), by=teacher)


def test_only_a_thrown_away_draft_is_taken_back(teacher):
    with pytest.raises(InvalidTransition):
        recover_article(own(teacher, PublishedFactory), by=teacher)
    with pytest.raises(PermissionDenied):
        recover_article(own(teacher, DiscardedFactory), by=teacher_of(teacher.holding.post.unit))
