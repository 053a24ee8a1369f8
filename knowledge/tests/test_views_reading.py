"""The pages of readers: shelves, lists, one article, and what visitors see of them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.models import Article, Bookmark, Reading, Revision, Tag, Visibility
from knowledge.tests.factories import (
    ArticleFactory,
    BookmarkFactory,
    CategoryFactory,
    CommentFactory,
    PublishedFactory,
    ReadingFactory,
    WithdrawnFactory,
    head_of,
    own,
    teacher_of,
)
from members.models import Role
from members.tests.factories import ActorFactory, MemberFactory, OfficeFactory

pytestmark = pytest.mark.django_db

INDEX, LIST, MINE = (reverse(f"knowledge:{name}") for name in ("index", "list", "mine"))


@pytest.fixture
def teacher(client):
    actor = teacher_of()
    client.force_login(actor.member)
    return actor


def text_of(response):
    return response.content.decode()


def shown(response):
    return list(response.context["articles"])


# Shelves and lists --------------------------------------------------------------------------------


def test_the_first_page_shows_what_is_new_what_is_read_and_the_shelves(client, teacher):
    school = teacher.holding.post.unit
    shelf = CategoryFactory(office=school.office, name="การอ่านออกเขียนได้")
    article = PublishedFactory(owner_unit=school, category=shelf)
    ReadingFactory.create_batch(2, article=article)
    draft = ArticleFactory(owner_unit=school, category=shelf)

    response = client.get(INDEX)

    page = text_of(response)
    assert response.context["latest"] == [article]
    assert [row.readers for row in response.context["most_read"]] == [2]
    assert [(row["label"], row["count"]) for row in response.context["shelves"]] == [
        ("การอ่านออกเขียนได้", 1)
    ]
    assert "เล่าเรื่องของฉัน" in page
    assert draft.title not in page


def test_a_visitor_sees_what_is_public_and_no_button_to_write(client):
    public = PublishedFactory(visibility=Visibility.PUBLIC, title="เปิดให้ทุกคน")
    PublishedFactory(owner_unit=public.owner_unit, title="ของบุคลากร")

    index, everything, page = (
        text_of(client.get(url)) for url in (INDEX, LIST, public.get_absolute_url())
    )

    for text in (index, everything):
        assert "เปิดให้ทุกคน" in text
        assert "ของบุคลากร" not in text
        assert "เล่าเรื่องของฉัน" not in text
    assert "ลงชื่อเข้าใช้</a>เพื่อแสดงความเห็น" in page
    assert "เก็บไว้อ่าน</button>" not in page
    assert not Reading.objects.exists()


def test_a_visitor_who_may_not_read_is_asked_to_sign_in_whatever_is_there(client):
    closed = PublishedFactory(visibility=Visibility.GROUP)

    for pk in (closed.pk, 999_999):
        url = reverse("knowledge:article", args=[pk])
        assert client.get(url).url == f"{reverse('account_login')}?next={url}"


@pytest.mark.parametrize(
    "query",
    [
        lambda a: {"category": a.category_id},
        lambda a: {"unit": a.owner_unit_id},
        lambda a: {"author": a.author_id},
        lambda a: {"kind": "form"},
        lambda a: {"tag": "นิทาน"},
        lambda a: {"q": "พายเรือ"},
    ],
)
def test_the_list_is_narrowed_by_everything_one_can_press(client, teacher, query):
    school = teacher.holding.post.unit
    wanted = own(
        teacher, PublishedFactory, kind="form", title="พายเรือไปสอน", text_search="พายเรือไปสอน"
    )
    wanted.tags.add(Tag.objects.create(key="นิทาน", name="นิทาน"))
    PublishedFactory(owner_unit=teacher_of(None).holding.post.unit, visibility="public")

    response = client.get(LIST, query(wanted))

    assert len(shown(client.get(LIST))) == 2
    assert shown(response) == [wanted]
    assert school.name in text_of(response) or wanted.title in text_of(response)


@pytest.mark.parametrize(
    "query",
    [
        {"category": "ไม่ใช่เลข"},
        {"unit": "9" * 30},
        {"author": "-1"},
        {"kind": "poem"},
        {"tag": "ไม่มี"},
        {"q": "ไม่มีคำนี้ \x00 '%_"},
        {"q": "ก" * 5_000},
        {"category": "7\x007777777"},
    ],
)
def test_nonsense_finds_nothing_and_says_so(client, teacher, query):
    own(teacher, PublishedFactory)

    response = client.get(LIST, query)

    assert response.status_code == 200
    assert shown(response) == []
    assert "ไม่พบเรื่องตามที่เลือก" in text_of(response)


def test_the_name_of_somebody_whose_articles_one_may_not_read_stays_unknown(client):
    hidden = PublishedFactory(author__first_name="ซ่อนเร้น", visibility=Visibility.GROUP)

    page = text_of(client.get(LIST, {"author": hidden.author_id}))

    assert "ซ่อนเร้น" not in page


def test_a_long_list_comes_in_pages(client, teacher):
    PublishedFactory.create_batch(23, owner_unit=teacher.holding.post.unit)

    first = client.get(LIST)
    second = client.get(first.context["next_url"])

    assert (len(shown(first)), len(shown(second))) == (20, 3)
    assert not set(shown(first)) & set(shown(second))
    assert client.get(LIST, {"after": "ขยะ"}).status_code == 200


def test_who_may_not_write_is_not_led_to_writing(client):
    client.force_login(MemberFactory())

    for tab in ("draft", "published", "unit"):
        assert reverse("knowledge:article-new") not in text_of(client.get(MINE, {"tab": tab}))


def test_mine_has_what_i_wrote_by_its_state_and_what_i_keep(client, teacher):
    school = teacher.holding.post.unit
    draft, out, back = (
        own(teacher, make) for make in (ArticleFactory, PublishedFactory, WithdrawnFactory)
    )
    others = ArticleFactory(owner_unit=school)
    kept = BookmarkFactory(
        article=PublishedFactory(visibility=Visibility.PUBLIC), member=teacher.member
    ).article

    tabs = {
        tab: shown(client.get(MINE, {"tab": tab}))
        for tab in ("draft", "published", "withdrawn", "unit", "kept")
    }

    assert tabs["draft"] == shown(client.get(MINE)) == [draft]
    assert (tabs["published"], tabs["withdrawn"], tabs["kept"]) == ([out], [back], [kept])
    assert set(tabs["unit"]) == {draft, out, back, others}


@pytest.mark.parametrize("url", [INDEX, LIST, MINE, f"{MINE}?tab=kept", f"{MINE}?tab=unit"])
def test_the_lists_ask_the_same_number_of_questions_for_one_and_three(client, teacher, url):
    def more(count):
        for _ in range(count):
            article = own(teacher, PublishedFactory)
            own(teacher)
            ReadingFactory(article=article)
            BookmarkFactory(article=article, member=teacher.member)

    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    more(1)
    questions()  # the first page of a session writes into it
    one = questions()
    more(2)

    assert questions() == one
    # Session, member, posts and bell; then at most three of a list, and five of the first page.
    assert one <= (9 if url == INDEX else 7)


# One article --------------------------------------------------------------------------------------


def test_an_article_is_shown_with_everything_and_counted_as_read(client, teacher):
    article = PublishedFactory(
        owner_unit=teacher.holding.post.unit, core_line="เริ่มจากคำที่บ้าน", version=3
    )
    article.tags.add(Tag.objects.create(key="นิทาน", name="นิทาน"))
    CommentFactory(article=article, text="ดีมาก\nขอบคุณ")

    page = text_of(client.get(article.get_absolute_url()))
    client.get(article.get_absolute_url())

    for words in ("เริ่มจากคำที่บ้าน", "<h2>ทำอย่างไร</h2>", "ฉบับที่ 3", "นิทาน", "ดีมาก", "เก็บไว้อ่าน"):
        assert words in page
    assert Reading.objects.get().member == teacher.member


def test_the_article_asks_the_same_number_of_questions_for_one_and_three_comments(client, teacher):
    article = PublishedFactory(owner_unit=teacher.holding.post.unit)
    client.get(article.get_absolute_url())

    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(article.get_absolute_url())
        return len(asked)

    CommentFactory(article=article)
    one = questions()
    CommentFactory.create_batch(2, article=article)

    assert questions() == one


DIRTY = """<p onclick="go()">ดี<script>alert(1)</script></p><img src=x onerror=alert(2)>
<a href="javascript:alert(3)">กด</a><iframe src="//evil"></iframe><p style="color:red">แดง</p>
<form action="//evil"><input name=password></form></div></main><svg onload=alert(4)>"""


def test_a_row_written_past_every_service_does_no_harm_where_it_is_shown(client, teacher):
    article = own(teacher, ArticleFactory)
    Revision.objects.create(
        article=article,
        version=2,
        title='"><script>ชื่อ</script>',
        body=DIRTY,
        saved_by=teacher.member,
        saved_at=article.saved_at,
    )
    Article.objects.filter(pk=article.pk).update(
        body=DIRTY, title='"><script>ชื่อ</script>', core_line="<b>แก่น", version=2
    )
    urls = [
        article.get_absolute_url(),
        reverse("knowledge:article-edit", args=[article.pk]),
        reverse("knowledge:version", args=[article.pk, 2]),
        reverse("knowledge:version", args=[article.pk, 1]),
        MINE,
    ]

    for url in urls:
        page = text_of(client.get(url)).split('<main id="main"')[1].split("</main>")[0]
        lowered = page.lower()
        for part in (
            "<script>",
            "onclick=",
            "onerror=",
            "onload=",
            "javascript:",
            "<iframe",
            "style=",
            '//evil"',
        ):
            assert part not in lowered.replace("&lt;", ""), (url, part)
    assert "แดง" in text_of(client.get(article.get_absolute_url()))


def test_a_broken_comment_stays_in_its_box(client, teacher):
    article = PublishedFactory(owner_unit=teacher.holding.post.unit)
    url = reverse("knowledge:comment-write", args=[article.pk])

    response = client.post(url, {"text": "ย" * 2_001})

    assert response.status_code == 422
    assert "ย" * 2_001 in text_of(response)
    assert "ยาวเกินไป 1 ตัวอักษร" in text_of(response)
    assert client.post(url, {"text": " "}).status_code == 422
    assert client.post(url, {"text": "ดี", "key": "ไม่ใช่"}).status_code == 422


def test_removed_comments_leave_who_and_why(client, teacher):
    article = PublishedFactory(owner_unit=teacher.holding.post.unit)
    head = head_of(article.owner_unit)
    comment = CommentFactory(article=article, text="ข้อความเดิม")

    client.force_login(head.member)
    url = reverse("knowledge:comment-remove", args=[comment.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "มีชื่อเด็ก"})
    page = text_of(client.get(article.get_absolute_url()))

    assert f"ลบโดย{article.owner_unit.name}" in page
    assert "มีชื่อเด็ก" in page
    assert "ข้อความเดิม" not in page
    assert client.get(url).status_code == 302


def test_ones_own_comment_is_mended_and_taken_back(client, teacher):
    article = PublishedFactory(owner_unit=teacher.holding.post.unit)
    comment = CommentFactory(article=article, author=teacher.member, text="พิมพ์ผืด")
    change, back = (
        reverse(f"knowledge:comment-{deed}", args=[comment.pk]) for deed in ("change", "take-back")
    )

    assert "พิมพ์ผืด" in text_of(client.get(change))
    assert client.post(change, {"text": ""}).status_code == 422
    client.post(change, {"text": "พิมพ์ผิด"})
    assert "พิมพ์ผิด" in text_of(client.get(article.get_absolute_url()))
    client.post(back)
    page = text_of(client.get(article.get_absolute_url()))

    assert "ลบโดยผู้เขียน" in page
    assert client.get(change).status_code == 302


def test_a_bookmark_is_a_button_that_goes_both_ways(client, teacher):
    article = PublishedFactory(owner_unit=teacher.holding.post.unit)
    url = reverse("knowledge:article-bookmark", args=[article.pk])

    client.post(url, {"keep": "yes"})
    page = text_of(client.get(article.get_absolute_url()))

    assert Bookmark.objects.get().member == teacher.member
    assert "เอาออกจากที่เก็บไว้" in page
    client.post(url, {"keep": "no"})
    assert not Bookmark.objects.exists()


def test_somebody_of_another_office_does_not_find_what_is_for_members(client):
    article = PublishedFactory()
    stranger = ActorFactory(role=Role.DIRECTOR, unit=OfficeFactory())
    client.force_login(stranger.member)

    assert client.get(article.get_absolute_url()).status_code == 404
    assert client.get(LIST).context["articles"] == []
