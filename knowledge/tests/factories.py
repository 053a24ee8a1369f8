"""Articles for tests, in the states named by their factories, and who writes and reads them."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from knowledge.models import (
    Article,
    ArticleState,
    Bookmark,
    Category,
    Comment,
    Kind,
    Reading,
    Revision,
    Visibility,
)
from members.models import Role, Unit
from members.services import Actor
from members.tests.factories import ActorFactory, MemberFactory, OfficeFactory, SchoolFactory
from portal.core.thaitext import normalise

BODY = (
    "<p>ต้นปี เด็ก ป.1 ของเรา 14 คนจาก 23 คนยังสะกดคำไม่ได้</p><h2>ทำอย่างไร</h2><p>ชวนย่ายายมาเล่าเรื่อง</p>"
)


class CategoryFactory(DjangoModelFactory[Category]):
    """A shelf of an office."""

    class Meta:
        model = Category

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"หมวดที่ {n + 1}")


class ArticleFactory(DjangoModelFactory[Article]):
    """A complete draft of a school, saved once, meant for the members of its office."""

    class Meta:
        model = Article
        skip_postgeneration_save = True

    owner_unit = factory.SubFactory(SchoolFactory)
    office = factory.LazyAttribute(lambda article: article.owner_unit.office)
    author = factory.SubFactory(MemberFactory)
    kind = Kind.STORY
    category = factory.LazyAttribute(lambda article: CategoryFactory(office=article.office))
    visibility = Visibility.MEMBERS
    title = factory.Sequence(lambda n: f"อ่านคล่องใน 8 สัปดาห์ ตอนที่ {n + 1}")
    summary = "เด็กอ่านเร็วขึ้นเมื่อคำในหน้ากระดาษเป็นคำที่ได้ยินที่บ้าน"
    body = BODY
    text_search = factory.LazyAttribute(
        lambda article: normalise(f"{article.title} {article.summary}")
    )
    version = 1
    created_at = factory.LazyFunction(timezone.now)
    saved_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def revision(self: Article, create: bool, extracted: Any, **kwargs: Any) -> None:
        """The version that the article says it is at."""
        Revision.objects.create(
            article=self,
            version=self.version,
            title=self.title,
            summary=self.summary,
            core_line=self.core_line,
            body=self.body,
            saved_by=self.author,
            saved_at=self.saved_at,
        )


class PublishedFactory(ArticleFactory):
    """An article that its readers may read."""

    state = ArticleState.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)


class WithdrawnFactory(PublishedFactory):
    """An article that was taken back."""

    state = ArticleState.WITHDRAWN
    withdrawn_at = factory.LazyFunction(timezone.now)
    withdrawal_reason = "ข้อมูลเก่าแล้ว"


class DiscardedFactory(ArticleFactory):
    """A draft that was thrown away."""

    state = ArticleState.DISCARDED


class CommentFactory(DjangoModelFactory[Comment]):
    """A comment of a teacher, written just now."""

    class Meta:
        model = Comment

    article = factory.SubFactory(PublishedFactory)
    author = factory.SubFactory(MemberFactory)
    unit = factory.LazyAttribute(lambda comment: comment.article.owner_unit)
    text = "ลองแล้วได้ผลกับเด็ก ป.2 ด้วย"
    written_at = factory.LazyFunction(timezone.now)


class BookmarkFactory(DjangoModelFactory[Bookmark]):
    class Meta:
        model = Bookmark

    article = factory.SubFactory(PublishedFactory)
    member = factory.SubFactory(MemberFactory)
    kept_at = factory.LazyFunction(timezone.now)


class ReadingFactory(DjangoModelFactory[Reading]):
    class Meta:
        model = Reading

    article = factory.SubFactory(PublishedFactory)
    member = factory.SubFactory(MemberFactory)
    read_at = factory.LazyFunction(timezone.now)


def teacher_of(unit: Unit | None = None) -> Actor:
    """Return a new teacher of a school."""
    return ActorFactory(role=Role.TEACHER, unit=unit or SchoolFactory())


def head_of(unit: Unit) -> Actor:
    """Return a new director of a school."""
    return ActorFactory(role=Role.SCHOOL_DIRECTOR, unit=unit)


def own(actor: Actor, make: Any = ArticleFactory, **fields: Any) -> Article:
    """Return an article which this person wrote for the unit of their post."""
    return make(author=actor.member, owner_unit=actor.holding.post.unit, **fields)
