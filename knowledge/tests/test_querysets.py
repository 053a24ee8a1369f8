"""Who finds which article; and both sides of the gate agree for everybody there is."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.models import Article, ArticleState, Bookmark, Category, Comment, Visibility
from knowledge.tests.factories import (
    ArticleFactory,
    BookmarkFactory,
    CategoryFactory,
    CommentFactory,
    DiscardedFactory,
    PublishedFactory,
    WithdrawnFactory,
)
from members.models import Member, Role
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.resources import PUBLIC, resource_for, scopes_of
from tests.world import ROLES

pytestmark = pytest.mark.django_db

STAFF = {"teacher", "school-clerk", "school-director"}
STRANGERS = {"other-registrar", "outsider"}
SIGNED_IN = set(ROLES) - {"anonymous"}
OFFICE = SIGNED_IN - STRANGERS
MAKERS = [ArticleFactory, PublishedFactory, WithdrawnFactory, DiscardedFactory]


def who(world, article):
    """Return the roles that find the article, visitors by their name."""
    found = {
        name
        for name, member in world.members.items()
        if Article.objects.visible_to(member).filter(pk=article.pk).exists()
    }
    if Article.objects.visible_to(None).filter(pk=article.pk).exists():
        found.add("anonymous")
    return found


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [
        (Visibility.PUBLIC, SIGNED_IN | {"anonymous"}),
        (Visibility.MEMBERS, OFFICE),
        (Visibility.GROUP, STAFF),
    ],
)
def test_what_is_published_is_read_by_those_it_is_meant_for(world, visibility, seen):
    article = PublishedFactory(owner_unit=world.school, visibility=visibility)

    assert who(world, article) == seen


@pytest.mark.parametrize("make", [ArticleFactory, WithdrawnFactory, DiscardedFactory])
@pytest.mark.parametrize("visibility", Visibility.values)
def test_what_is_not_published_is_the_authors_and_the_units(world, make, visibility):
    author = world.members["outsider"]
    article = make(owner_unit=world.school, author=author, visibility=visibility)

    assert who(world, article) == STAFF | {"outsider"}


def test_the_office_itself_is_no_group_of_its_schools(world):
    article = PublishedFactory(owner_unit=world.office, visibility=Visibility.GROUP)

    assert who(world, article) == {"admin", "director", "deputy", "registrar"}


def test_who_has_left_or_was_shut_out_finds_nothing_but_what_is_public(world):
    yesterday = timezone.localdate() - timedelta(days=1)
    former = HoldingFactory(role=Role.TEACHER, unit=world.school, to_on=yesterday).member
    shut_out = HoldingFactory(role=Role.TEACHER, unit=world.school, member__is_active=False).member
    for visibility in Visibility.values:
        PublishedFactory(owner_unit=world.school, author=shut_out, visibility=visibility)
    ArticleFactory(owner_unit=world.school)

    assert Article.objects.visible_to(world.members["teacher"]).count() == 4
    assert [a.visibility for a in Article.objects.visible_to(former)] == ["public"]
    assert not Article.objects.visible_to(shut_out).exists()
    assert Article.objects.visible_to(SimpleNamespace(pk=None)).count() == 1


def test_comments_and_bookmarks_go_with_their_article(world):
    teacher = world.members["teacher"]
    read, closed = (
        PublishedFactory(owner_unit=unit, visibility=Visibility.GROUP)
        for unit in (world.school, world.other_school)
    )
    withdrawn = WithdrawnFactory(owner_unit=world.school, author=teacher)
    for article in (read, closed, withdrawn):
        CommentFactory(article=article)
        BookmarkFactory(article=article, member=teacher)

    assert [c.article for c in Comment.objects.visible_to(teacher)] == [read]
    assert [b.article for b in Bookmark.objects.of(teacher)] == [read]


def test_shelves_count_only_what_the_reader_may_read(world):
    shelf, empty = CategoryFactory(office=world.office), CategoryFactory(office=world.office)
    for visibility in Visibility.values:
        PublishedFactory(owner_unit=world.school, category=shelf, visibility=visibility)
    ArticleFactory(owner_unit=world.school, category=shelf)
    WithdrawnFactory(owner_unit=world.school, category=empty)

    def counts(member):
        return {c.pk: c.total for c in Category.objects.with_counts_for(member)}

    assert counts(world.members["teacher"]) == {shelf.pk: 3}
    assert counts(world.members["officer"]) == {shelf.pk: 2}
    assert counts(world.members["outsider"]) == counts(None) == {shelf.pk: 1}


def test_words_are_found_inside_words_in_any_order_and_spelling():
    article = PublishedFactory(text_search="การพัฒนาตนเองของครู ป.1 plc")

    def finds(words):
        return list(Article.objects.matching(words)) == [article]

    assert finds("พัฒนา")
    assert finds("PLC  พัฒนา ป.๑")
    assert not finds("พัฒนา หุ่นยนต์")
    assert not finds("100%_")
    assert finds("\x00พัฒนา")


# Both sides of the gate ---------------------------------------------------------------------------

POSTS = st.lists(
    st.tuples(
        st.integers(0, 3),  # who
        st.sampled_from(list(Role)),
        st.integers(0, 4),  # where
        st.sampled_from([(-9, None), (-9, -1), (-9, 0), (0, None), (1, None)]),  # from, to
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    posts=POSTS,
    make=st.sampled_from(MAKERS),
    visibility=st.sampled_from(Visibility.values),
    author=st.integers(0, 3),
    where=st.integers(0, 4),
    shut_out=st.integers(0, 6),
)
def test_readers_are_exactly_those_who_pass_the_gate(
    db, posts, make, visibility, author, where, shut_out
):
    with transaction.atomic():
        article, members = a_world(posts, make, visibility, author, where, shut_out)
        resource = resource_for("knowledge.article")

        readers = set(resource.readers(article))
        finders = {m for m in members if resource.visible_to(m).filter(pk=article.pk).exists()}
        found = resource.find(article)

        assert readers == finders
        if article.state == ArticleState.PUBLISHED:
            assert all(scopes_of(member) & found.scopes for member in finders)
            is_public = Article.objects.visible_to(None).filter(pk=article.pk).exists()
            assert is_public == (PUBLIC in found.scopes)
        else:
            assert found is None
        transaction.set_rollback(True)


def a_world(posts, make, visibility, author, where, shut_out):
    """One article in this state, and everybody there is with these posts."""
    office, other = OfficeFactory(), OfficeFactory()
    units = [
        office,
        GroupFactory(office=office),
        SchoolFactory(office=office),
        SchoolFactory(office=office),
        SchoolFactory(office=other),
    ]
    people = [MemberFactory(is_active=number != shut_out) for number in range(4)]
    today = timezone.localdate()
    for person, role, unit, (begins, ends) in posts:
        HoldingFactory(
            member=people[person],
            role=role,
            unit=units[unit],
            from_on=today + timedelta(days=begins),
            to_on=None if ends is None else today + timedelta(days=ends),
        )
    article = make(owner_unit=units[where], author=people[author], visibility=visibility)
    return article, list(Member.objects.all())
