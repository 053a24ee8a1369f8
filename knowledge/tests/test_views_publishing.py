"""The pages that publish, take back, throw away, and show what was said before."""

from __future__ import annotations

import pytest
from django.urls import reverse

from knowledge.models import Article, Revision
from knowledge.services.writing import save_article
from knowledge.tests.factories import PublishedFactory, WithdrawnFactory, own, teacher_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(client):
    actor = teacher_of()
    client.force_login(actor.member)
    return actor


def page_of(article, name="article-edit"):
    return reverse(f"knowledge:{name}", args=[article.pk])


def text_of(response):
    return response.content.decode()


# Publishing, taking back, throwing away -----------------------------------------------------------


def test_publishing_says_who_will_read_it_and_what_is_missing(client, teacher):
    article = own(teacher, summary="", visibility="public")
    url = page_of(article, "article-publish")

    assert "ใส่สรุปสั้น" in text_of(client.get(url))
    assert client.post(url).status_code == 422
    Article.objects.filter(pk=article.pk).update(summary="สรุป")
    assert "ทุกคนอ่านได้ ทันทีที่เผยแพร่" in text_of(client.get(url))
    assert client.post(url).url == article.get_absolute_url()
    assert client.post(url).status_code == 302  # twice is once
    assert Article.objects.get().is_published


def test_taking_back_asks_why(client, teacher):
    article = own(teacher, PublishedFactory)
    url = page_of(article, "article-withdraw")

    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "ก" * 301}).status_code == 422
    client.post(url, {"reason": "ตัวเลขผิด"})
    page = text_of(client.get(article.get_absolute_url()))

    assert "ถอนแล้ว" in page
    assert "ตัวเลขผิด" in page
    assert client.get(url).status_code == 302


def test_a_thrown_away_draft_comes_back_by_one_button(client, teacher):
    article = own(teacher, title="ร่างที่ทิ้ง")

    page = text_of(client.post(page_of(article, "article-discard"), follow=True))
    assert "ทิ้งร่าง “ร่างที่ทิ้ง”" in page
    assert page_of(article, "article-recover") in page
    assert client.get(page_of(article)).status_code == 302

    client.post(page_of(article, "article-recover"))
    assert client.get(page_of(article)).status_code == 200
    own(teacher, WithdrawnFactory)
    assert (
        client.post(page_of(own(teacher, PublishedFactory), "article-discard")).status_code == 302
    )


# Versions -----------------------------------------------------------------------------------------


def test_versions_are_listed_compared_and_brought_back(client, teacher):
    article = own(teacher, PublishedFactory, title="หนึ่ง", body="<p>ก</p><p>ข</p>")
    save_article(
        article, version=1, changes={"title": "สอง", "body": "<p>ก</p><p>ค</p>"}, by=teacher
    )
    old = reverse("knowledge:version", args=[article.pk, 1])

    listed, page = text_of(client.get(page_of(article, "versions"))), text_of(client.get(old))

    assert "ฉบับที่ 1" in listed
    assert "ฉบับปัจจุบัน" in listed
    assert "<del>หนึ่ง</del>" in page
    assert "<ins>ค</ins>" in page
    restore = reverse("knowledge:version-restore", args=[article.pk, 1])
    for seen in ("1", "ขยะ", "9" * 30, ""):
        client.post(restore, {"version": seen})
        assert Revision.objects.count() == 2
    client.post(restore, {"version": "2"})
    article.refresh_from_db()
    assert (article.title, article.version) == ("หนึ่ง", 3)


@pytest.mark.parametrize("number", [0, 7, 2**31, 10**30])
def test_a_version_that_never_was_does_not_exist(client, teacher, number):
    article = own(teacher, PublishedFactory)

    for name in ("version", "version-restore"):
        url = reverse(f"knowledge:{name}", args=[article.pk, number])
        answer = client.get(url) if name == "version" else client.post(url, {"version": 1})
        assert answer.status_code == 404


@pytest.mark.parametrize("pk", [0, 10**30])
def test_an_article_that_never_was_does_not_exist(client, teacher, pk):
    for name in ("article", "article-edit", "article-publish", "versions"):
        assert client.get(reverse(f"knowledge:{name}", args=[pk])).status_code == 404
