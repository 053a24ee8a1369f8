"""The pages of writers: nothing typed is ever lost."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.urls import reverse
from PIL import Image

from knowledge.models import Article, Visibility
from knowledge.services.writing import ATTACHMENT, COVER, save_article
from knowledge.tests.factories import (
    CategoryFactory,
    head_of,
    own,
    teacher_of,
)
from members.models import Role
from members.tests.factories import HoldingFactory, SchoolFactory
from portal.files.services import files_of
from portal.files.tests.factories import camera_picture, pdf_bytes, picture, upload

pytestmark = pytest.mark.django_db

NEW = reverse("knowledge:article-new")


@pytest.fixture
def teacher(client):
    actor = teacher_of()
    client.force_login(actor.member)
    return actor


def page_of(article, name="article-edit"):
    return reverse(f"knowledge:{name}", args=[article.pk])


def text_of(response):
    return response.content.decode()


def typed(article, **more):
    return {
        "version": article.version,
        "title": article.title,
        "summary": article.summary,
        "body": "เล่าใหม่",
        "kind": "story",
        "visibility": "members",
        "tags": "",
        "cover_alt": "",
    } | more


# Beginning ----------------------------------------------------------------------------------------


def test_a_story_begins_with_its_name(client, teacher):
    school, key = teacher.holding.post.unit, uuid4()
    data = {"key": key, "owner_unit": school.pk, "title": " น้ำท่วม  3 วัน ", "kind": "lesson"}

    response = client.post(NEW, data)
    client.post(NEW, data)

    article = Article.objects.get()
    assert (article.title, article.kind, article.owner_unit) == ("น้ำท่วม 3 วัน", "lesson", school)
    assert response.url == page_of(article)
    assert school.name in text_of(client.get(NEW))


def test_who_serves_two_schools_says_for_which(client, teacher):
    second = SchoolFactory(office=teacher.holding.post.unit.office)
    HoldingFactory(member=teacher.member, role=Role.SCHOOL_CLERK, unit=second)

    page = text_of(client.get(NEW))
    client.post(NEW, {"owner_unit": second.pk, "title": "เรื่อง", "kind": "story"})

    assert second.name in page
    assert Article.objects.get().owner_unit == second


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"title": "   "},
        {"title": "\u200b"},
        {"title": "ก" * 201},
        {"title": "ดี\x00"},
        {"kind": "poem"},
        {"owner_unit": "999999"},
        {"owner_unit": "ไม่ใช่เลข"},
        {"key": "ไม่ใช่กุญแจ"},
    ],
)
def test_a_beginning_that_is_wrong_stays_on_the_page(client, teacher, data):
    unit = teacher.holding.post.unit
    good = {"owner_unit": unit.pk, "title": "เรื่องดี", "kind": "story"} if data else {}

    response = client.post(NEW, good | data)

    assert response.status_code == 422
    assert not Article.objects.exists()


# Writing ------------------------------------------------------------------------------------------


def test_everything_typed_is_kept_under_the_next_version(client, teacher):
    article = own(teacher)
    shelf = CategoryFactory(office=article.office)

    response = client.post(
        page_of(article),
        typed(
            article,
            title="ชื่อใหม่",
            core_line="แก่น",
            category=shelf.pk,
            visibility="public",
            tags="นิทาน, อ่านคล่อง",
        ),
    )

    assert response.url == page_of(article)
    article.refresh_from_db()
    assert (article.title, article.core_line, article.category) == ("ชื่อใหม่", "แก่น", shelf)
    assert (article.visibility, article.version) == (Visibility.PUBLIC, 2)
    assert "เล่าใหม่" in article.body
    assert {tag.name for tag in article.tags.all()} == {"นิทาน", "อ่านคล่อง"}
    page = text_of(client.get(page_of(article)))
    assert "ชื่อใหม่" in page
    assert "นิทาน, อ่านคล่อง" in page or "อ่านคล่อง, นิทาน" in page


@pytest.mark.parametrize(
    ("action", "place"),
    [("read", "article"), ("publish", "article-publish"), ("save", "article-edit")],
)
def test_each_button_saves_and_leads_where_it_says(client, teacher, action, place):
    article = own(teacher)

    response = client.post(page_of(article), typed(article, action=action))

    assert response.url == page_of(article, place)
    article.refresh_from_db()
    assert article.version == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "ก" * 201},
        {"summary": "ก" * 501},
        {"core_line": "ก" * 301},
        {"tags": ",".join(f"คำ{n}" for n in range(9))},
        {"tags": "ก" * 41},
        {"tags": "ก" * 10_000},
        {"category": "999999"},
        {"category": "ไม่ใช่เลข"},
        {"kind": "poem"},
        {"visibility": "world"},
        {"version": ""},
        {"version": "-1"},
        {"version": "หนึ่ง"},
        {"version": "9" * 40},
        {"body": "<b>" * 30_000},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, teacher, wrong):
    article = own(teacher)

    response = client.post(page_of(article), typed(article, summary="พิมพ์ไว้แล้ว") | wrong)

    assert response.status_code in {409, 422}
    assert "พิมพ์ไว้แล้ว" in text_of(response) or "summary" in wrong
    article.refresh_from_db()
    assert article.version == 1


def test_a_category_of_another_office_is_not_on_offer(client, teacher):
    article, foreign = own(teacher), CategoryFactory(name="หมวดของเขา")

    assert "หมวดของเขา" not in text_of(client.get(page_of(article)))
    response = client.post(page_of(article), typed(article, category=foreign.pk))
    assert response.status_code == 422


def test_two_editors_both_texts_are_kept_side_by_side(client, teacher):
    article = own(teacher, title="เดิม", summary="สรุปเดิม")
    head = head_of(article.owner_unit)
    save_article(
        article, version=1, changes={"title": "ของหัวหน้า", "body": "<p>หัวหน้าเขียน</p>"}, by=head
    )

    response = client.post(page_of(article), typed(article, version=1, title="ของครู"))

    page = text_of(response)
    assert response.status_code == 409
    assert f"{head.member} บันทึกฉบับที่ 2" in page
    for words in ("ของครู", "ของหัวหน้า", "เล่าใหม่", "หัวหน้าเขียน"):
        assert words in page
    assert "สรุปสั้น</h2>" not in page  # both say the same
    article.refresh_from_db()
    assert (article.title, article.version) == ("ของหัวหน้า", 2)

    chosen = dict(response.context["typed"]) | {
        "version": 2,
        "differs": ["title", "body"],
        "keep-title": "mine",
        "keep-body": "theirs",
    }
    client.post(page_of(article), chosen)

    article.refresh_from_db()
    assert (article.title, article.body, article.version) == ("ของครู", "<p>หัวหน้าเขียน</p>", 3)


def test_what_one_did_not_touch_is_offered_as_the_others(client, teacher):
    article = own(teacher, title="เดิม")
    save_article(article, version=1, changes={"title": "ใหม่"}, by=head_of(article.owner_unit))

    response = client.post(
        page_of(article), typed(article, version=1, title="เดิม", summary="ของครู")
    )

    offered = {one.name: one.is_mine for one in response.context["differs"]}
    assert offered == {"title": False, "summary": True, "body": True}


def test_the_same_words_from_both_are_no_conflict(client, teacher):
    article = own(teacher)
    save_article(article, version=1, changes={"title": "ใหม่"}, by=teacher)

    response = client.post(page_of(article), {"version": 1, "title": "ใหม่"})

    assert response.status_code == 302


# Pictures and files -------------------------------------------------------------------------------


def test_a_picture_loses_its_camera_and_its_place(client, teacher):
    article = own(teacher)
    given = camera_picture()
    assert b"SECRET-CAMERA" in given
    assert Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825)

    client.post(
        page_of(article),
        typed(article, cover_alt="เรือในทะเลสาบ", cover=upload(given, "IMG_0001.jpg")),
    )

    [cover] = files_of(article, COVER)
    response = client.get(cover.url)
    kept = b"".join(response.streaming_content)
    assert response["Content-Type"].startswith("image/")
    assert b"SECRET-CAMERA" not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    assert 'alt="เรือในทะเลสาบ"' in text_of(client.get(article.get_absolute_url()))


def test_files_are_attached_while_the_text_is_wrong_and_nothing_is_asked_twice(client, teacher):
    article = own(teacher)
    data = typed(
        article,
        title="",
        attachment=[upload(pdf_bytes(), "แบบ.pdf"), upload(picture(), "ภาพ.jpg")],
    )

    response = client.post(page_of(article), data)

    assert response.status_code == 422
    assert [use.name for use in files_of(article, ATTACHMENT)] == ["แบบ.pdf", "ภาพ.jpg"]
    assert "แบบ.pdf" in text_of(response)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("cover", upload(pdf_bytes(), "ปก.pdf"), "ปก.pdf"),
        ("cover", upload(b"", "ว่าง.jpg"), "ว่าง.jpg"),
        ("attachment", upload(b"MZ\x90\x00", "โปรแกรม.exe"), "โปรแกรม.exe"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_and_the_text_is_kept(
    client, teacher, name, data, said
):
    article = own(teacher)

    response = client.post(page_of(article), typed(article, summary="ยังอยู่", **{name: data}))

    assert response.status_code == 422
    assert said in text_of(response)
    assert files_of(article) == []
    article.refresh_from_db()
    assert (article.summary, article.version) == ("ยังอยู่", 2)
    assert 'name="version" value="2"' in text_of(response)


def test_a_file_is_taken_off(client, teacher):
    article = own(teacher)
    client.post(page_of(article), typed(article, attachment=upload(pdf_bytes(), "แบบ.pdf")))
    [use] = files_of(article)
    url = reverse("knowledge:article-file-remove", args=[article.pk, use.public_id])

    assert client.post(url).status_code == 302
    assert files_of(article) == []
    assert client.get(use.url).status_code == 404
    assert client.post(url).status_code == 404
