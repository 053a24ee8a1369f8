"""The page with the one box."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.search.services import index_things

pytestmark = pytest.mark.django_db
URL = "/search/"


def page(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_box_alone_stores_and_finds_nothing(client, shelf):
    shelf.put("ประชุมครู")

    assert "ประชุมครู" not in page(client)
    assert "autofocus" in page(client)


def test_visitors_find_what_is_public(client, shelf, world):
    shelf.put("ประชุมครู")
    shelf.put("ประชุมลับ", to=[world.members["officer"]])

    text = page(client, q="ประชุม")

    assert "<mark>ประชุม</mark>ครู" in text
    assert "ลับ" not in text
    assert "เลือกห้อง" not in text


def test_what_people_wrote_is_never_markup(client, shelf):
    shelf.put("<b>ครู</b> & 'คน'", body='<script>alert("ครู")</script>', number="<i>1/2</i>")

    text = page(client, q="ครู")

    assert "&lt;b&gt;<mark>ครู</mark>&lt;/b&gt; &amp; &#x27;คน&#x27;" in text
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "<i>1/2" not in text


def test_what_was_typed_is_never_markup(client, shelf):
    text = page(client, q='"><script>x</script>')

    assert "<script>x" not in text
    assert 'value="&quot;&gt;&lt;script&gt;' in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ก", "พิมพ์อย่างน้อย 2 ตัวอักษร"),
        ("()", "พิมพ์อย่างน้อย 2 ตัวอักษร"),
        ("ก" * 201, "คำค้นยาวเกินไป"),
        ("ครูใหญ่", "ไม่พบเรื่องที่ตรงกับคำนี้"),
    ],
)
def test_what_finds_nothing_is_answered_in_words_and_kept(client, shelf, typed, said):
    text = page(client, q=typed)

    assert said in text
    assert f'value="{typed}"' in text


def test_a_room_that_is_empty_leads_to_all_rooms(client, shelf, world):
    shelf.put("ประชุมครู")
    client.force_login(world.members["officer"])

    text = page(client, q="ประชุม", kind="letters")

    assert "ไม่พบในห้องนี้" in text
    assert 'aria-current="true">หนังสือ' in text


def test_one_room_is_searched_by_its_link(client, shelf, world):
    shelf.put("บ้านโคกครู")
    client.force_login(world.members["officer"])

    assert "บ้านโคก<mark>ครู</mark>" in page(client, q="ครู", kind="people")
    assert "บ้านโคก<mark>ครู</mark>" not in page(client, q="ครู", kind="meetings")
    assert "บ้านโคก<mark>ครู</mark>" in page(client, q="ครู", kind="nonsense", order="nonsense")


def test_more_leads_to_the_next_page_and_says_no_number(client, shelf):
    for number in range(23):
        shelf.put(f"ประชุม {number:02}")

    first = page(client, q="ประชุม")
    second = page(client, q="ประชุม", after="r20")

    assert first.count('class="item-subject"') == 20
    assert "after=r20" in first
    assert second.count('class="item-subject"') == 3
    assert "after=" not in second
    assert "จาก 23" not in first + second
    assert "หมดแล้ว" in page(client, q="ประชุม", after="r40")


@pytest.mark.parametrize("after", ["x", "n", "r-1", "\x00", "n" + "9" * 40])
def test_an_address_that_makes_no_sense_is_the_first_page(client, shelf, after):
    shelf.put("ประชุมครู")

    assert "<mark>ประชุม</mark>" in page(client, q="ประชุม", after=after)


def test_people_and_schools_are_found_by_colleagues(client, world):
    school, clerk = world.school, world.members["school-clerk"]
    school.name = "โรงเรียนบ้านปากพะเนียด"
    school.save(update_fields=["name"])
    index_things("members.unit", [school.pk])
    index_things("members.member", [clerk.pk])

    client.force_login(world.members["officer"])
    text = page(client, q="ปากพะเนียด")
    assert reverse("members:unit", args=[school.pk]) in text
    assert reverse("members:person", args=[clerk.pk]) in text

    client.force_login(world.members["other-registrar"])
    assert "ไม่พบเรื่อง" in page(client, q="ปากพะเนียด")
